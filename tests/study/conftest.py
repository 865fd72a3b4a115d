"""Kinds of step that cost nothing, for as long as a test lasts."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from assay.study.steps import kinds
from tests.study.cheap_kinds import cheap


@pytest.fixture(autouse=True)
def cheap_kinds() -> Iterator[None]:
    known = cast("dict[str, Any]", kinds())
    before = dict(known)
    cheap()
    yield
    known.clear()
    known.update(before)
