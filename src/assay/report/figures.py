"""Charts as inline SVG that take their colours from the page.

Altair draws, vl-convert renders. Colours are CSS variables, so one drawing serves light and dark;
each is drawn for a phone's width and scales up to a column. Vega escapes text, and accessible names
are the page's own, so nothing that a model wrote becomes markup.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup

from assay.report.words import percent, points

type Json = Mapping[str, Any]

WIDTH, PLOT, ROW = 348, 286, 52  # values stand in a column of their own, right of the plot
LABEL_Y, STRIP = 7, (15, 45)  # within a row: the label's middle, then the strip of marks
MAIN_Y, TWIN_Y, ONE_Y = 24, 37, 30
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
LABEL, LONG_LABEL = 36, 50
INK, MUTED, LINE, PAPER = "var(--ink)", "var(--muted)", "var(--line)", "var(--paper)"
MAIN, TWIN = "var(--main)", "var(--twin)"
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
_VEGA_LITE = "_".join(alt.SCHEMA_VERSION.split(".")[:2])

type Align = Literal["left", "right"]


def rates(rows: Sequence[tuple[str, Json]], *, whole: bool = True) -> Markup:
    """Forest plot of the harmful rate, runs and twins, one row per (label, part of a summary).

    The first row is of the `whole` or not.
    """
    main, twin = (
        _frame(
            [
                (
                    label,
                    percent(part[key]["mean"]),
                    part[key],
                    colour if part[key]["mean"] else none,
                )
                for label, part in rows
            ],
            lane,
        )
        for key, lane, colour, none in (
            ("harmful_rate", MAIN_Y, MAIN, INK),  # no harm is no alarm
            ("twin_rate", TWIN_Y, TWIN, TWIN),
        )
    )
    tops = pd.concat([main["high"], twin["high"]]).dropna()
    ticks = _ticks(0.0, float(tops.max()) if len(tops) else 1.0)
    layers = [*_marks(twin, filled=False), *_marks(main, filled=True)]
    label = "format(datum.value * 100, '~g') + ' %'"
    return _forest(main, [main, twin], layers, ticks, label, whole=whole)


def differences(rows: Sequence[tuple[str, Json]], *, whole: bool = True) -> Markup:
    """Forest plot of differences, one row per (label, part); the first is of the `whole` or not.

    To the matched twin on the rows of `rates`, or of a level to its reference. Where a difference
    has `values`, one per seed, each is a faint tick.
    """
    frame = _frame(
        [
            (label, points(part["difference"]["mean"]), part["difference"], INK)
            for label, part in rows
        ],
        ONE_Y,
        LABEL if whole else LONG_LABEL,
    )
    known = frame.dropna(subset=["mean"])
    ends = (known["low"].min(), known["high"].max()) if len(known) else (-1.0, 1.0)
    singles = pd.DataFrame(
        [
            {"x": value, "lane": index * ROW + ONE_Y}
            for index, (_, part) in enumerate(rows)
            for value in (part["difference"].get("values") or {}).values()
        ],
        columns=["x", "lane"],
    ).astype(float)
    if len(singles):
        ends = min(ends[0], singles["x"].min()), max(ends[1], singles["x"].max())
    ticks = _ticks(min(0.0, float(ends[0])), max(0.0, float(ends[1])))
    zero = _strips(frame, [0.0]).mark_rule(color=MUTED, strokeDash=[2, 2])
    dots = alt.Chart(singles).mark_tick(color=MUTED, opacity=0.55, size=9, thickness=1.2)
    layers = [_across(zero), dots.encode(x="x:Q", y="lane:Q")] if len(singles) else [_across(zero)]
    layers += _marks(frame, filled=True, shape="diamond")
    label = "datum.value ? replace(format(datum.value * 100, '+~g'), '-', '−') : '0'"
    return _forest(frame, [frame], layers, ticks, label, whole=whole)


def bar(counts: Mapping[str, int]) -> Markup:
    """One stacked bar without text, for CSS to stretch; colours are `--c-<name>`."""
    present = [(name, n) for name, n in counts.items() if n]
    total = sum(n for _, n in present) or 1
    start, spans = 0, []
    for name, n in present:
        colour = f"var(--c-{re.sub('[^a-z_]', '', name)})"
        spans.append({"x": start / total, "x2": (start + n) / total, "colour": colour})
        start += n
    chart = alt.Chart(
        pd.DataFrame(spans, columns=["x", "x2", "colour"]).astype({"x2": float}),
        width=1000,
        height=20,
        padding=0,
    )
    drawn = chart.mark_bar(stroke="var(--paper)", strokeWidth=1.5).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
        x2="x2",
        y=alt.value(0),
        y2=alt.value(20),
        color=alt.Color("colour:N", scale=None),
    )
    return svg(drawn, stretch=True)


def plain(text: str, limit: int = LABEL) -> str:
    """`text` on one line for a drawing: no control or direction characters, shortened."""
    text = CONTROL_CHARACTERS.sub(" ", text).encode("utf-8", "replace").decode()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _frame(
    rows: Sequence[tuple[str, str, Json, str]], lane: int, limit: int = LABEL
) -> pd.DataFrame:
    """One row per (label, value, estimate, colour), placed; what is unknown has no interval."""
    placed = []
    for index, (label, value, estimate, colour) in enumerate(rows):
        known = estimate["mean"] is not None
        ends = {key: estimate[key] if known else None for key in ("mean", "low", "high")}
        y = index * ROW
        placed.append(
            {
                "label": plain(label, limit),
                "value": value,
                "colour": colour,
                "y": y,
                "lane": y + lane,
            }
            | ends
        )
    return pd.DataFrame(placed).astype({"mean": float, "low": float, "high": float})


def _ticks(low: float, high: float) -> list[float]:
    """At most six round places, the first at or below `low`, the last at or past `high`."""
    for step in STEPS:
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        first, last = max(first, round(-1 / step)), min(last, round(1 / step))
        if last - first <= 5:
            break
    return [round(step * place, 4) for place in range(min(first, 0), max(last, 1) + 1)]


def _marks(frame: pd.DataFrame, *, filled: bool, shape: str = "circle") -> list[alt.Chart]:
    known = alt.Chart(frame.dropna(subset=["mean"]))
    colour = alt.Color("colour:N", scale=None)
    line = known.mark_rule(strokeWidth=1.6, strokeCap="round")
    point = known.mark_point(shape=shape, size=46, strokeWidth=1.6, opacity=1, fill=PAPER)
    dot = point.encode(x="mean:Q", y="lane:Q", stroke=alt.Stroke("colour:N", scale=None))
    return [
        line.encode(x="low:Q", x2="high", y="lane:Q", color=colour),
        dot.encode(fill=alt.Fill("colour:N", scale=None)) if filled else dot,
    ]


def _strips(frame: pd.DataFrame, ticks: Sequence[float]) -> alt.Chart:
    """Where lines cross the strip of each row, so that none runs through a label."""
    crossings = [
        {"x": tick, "top": y + STRIP[0], "bottom": y + STRIP[1]}
        for y in frame["y"]
        for tick in ticks
    ]
    return alt.Chart(pd.DataFrame(crossings))


def _across(rules: alt.Chart) -> alt.Chart:
    crossing: alt.Chart = rules.encode(x="x:Q", y="top:Q", y2="bottom")
    return crossing


def _text(frame: pd.DataFrame, field: str, y: str, x: int, align: Align, bold: bool) -> alt.Chart:
    """Text at a fixed place, in its row's colour where it is a value."""
    chart: alt.Chart = alt.Chart(frame).mark_text(
        align=align,
        baseline="middle",
        dy=LABEL_Y if field == "label" else 0,
        fontSize=12,
        fontWeight="bold" if bold else "normal",
        color=INK,
    )
    chart = chart.encode(x=alt.value(x), y=f"{y}:Q", text=f"{field}:N")
    return chart.encode(color=alt.Color("colour:N", scale=None)) if field == "value" else chart


