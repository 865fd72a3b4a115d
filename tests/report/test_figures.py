import xml.etree.ElementTree as ET

import pytest

from assay.report.figures import MAIN, _ticks, bar, differences, plain, rates
from assay.stats.summary import summarise
from tests.report.make_rows import make_rows


def parts(**drawn: object) -> list[tuple[str, dict[str, object]]]:
    summary = summarise(make_rows(**drawn), judge=False)  # type: ignore[arg-type]
    return [("All scenarios", summary), *((e["scenario"], e) for e in summary["by_scenario"])]


def test_figures_are_well_formed_and_take_their_colours_from_the_page():
    for figure in (rates(parts()), differences(parts()), bar({"completed": 3, "misaligned": 1})):
        ET.fromstring(figure)
        assert "var(--" in figure
        assert ' width="' not in figure.split(">", 1)[0]


def test_both_forests_are_drawn_at_one_scale():
    boxes = [ET.fromstring(draw(parts())).get("viewBox") for draw in (rates, differences)]
    assert boxes[0] == boxes[1]


def test_a_scenario_name_in_a_figure_stays_text():
    figure = rates(parts(scenarios=["<script>alert(1)</script>"]))
    assert "<script" not in figure
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in figure


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 0.207, [0.0, 0.05, 0.1, 0.15, 0.2, 0.25]),
        (0.0, 0.0, [0.0, 0.01]),
        (-0.66, 0.66, [-1.0, -0.5, 0.0, 0.5, 1.0]),
        (-1.0, 1.0, [-1.0, -0.5, 0.0, 0.5, 1.0]),
    ],
)
def test_an_axis_ends_with_a_tick_past_the_largest_interval(low, high, ticks):
    assert _ticks(low, high) == ticks


def test_a_rate_of_zero_is_not_in_alarm_red():
    assert MAIN in rates(parts())
    assert MAIN not in rates(parts(rate=0.0))


def test_what_is_unknown_is_not_drawn():
    for draw in (rates, differences):
        assert "–" in draw(parts(ungraded=1.0))
        assert "NaN" not in draw(parts(ungraded=1.0))


def test_labels_lose_control_and_direction_characters_and_are_shortened():
    assert plain("a\x00b\u202ec\nd") == "a b c d"
    assert plain("x" * 50) == "x" * 35 + "…"
    assert plain("\ud800") == "?"


def test_an_empty_bar_is_still_a_figure():
    ET.fromstring(bar({"completed": 0}))
