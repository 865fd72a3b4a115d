"""Reads address 0."""

import ctypes


def solve(*args):
    return ctypes.string_at(0)
