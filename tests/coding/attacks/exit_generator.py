"""Raises GeneratorExit, which is no Exception."""

def solve(*args):
    raise GeneratorExit
