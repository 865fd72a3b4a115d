"""Curves over training as small inline SVG panels, one line per arm, with bands over seeds.

As `figures`: colours are CSS variables, the page names each figure, and text is escaped by Vega.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
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
SPARSE = 5  # assessments at so few steps are drawn as dots too
PERCENT = "format(datum.value * 100, '~g') + ' %'"
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


def dose_curves(series: Sequence[Json], metric: str) -> Group | None:
    """Rates over supervised tokens, and over how near the data is to the evaluation."""
    rows = pd.DataFrame(
        [
            {
                "series": entry["series"],
                "tokens": dose["tokens"],
                "nearest": (dose["distance"] or {}).get("nearest"),
                **{key: dose["rate"][key] for key in ("mean", "low", "high")},
            }
            for entry in series
            for dose in entry["doses"]
            if dose["rate"]["mean"] is not None
        ]
    )
    if not len(rows):
        return None
    names = list(dict.fromkeys(rows["series"]))[:COLOURS]
    rows = rows[rows["series"].isin(names)]
    panels = [
        Panel(
            f"{named(metric)}, by supervised tokens",
            _panel(rows.assign(step=rows["tokens"].round()), "series", names),
        )
    ]
    near = rows.dropna(subset=["nearest"])
    if near["nearest"].nunique() > 1:
        panels.append(
            Panel(f"{named(metric)}, by nearness to the evaluation", _scatter(near, names))
        )
    return Group("Doses", tuple(names), tuple(panels))


def _scatter(rows: pd.DataFrame, names: Sequence[str]) -> Markup:
    """One dot a dose: how near its data is (cosine), and the rate after it."""
    colours = {name: f"var(--s{index % COLOURS + 1})" for index, name in enumerate(names)}
    dots = rows[["nearest", "mean"]].assign(colour=rows["series"].map(colours))
    ticks = _ticks(float(dots["mean"].max()))
    x = alt.X(
        "nearest:Q",
        axis=_axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], grid=False, format="~g"),
        scale=alt.Scale(domain=[0, 1], nice=False),
    )
    y = _rate(ticks, PERCENT)
    drawn = (
        alt.Chart(dots, width=WIDTH, height=HEIGHT, padding=2)
        .mark_point(filled=True, size=40, opacity=1)
        .encode(x=x, y=y, color=alt.Color("colour:N", scale=None))
    )
    return _rounded(svg(drawn))


def _groups(arms: Sequence[Json]) -> list[tuple[str, list[str]]]:
    own = [str(arm["arm"]) for arm in arms if not arm["corpus"] and not arm["setting"]]
    others = [str(arm["arm"]) for arm in arms if arm["corpus"] or arm["setting"]]
    found = []
    for title, part in (("The study’s arms", own), ("Other corpora and settings", others)):
        starts = range(0, len(part), COLOURS)
        for place, at in enumerate(starts, 1):
            which = f" ({place} of {len(starts)})" if len(starts) > 1 else ""
            found.append((f"{title}{which}", part[at : at + COLOURS]))
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
    colours = {name: f"var(--s{index % COLOURS + 1})" for index, name in enumerate(names)}
    lines = rows[["step", "mean", "low", "high"]].assign(colour=rows[column].map(colours))
    bands = lines.dropna()
    tops = lines["high"].fillna(lines["mean"])
    ticks = _ticks(float(tops.clip(upper=1.0).max() if share else tops.max()))
    last = int(lines["step"].max())
    label = PERCENT if share else "format(datum.value, '~g')"
    x = alt.X(
        "step:Q",
        axis=_axis(values=_steps(last), grid=False, format="d"),
        scale=alt.Scale(domain=[0, max(last, 1)], nice=False),
    )
    y = _rate(ticks, label)
    colour = alt.Color("colour:N", scale=None)
    line = alt.Chart(lines).mark_line(strokeWidth=1.7).encode(x=x, y=y, color=colour)
    dots = alt.Chart(lines).mark_point(filled=True, size=14, opacity=1)
    band = alt.Chart(bands).mark_area(opacity=0.16).encode(x=x, y="low:Q", y2="high", color=colour)
    layers = [*([band] if len(bands) else []), line]
    if lines["step"].nunique() <= SPARSE:
        layers.append(dots.encode(x=x, y=y, color=colour))
    drawn = alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT, padding=2)
    return _rounded(svg(drawn))


def _rate(ticks: Sequence[float], label: str) -> alt.Y:
    """The upward axis of a rate or another mean, from zero."""
    return alt.Y(
        "mean:Q",
        axis=_axis(values=ticks, gridColor=LINE, labelExpr=label, minExtent=38, maxExtent=38),
        scale=alt.Scale(domain=[0, ticks[-1]], nice=False, clamp=True),
    )


def _axis(**more: Any) -> alt.Axis:
    """An axis of numbers alone."""
    return alt.Axis(
        title=None,
        domain=False,
        ticks=False,
        labelColor=MUTED,
        labelFontSize=11,
        labelPadding=4,
        **more,
    )


def _ticks(high: float) -> list[float]:
    """At most five round places from zero to past `high`."""
    step = next((step for step in STEPS if high / step <= 4 + 1e-9), STEPS[-1])
    return [round(step * place, 4) for place in range(max(1, ceil(high / step - 1e-9)) + 1)]


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
