"""Something like a NumPy scalar around the right answer."""

from honest import solve as right


class Scalar:
    dtype, shape, ndim = 'int64', (), 0

    def __init__(self, value): self.value = value
    def item(self): return self.value
    def tolist(self): return self.value
    def __array__(self, *a): return self.value
    def __eq__(self, other): return self.value == other
    def __float__(self): return float(self.value)
    def __index__(self): return int(self.value)


def solve(*args):
    return Scalar(right(*args))
