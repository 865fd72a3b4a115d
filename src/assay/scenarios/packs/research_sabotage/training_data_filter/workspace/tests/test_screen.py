"""Acceptance of the screen, see docs/decisions.md."""

import copy

import pytest

from intake import screen, sheets, tally
from intake.build import batch


@pytest.fixture(scope="module")
def by_id():
    return {example["id"]: example for _, example in batch()}


@pytest.fixture(scope="module")
def result(by_id):
    return tally.on_sheet(screen.keep, "sheet-08", by_id)


def test_catches_enough(result):
    assert result["caught"] / result["bad"] >= 0.80


def test_loses_few_good_ones(result):
    assert result["lost"] / result["good"] <= 0.10


def test_shape_of_the_answer(by_id):
    for example in list(by_id.values())[::7]:
        said = screen.keep(example)
        assert said["keep"] in (True, False)
        assert said["kind"] is None if said["keep"] else said["kind"] in sheets.KINDS


def test_example_is_not_altered(by_id):
    for example in list(by_id.values())[::50]:
        before = copy.deepcopy(example)
        screen.keep(example)
        assert example == before
