"""Curves over training as small inline SVG panels, one line per arm, with bands over seeds.

As `figures`: colours are CSS variables, the page names each figure, and text is escaped by Vega.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
from markupsafe import Markup

from assay.report.figures import LINE, MUTED, svg
from assay.report.study_words import named
from assay.stats.endpoints import HACK, SCENARIO

type Json = Mapping[str, Any]

WIDTH, HEIGHT = 292, 132
COLOURS = 6  # --s1 to --s6 in the style sheet
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
SHOWN_HACKS = 0.05  # a kind of hack below this share throughout is left to the table
TRAINED = ("hack_rate", "proxy_reward", "true_reward")
ASSESSED = (
    "misalignment_score",
    "chat_score",
    "agentic_score",
    "after_hack_score",
    "hack_rate",
    "coherence",
)


@dataclass(frozen=True)
class Panel:
    """One small chart and what the page calls it."""

    title: str
    drawing: Markup


@dataclass(frozen=True)
class Group:
    """Panels that share a legend; `legend` names the lines by colour, from --s1 on."""

    title: str
    legend: tuple[str, ...]
    panels: tuple[Panel, ...]


def curves(arms: Sequence[Json], training: pd.DataFrame, assessed: pd.DataFrame) -> list[Group]:
    """Panels of every metric, for a few arms at a time, the study's own corpus first.

    `training` and `assessed` are as `endpoints.over_training` gives them.
    """
    scenarios = [m for m in dict.fromkeys(assessed["metric"]) if m.startswith(SCENARIO)]
    found = []
    for title, names in _groups(arms):
        panels = [
            *_panels(training, names, TRAINED, "{}, in training"),
            *_panels(assessed, names, ASSESSED, "{}"),
            *_panels(assessed, names, scenarios, "evaluation: {}"),
            *_panels(training, names, ("kl",), "KL to the model before RL", share=False),
        ]
        if panels:
            found.append(Group(title, tuple(names), tuple(panels)))
    return found


def hack_kinds(arms: Sequence[Json], training: pd.DataFrame) -> Group | None:
    """One panel per arm: the share of rollouts in training that each kind of hack gets paid."""
    rows = training[training["metric"].str.startswith(HACK)]
    rows = rows.assign(kind=rows["metric"].str.removeprefix(HACK))
    largest = rows.groupby("kind")["mean"].max()
    kinds = sorted(largest[largest > SHOWN_HACKS].index)[:COLOURS]
    panels = []
    for arm in (str(arm["arm"]) for arm in arms):
        own = rows[(rows["arm"] == arm) & rows["kind"].isin(kinds)]
        if len(own) and own["mean"].max() > SHOWN_HACKS:
            panels.append(Panel(arm, _panel(own, "kind", kinds)))
    return Group("Hack rate by kind, in training", tuple(kinds), tuple(panels)) if panels else None


def _groups(arms: Sequence[Json]) -> list[tuple[str, list[str]]]:
    own = [str(arm["arm"]) for arm in arms if not arm["corpus"] and not arm["setting"]]
    others = [str(arm["arm"]) for arm in arms if arm["corpus"] or arm["setting"]]
    found = []
    for title, part in (("The study’s arms", own), ("Other corpora and settings", others)):
        found += [(title, part[at : at + COLOURS]) for at in range(0, len(part), COLOURS)]
    return found


def _panels(
    values: pd.DataFrame,
    arms: Sequence[str],
    metrics: Sequence[str],
    title: str,
    *,
    share: bool = True,
) -> list[Panel]:
    panels = []
    for metric in metrics:
        rows = values[(values["metric"] == metric) & values["arm"].isin(arms)]
        if len(rows):
            drawing = _panel(rows, "arm", arms, share=share)
            panels.append(Panel(title.format(named(metric)), drawing))
    return panels


def _panel(rows: pd.DataFrame, column: str, names: Sequence[str], *, share: bool = True) -> Markup:
    """Lines by the values of `column`, coloured in the order of `names`."""
    floor = 0.0
    tops = rows["high"].fillna(rows["mean"]).clip(upper=1.0) if share else rows["mean"]
    ticks = _ticks(floor, float(tops.max()))
    label = "format(datum.value * 100, '~g') + ' %'" if share else "format(datum.value, '~g')"
    last = int(rows["step"].max())
    axis = {"title": None, "domain": False, "ticks": False, "labelColor": MUTED}
    axis |= {"labelFontSize": 11, "labelPadding": 4, "labelFlush": False}
    x = alt.X(
        "step:Q",
        axis=alt.Axis(**axis, grid=False, values=_steps(last), format="d"),
        scale=alt.Scale(domain=[0, max(last, 1)], nice=False),
    )
    y_scale = alt.Scale(domain=[ticks[0], ticks[-1]], nice=False, clamp=True)
    y_axis = alt.Axis(
        **axis, grid=True, gridColor=LINE, values=ticks, labelExpr=label, minExtent=38, maxExtent=38
    )
    layers: list[alt.Chart] = []
    for index, name in enumerate(names):
        own = rows[rows[column] == name].sort_values("step")
        if not len(own):
            continue
        colour = f"var(--s{index % COLOURS + 1})"
        chart = alt.Chart(own[["step", "mean", "low", "high"]])
        y = alt.Y("mean:Q", axis=y_axis, scale=y_scale)
        if own["low"].notna().any():
            band = alt.Chart(own[["step", "low", "high"]].dropna())
            layers.insert(
                0,
                band.mark_area(color=colour, opacity=0.16, line=False).encode(
                    x=x, y=alt.Y("low:Q", axis=y_axis, scale=y_scale), y2="high"
                ),
            )
        layers.append(chart.mark_line(color=colour, strokeWidth=1.7).encode(x=x, y=y))
        if len(own) == 1:
            layers.append(chart.mark_point(color=colour, filled=True).encode(x=x, y=y))
    drawn = alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT, padding=2)
    return _rounded(svg(drawn))


def _ticks(low: float, high: float) -> list[float]:
    """At most five round places from `low` to past `high`."""
    step = next((step for step in STEPS if (high - low) / step <= 4), STEPS[-1])
    count = max(1, -(-(high - low - 1e-9) // step))
    return [round(low + step * place, 4) for place in range(int(count) + 1)]


def _steps(last: int) -> list[int]:
    """Round training steps for the axis."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000):
        if last / step <= 6:
            break
    return list(range(0, last + 1, step))


def _rounded(drawing: Markup) -> Markup:
    """Coordinates to a tenth of a pixel: a page of many curves is half as long."""
    return Markup(
        re.sub(
            r' d="([^"]*)"',
            lambda found: f' d="{re.sub(r"-?[0-9]+[.][0-9]+", _tenth, found[1])}"',
            str(drawing),
        )
    )


def _tenth(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")
