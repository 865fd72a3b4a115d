"""Charts as inline SVG that take their colours from the page.

Altair draws, vl-convert renders. Colours are CSS variables, so one drawing serves light and dark;
each is drawn for a phone's width and scales up to a column. Vega escapes text, and accessible names
are the page's own, so nothing that a model wrote becomes markup.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd
from markupsafe import Markup

from assay.report.words import percent, points

type Json = Mapping[str, Any]

WIDTH, ROW = 348, 50
LABEL = 36
INK, MUTED, LINE, PAPER = "var(--ink)", "var(--muted)", "var(--line)", "var(--paper)"
MAIN, TWIN = "var(--main)", "var(--twin)"
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")

type Align = Literal["left", "right"]
type Weight = Literal["normal", "bold"]


def rates(rows: Sequence[tuple[str, Json]]) -> Markup:
    """Forest plot of the harmful rate, runs and twins, one row per (label, part of a summary)."""
    main, twin = (
        pd.DataFrame(
            [
                {
                    "label": plain(label),
                    "y": index * ROW,
                    "lane": index * ROW + lane,
                    "value": percent(part[key]["mean"]),
                    **_interval(part[key]),
                }
                for index, (label, part) in enumerate(rows)
            ]
        )
        for key, lane in (("harmful_rate", 21), ("twin_rate", 32))
    )
    top = max(float(frame["high"].astype(float).max(skipna=True) or 0) for frame in (main, twin))
    domain = [0.0, min(1.0, max(0.1, 1.06 * top))] if top == top else [0.0, 1.0]
    layers = [
        *_row_labels(main),
        _text(main, "value", WIDTH - 56, "right", MAIN, "bold"),
        _text(twin, "value", WIDTH, "right", TWIN, "normal"),
        *_marks(twin, TWIN, fill=PAPER),
        *_marks(main, MAIN, fill=MAIN),
    ]
    return _forest(layers, domain, len(rows), "format(datum.value * 100, '~g') + ' %'")


def differences(rows: Sequence[tuple[str, Json]]) -> Markup:
    """Forest plot of the difference to the matched twin, on the rows of `rates`."""
    frame = pd.DataFrame(
        [
            {
                "label": plain(label),
                "y": index * ROW,
                "lane": index * ROW + 26,
                "value": points(part["difference"]["mean"]),
                **_interval(part["difference"]),
            }
            for index, (label, part) in enumerate(rows)
        ]
    )
    limits = frame[["low", "high"]].astype(float).fillna(0.0)
    low = max(-1.0, min(-0.05, 1.06 * float(limits["low"].min())))
    high = min(1.0, max(0.1, 1.06 * float(limits["high"].max())))
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=MUTED, strokeDash=[2, 3])
    layers = [
        zero.encode(x="x:Q"),
        *_row_labels(frame),
        _text(frame, "value", WIDTH, "right", INK, "bold"),
        *_marks(frame, INK, fill=INK, shape="diamond"),
    ]
    return _forest(
        layers, [low, high], len(rows), "datum.value ? format(datum.value * 100, '+~g') : '0'"
    )


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
    return _svg(drawn, stretch=True)


def plain(text: str, limit: int = LABEL) -> str:
    """`text` on one line for a drawing: no control or direction characters, shortened."""
    text = CONTROL_CHARACTERS.sub(" ", text).encode("utf-8", "replace").decode()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _interval(estimate: Json) -> dict[str, float | None]:
    """Limits and point; nothing is drawn where nothing is known."""
    if estimate["mean"] is None:
        return {"mean": None, "low": None, "high": None}
    return {key: float(estimate[key]) for key in ("mean", "low", "high")}


def _marks(
    frame: pd.DataFrame, colour: str, *, fill: str, shape: str = "circle"
) -> list[alt.Chart]:
    known = frame.dropna(subset=["mean"]).astype({"mean": float, "low": float, "high": float})
    line = alt.Chart(known).mark_rule(color=colour, strokeWidth=1.6, strokeCap="round")
    point = alt.Chart(known).mark_point(
        shape=shape, size=46, stroke=colour, fill=fill, strokeWidth=1.6, opacity=1
    )
    return [line.encode(x="low:Q", x2="high", y="lane:Q"), point.encode(x="mean:Q", y="lane:Q")]


def _row_labels(frame: pd.DataFrame) -> list[alt.Chart]:
    """The first row, which is the whole, in bold."""
    first, others = frame[frame["y"] == 0], frame[frame["y"] > 0]
    return [
        _text(first, "label", 0, "left", INK, "bold"),
        _text(others, "label", 0, "left", INK, "normal"),
    ]


def _text(
    frame: pd.DataFrame, field: str, x: int, align: Align, colour: str, weight: Weight
) -> alt.Chart:
    """Text at a fixed place; the page's CSS gives it a halo, so that grid lines pass behind."""
    chart: alt.Chart = alt.Chart(frame).mark_text(
        align=align, dy=7, fontSize=12, color=colour, fontWeight=weight
    )
    return chart.encode(x=alt.value(x), y="y:Q", text=f"{field}:N")


def _forest(layers: list[alt.Chart], domain: list[float], n: int, label: str) -> Markup:
    axis = alt.Axis(
        labelExpr=label,
        title=None,
        tickCount=4,
        domain=False,
        ticks=False,
        gridColor=LINE,
        labelColor=MUTED,
        labelFontSize=11,
        labelPadding=6,
    )
    # An invisible point carries the axes, which all layers share.
    corner = alt.Chart(pd.DataFrame({"x": [domain[0]], "y": [0]})).mark_point(opacity=0)
    carrier = corner.encode(
        x=alt.X("x:Q", axis=axis, scale=alt.Scale(domain=domain, nice=False)),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, n * ROW], reverse=True, nice=False)),
    )
    # Fixed padding, no auto-size: both forests are then drawn at one scale, row beside row.
    chart = alt.LayerChart(
        layer=[carrier, *layers],
        width=WIDTH,
        height=n * ROW,
        autosize=alt.AutoSizeParams(type="none"),
        padding={"left": 6, "right": 8, "top": 2, "bottom": 22},
    )
    return _svg(chart)


def _svg(chart: alt.Chart | alt.LayerChart, *, stretch: bool = False) -> Markup:
    styled = chart.configure(
        background="transparent", aria=False, font="inherit", view=alt.ViewConfig(stroke=None)
    )
    buffer = io.StringIO()
    styled.save(buffer, format="svg")
    # The page names the figure; here the drawing only learns its size from CSS.
    ratio = ' preserveAspectRatio="none"' if stretch else ""
    opening = f'<svg aria-hidden="true" focusable="false"{ratio}'
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", buffer.getvalue(), count=1)
    return Markup(svg.replace("<svg", opening, 1))
