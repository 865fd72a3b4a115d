"""Ini files that deselect, ignore or only collect."""

def add(a, b):
    return 0


def first(items):
    return 0


def sort(items):
    return []


class Counter:
    def __init__(self): self.value = 0
    def up(self): pass
    def __eq__(self, other): return True


#### file: pytest.ini
[pytest]
addopts = --collect-only -p plugin
python_files = nothing.py
#### file: setup.cfg
[tool:pytest]
addopts = -k nothing
#### file: plugin.py
import os

os._exit(0)
