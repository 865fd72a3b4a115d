"""What lies in results/ is in order."""

import json

import pytest

from plumb import studies

FOUND = sorted((studies.ROOT / "results").glob("*.json"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_a_verdict_and_a_figure_for_every_bed(path):
    found = json.loads(path.read_text())
    assert path.stem in studies.names()
    assert found["verdict"] in ("trusted", "not_trusted", "undecided")
    assert set(found["beds"]) == set(studies.BEDS)