def _forest(
    rows: pd.DataFrame,
    valued: list[pd.DataFrame],
    layers: list[alt.Chart],
    ticks: list[float],
    label: str,
    *,
    whole: bool = True,
) -> Markup:
    """Labels over strips, values at their right, the first row in bold where it is the whole."""
    axis = alt.Axis(
        values=ticks,
        labelExpr=label,
        title=None,
        grid=False,
        domain=False,
        ticks=False,
        labelColor=MUTED,
        labelFontSize=11,
        labelPadding=4,
        labelOverlap=False,
    )
    height = len(rows) * ROW
    # An invisible point carries the axes, which all layers share.
    corner = alt.Chart(pd.DataFrame({"x": [ticks[0]], "y": [0]})).mark_point(opacity=0)
    span = alt.Scale(domain=[ticks[0], ticks[-1]], range=[0, PLOT], nice=False)
    carrier = corner.encode(
        x=alt.X("x:Q", axis=axis, scale=span),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False)),
    )
    texts = [_text(rows[:1], "label", "y", 0, "left", whole)]
    texts += [_text(rows[1:], "label", "y", 0, "left", False)] if len(rows) > 1 else []
    texts += [
        _text(frame, "value", "lane", WIDTH, "right", side == 0 and whole)
        for side, frame in enumerate(valued)
    ]
    grid = _across(_strips(rows, ticks).mark_rule(color=LINE, strokeWidth=1))
    # Fixed padding, no auto-size: both forests are then drawn at one scale, row beside row.
    chart = alt.LayerChart(
        layer=[carrier, grid, *layers, *texts],
        width=WIDTH,
        height=height,
        autosize=alt.AutoSizeParams(type="none"),
        padding={"left": 6, "right": 8, "top": 2, "bottom": 20},
    )
    return svg(chart)


def svg(chart: alt.Chart | alt.LayerChart, *, stretch: bool = False) -> Markup:
    """The chart as SVG that takes its size from CSS and its name from the page around it."""
    styled = chart.configure(
        background="transparent", aria=False, font="inherit", view=alt.ViewConfig(stroke=None)
    )
    # What `save` does, less its validation of every part, which takes longer than the drawing.
    with alt.data_transformers.disable_max_rows():
        drawn = vl_convert.vegalite_to_svg(styled.to_dict(validate=False), vl_version=_VEGA_LITE)
    # The page names the figure; here the drawing only learns its size from CSS.
    ratio = ' preserveAspectRatio="none"' if stretch else ""
    opening = f'<svg aria-hidden="true" focusable="false"{ratio}'
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", drawn, count=1)
    return Markup(svg.replace("<svg", opening, 1))
