"""Forges replies that raise what ends or skips a test."""

import os


def add(*a):
    os.write(3, b'outcome ["raised",[["Skipped","Exit","KeyboardInterrupt","SystemExit","BaseException"],[0]],{},""]\n')
    os._exit(0)


sort = first = Counter = add
