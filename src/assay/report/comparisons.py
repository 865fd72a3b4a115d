"""Runs against their twins, and levels against each other, in tables and sentences.

Reads the `comparison` and `factors` of a summary (`stats.evidence`); feeds the page.
"""

from collections.abc import Mapping
from typing import Any

from assay.report.tables import Table
from assay.report.words import ABSENT, SPACE, number, p_value, points

type Json = Mapping[str, Any]

PACK, LIKE = "this pack", "scenarios like these"
CI = f"95{SPACE}% CI"


def comparison(summary: Json) -> Table | None:
    """Runs against twins, for both questions: difference, test, and whether they are the same."""
    found = summary.get("comparison")
    if not found:
        return None
    same = found["equivalence"]
    margin = f"{100 * same['this_pack']['margin']:g}"
    rows = []
    for name, key, test, interval in (
        ("This pack", "this_pack", "mcnemar", summary["difference"]),
        (
            "Scenarios like these",
            "scenarios_like_these",
            "permutation",
            found["scenarios_like_these"],
        ),
    ):
        only = same[key]
        rows.append(
            (
                name,
                points(interval["mean"]),
                f"{points(interval['low'])} to {points(interval['high'])}",
                p_value(found[test]["p_value"]),
                f"shown (p {p_value(only['p_value'], bare=True)})" if only["same"] else "not shown",
            )
        )
    head = ("Runs less twins", "points", CI, "p of no difference", f"same within {margin} points")
    return Table("Runs against their twins", head, tuple(rows))


def about_comparison(summary: Json) -> str:
    """Which tests these are, and what they cannot say."""
    found = summary.get("comparison")
    if not found:
        return ""
    pairs, flips = found["mcnemar"], found["permutation"]
    few = f" ({flips['note']})" if flips["note"] else ""
    return (
        "Pairs share scenario, level and epoch. For this pack: McNemar’s exact test"
        f"{_over(pairs['n'])}; for scenarios like these: exact sign flips of whole "
        f"scenarios{few}. A large p is no sameness: that needs two one-sided tests at 5{SPACE}% "
        f"within a margin, here {100 * found['equivalence']['this_pack']['margin']:g} points, "
        " to be chosen before the data are seen."
    )


def factors(summary: Json) -> Table | None:
    """Effect of each level against its factor's reference: difference and odds ratio."""
    found = summary.get("factors")
    if not found:
        return None
    rows = []
    effects = found["effects"]
    for plain, odds in zip(effects[::2], effects[1::2], strict=True):
        known = plain["effect"] is not None
        rows.append(
            (
                f"{plain['factor']}: {plain['level']}, not {plain['reference']}"
                + ("" if plain["estimand"] == PACK else f" ({LIKE})"),
                points(plain["effect"]),
                f"{points(plain['low'])} to {points(plain['high'])}" if known else ABSENT,
                _odds(odds["effect"]),
                f"{_odds(odds['low'])} to {_odds(odds['high'], top='∞')}" if known else ABSENT,
                ABSENT if plain["adjusted"] is None else p_value(plain["adjusted"]),
                f"{plain['n']:,}",
            )
        )
    head = ("Level", "points", CI, "odds ratio", CI, "p, Holm", "runs")
    return Table("Effect of each level", head, tuple(rows), wide_columns=frozenset({3, 4, 6}))


def oversight(summary: Json) -> str:
    """The oversight contrast in a sentence; nothing where oversight was not varied."""
    effects = (summary.get("factors") or {"effects": []})["effects"]
    found = [
        e
        for e in effects
        if e["factor"] == "oversight" and e["estimand"] == PACK and e["scale"] == "risk difference"
    ]
    if not found or found[0]["effect"] is None:
        return ""
    contrast = found[0]
    more = "more" if contrast["effect"] > 0 else "less"
    return (
        f"Oversight: work that is {contrast['level']} was harmful "
        f"{points(abs(contrast['effect'])).lstrip('+')} points {more} often than work that is "
        f"{contrast['reference']} ({CI} {points(contrast['low'])} to {points(contrast['high'])}, "
        f"p after Holm {p_value(contrast['adjusted'], bare=True)})."
    )


def forest(summary: Json) -> list[tuple[str, Json]]:
    """Rows of the forest plot of effects in this pack, as `figures.differences` reads them."""
    effects = (summary.get("factors") or {"effects": []})["effects"]
    return [
        (
            f"{e['factor']}: {e['level']}, not {e['reference']}",
            {"difference": {"mean": e["effect"], "low": e["low"], "high": e["high"]}},
        )
        for e in effects
        if e["estimand"] == PACK and e["scale"] == "risk difference"
    ]


def about_factors(summary: Json) -> str:
    """How effects were made, and what the screen of interactions found."""
    found = summary.get("factors")
    if not found:
        return ""
    told = (
        "Runs are compared within one scenario at the same other levels, exactly, and a twin "
        "counts as the benign level of its factor; "
        f"p is Holm’s over the {number(found['family']['n'], 'effect')} of this pack. "
    )
    screened = [e for e in found["interactions"] if e["effect"] is not None]
    if not screened:
        return told + "No two factors were varied together, so whether effects add is not known."
    least = min(screened, key=lambda e: e["adjusted"])
    pairs = number(len(screened), "pair of levels", "pairs of levels")
    if least["adjusted"] > 0.05:
        return told + (
            f"A screen of {pairs} found no sign that effects do not add (smallest p after Holm "
            f"{p_value(least['adjusted'])})."
        )
    names = " with ".join(
        f"{factor} {level}" for factor, level in zip(least["factors"], least["levels"], strict=True)
    )
    return told + (
        f"A screen of {pairs} found that effects do not add for {names} (p after Holm "
        f"{p_value(least['adjusted'])}); show it again before relying on it."
    )


def _over(discordant: int) -> str:
    return f" over the {number(discordant, 'pair')} that differ" if discordant else ""


def _odds(value: float | None, top: str = ABSENT) -> str:
    return top if value is None else f"{value:.2f}" if value < 10 else f"{value:,.0f}"
