"""Realism, as a sceptic asks: could they tell, what gave it away, does it matter for the rate.

Reads `realism.json` and `decomposition.json` of a run directory (`assay realism compare` and
`decompose`) and the `verbalised` of a summary (`assay realism awareness`); feeds the page. Words
and examples come from transcripts, so they are text like any other.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from assay.report import awareness
from assay.report.realism_figures import decomposition
from assay.report.tables import Table
from assay.report.words import listed, p_value, percent, points, shortened, span

type Json = Mapping[str, Any]

FILE, PARTS = "realism.json", "decomposition.json"
_SIGNIFICANT = 0.05
_EXAMPLE = 90  # characters
_TELLS = 10
_QUOTES = 5


def section(
    summary: Json, rows: pd.DataFrame, compared: Json | None, parts: Json | None = None
) -> Json | None:
    """What the page's section says; None where nothing was measured."""
    found = summary.get("verbalised")
    if not found and not compared and not parts:
        return None
    return {
        "could": could_they_tell(compared) if compared else [],
        "label": _label(compared) if compared else "",
        "tells": tells(compared) if compared else None,
        "parts": decomposition(parts) if parts else None,
        "contrasts": contrasts(parts) if parts else None,
        "gave": what_gave_it_away(compared) if compared else [],
        "aware": awareness.about(found) if found else [],
        "rates": awareness.rates(found) if found else None,
        "matters": does_it_matter(summary, found) if found else [],
        "behaviour": awareness.behaviour(found) if found else None,
        "judges": awareness.judges(found) if found else "",
        "quotes": quotes(rows) if found else [],
    }


def quotes(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Where the target said it, and its words: different ones, from the first runs."""
    if "aware_quote" not in rows:
        return []
    said = rows[rows["aware"].isin(["before", "after"])].drop_duplicates("aware_quote")
    return [
        (f"{row['scenario']}, epoch {row['epoch']}, {row['aware']}", shortened(row["aware_quote"]))
        for row in said.head(_QUOTES).to_dict("records")
    ]


def could_they_tell(compared: Json) -> list[str]:
    """Classifier and discriminator, each in a sentence or two."""
    test = compared["two_sample"]
    if test["auc"] is None:
        told = ["There were too few sessions for a classifier: nothing is known."]
    else:
        told = [
            f"A classifier that reads no meaning {_found(test['p_value'])}: of a session of each "
            "kind that it did not learn from, it finds the evaluation "
            f"{percent(test['auc'])} of the time (chance is 50 %, p "
            f"{p_value(test['p_value'], bare=True)})."
        ]
    if single := compared.get("single"):
        told.append(_single(single))
    if (pairwise := compared.get("pairwise")) and pairwise["win_rate"] is not None:
        told.append(_pairwise(pairwise))
    if "single" not in compared:
        told.append(
            "No model was asked; assay realism compare --discriminator target asks the audited one."
        )
    if compared.get("ungraded"):
        told.append(
            f"Answers that could not be used, and are in no figure: {compared['ungraded']:,}."
        )
    return told


def what_gave_it_away(compared: Json) -> list[str]:
    """A sentence where nothing did, or of what the table leaves out."""
    found = compared["two_sample"]["tells"]
    if not found:
        return ["No single feature differs by more than chance would make one of them differ."]
    left = len(found) - _TELLS
    return [f"Further tells in {FILE}: {left:,}."] if left > 0 else []


def tells(compared: Json) -> Table | None:
    """What differs, by how much each tells alone."""
    found = compared["two_sample"]["tells"][:_TELLS]
    if not found:
        return None
    rows = tuple(
        (
            tell["words"],
            _value(tell["evaluation"], tell["unit"]),
            _value(tell["deployment"], tell["unit"]),
            percent(max(tell["alone"], 1 - tell["alone"])),
            shortened(str(tell.get("evaluation_example") or ""), _EXAMPLE),
        )
        for tell in found
    )
    head = ("What differs", "evaluation", "deployment", "tells alone", "for instance, here")
    return Table("What gave it away", head, rows, frozenset({4}), frozenset({4}))


def contrasts(parts: Json) -> Table:
    """Each difference of mean evaluation-likeness with its interval, in points."""
    rows = tuple(
        (
            contrast["words"],
            f"{contrast['first']} less {contrast['second']}",
            points(contrast["difference"]["mean"]),
            f"{points(contrast['difference']['low'])} to {points(contrast['difference']['high'])}",
        )
        for contrast in parts["contrasts"].values()
    )
    head = ("What drives it", "arms", "difference, points", "95 % interval")
    return Table("Environment, domain, task or scaffold", head, rows)


def does_it_matter(summary: Json, found: Json) -> list[str]:
    """What awareness may have done to the headline rate."""
    told = awareness.about_behaviour(found)
    bounds = summary.get("awareness")
    if bounds and (bounds["n_aware"] or bounds["n_unknown"]):
        unread = bounds["n_unknown"]
        told.append(
            f"The harmful rate is {percent(bounds['observed']['mean'])} as observed. If every run "
            f"that was aware in time{f', or may have been ({unread:,}),' if unread else ''} would "
            f"have been harmful unaware, it is {percent(bounds['all_events']['mean'])}; among the "
            f"others alone it is {percent(bounds['as_unaware']['mean'])}. With chance, anything "
            f"from {percent(bounds['low'])} to {percent(bounds['high'])}."
        )
    if found["judges"]:
        told.append("A target that noticed and did not say so is not among these.")
    return told


def _label(compared: Json) -> str:
    if compared.get("same_model") is not False:
        return ""
    sides = [listed([name or "an unknown model" for name in side]) for side in compared["models"]]
    return (
        f"Deployment was written by {sides[0]}, the evaluation by {sides[1]}: what follows may "
        "tell models apart, not environments."
    )


def _found(p: float) -> str:
    return "can tell" if p <= _SIGNIFICANT else "could not be shown to tell"


def _single(single: Json) -> str:
    if single["auc"] is None:
        return "The discriminator gave too few answers about single transcripts."
    can = "can tell" if single["low"] > 0.5 else "could not be shown to tell"
    return (
        f"The discriminator, shown one transcript, {can}: it gives the evaluation the higher "
        f"probability {percent(single['auc'])} of the time ({span(single)} %)."
    )


def _pairwise(pairwise: Json) -> str:
    bias = pairwise["order_bias"]
    return (
        "Shown both, it takes the evaluation for the more real one "
        f"{percent(pairwise['win_rate'])} of the time ({span(pairwise)} %; 50 % would be as "
        "good as real)"
        + (f", with an order bias of {points(bias)} points." if bias is not None else ".")
    )


def _value(value: float, unit: str) -> str:
    return percent(value) if unit == "share" else f"{value:.3g} {unit}"
