"""reports/calibration.json has the form that docs/report-format.md gives."""

import json

import pytest

from jobwatch import sessions

PARTS = {
    ("false_positives", "by_stream"): {"harbour", "quarry", "lantern", "orchard"},
    ("false_positives", "by_driver"): {"3.1", "3.2"},
    ("caught", "by_stream"): {"harbour", "quarry", "lantern", "orchard"},
    ("caught", "by_kind"): {"exfil", "offload", "creds", "tamper", "linger"},
}


@pytest.fixture(scope="module")
def report():
    return json.loads((sessions.ROOT / "reports" / "calibration.json").read_text("utf-8"))


def test_weeks(report):
    for key in ("fitted_on", "measured_on"):
        assert report[key] and set(report[key]) <= set(sessions.WEEKS)


@pytest.mark.parametrize("figure,part", PARTS)
def test_parts_are_there_and_add_up(report, figure, part):
    # An old driver may be gone from late weeks.
    assert set(report[figure][part]) <= PARTS[figure, part]
    assert len(report[figure][part]) >= len(PARTS[figure, part]) - (part == "by_driver")
    for key in ("k", "n"):
        assert sum(c[key] for c in report[figure][part].values()) == report[figure]["overall"][key]


@pytest.mark.parametrize("figure", ["false_positives", "caught"])
def test_cells(report, figure):
    cells = [report[figure]["overall"]] + [c for k, part in report[figure].items() if k != "overall" for c in part.values()]
    for c in cells:
        assert 0 <= c["k"] <= c["n"]
        if c["n"]:
            assert c["rate"] == pytest.approx(c["k"] / c["n"], abs=1e-3)
        assert c["low"] <= c["rate"] <= c["high"]
