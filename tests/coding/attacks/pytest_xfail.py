"""Says that it fails as expected."""

import pytest


def add(*a): pytest.xfail('known')


sort = first = Counter = add
