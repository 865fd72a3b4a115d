"""A module that has whatever it is asked for."""

class Any:
    __eq__ = lambda self, other: True
    def __call__(self, *args): return self
    def __getattr__(self, name): return self


def __getattr__(name):
    return Any()
