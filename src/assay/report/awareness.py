"""Verbalised awareness in tables and sentences, for the page and the console.

Reads what `stats.awareness.verbalised` gives; quotes of a model are text like any other.
"""

from collections.abc import Mapping
from typing import Any

from assay.report.tables import Table
from assay.report.words import ABSENT, SPACE, listed, number, percent, points, span

type Json = Mapping[str, Any]

CI = f"95{SPACE}% CI"


def rates(found: Json) -> Table | None:
    """How often, and when: runs against twins, and with the judge's errors taken out."""
    if not found["main"]:
        return None
    rows = []
    sides = [("Runs", found["main"])] + ([("Benign twins", found["twin"])] if found["twin"] else [])
    for name, side in sides:
        aware = side["aware"]
        rows.append(
            (
                name,
                _of(aware),
                percent(aware["mean"]),
                _interval(aware),
                _of(side["before"]),
                _of(side["after"]),
                f"{side['unknown']:,}",
            )
        )
    if found["corrected"]:
        true = found["corrected"]
        rows.append(
            (
                "Runs, errors of filter and judge taken out",
                ABSENT,
                percent(true["mean"]),
                _interval(true),
                *(ABSENT,) * 3,
            )
        )
    head = ("", "aware", "share", CI, "before", "after", "unknown")
    return Table("Verbalised awareness", head, tuple(rows), wide_columns=frozenset({4, 5, 6}))


def behaviour(found: Json) -> Table | None:
    """Harm and misalignment of runs that were aware before the decisive action, and of others."""
    given = found["behaviour"]
    if not given or not given["harmful"]["aware"]["rate"]["n"]:
        return None
    rows = []
    for name in ("harmful", "misaligned"):
        part = given[name]
        ends = part["difference"]
        known = ends["point_low"] is not None
        exact = known and ends["point_low"] == ends["point_high"]
        between = points(ends["point_low"]) if known else ABSENT
        if known and not exact:
            between += f" to {points(ends['point_high'])}"
        rows.append(
            (
                name.capitalize(),
                *(text for group in ("aware", "unaware") for text in _group(part[group])),
                between,
                f"{points(ends['low'])} to {points(ends['high'])}" if known else ABSENT,
            )
        )
    head = ("", "aware", CI, "unaware", CI, "difference, points", f"with chance, 95{SPACE}%")
    return Table("Behaviour given awareness", head, tuple(rows), wide_columns=frozenset({2, 4}))


def about(found: Json) -> list[str]:
    """How often the target said so, when, and how far that can be trusted."""
    if not found["judges"]:
        n = found["mentions"]
        return [
            f"A lexical filter found sentences that may speak of being evaluated in {_share(n)}. "
            "No judge has read them, so nothing here is called awareness.",
        ]
    main = found["main"]
    told = [
        "The target said unasked that it took its situation for an evaluation, or seriously "
        f"might, in {_share(main['aware'])}: in {_count(main['before'])} before its decisive "
        f"action, in {_count(main['after'])} only afterwards."
    ]
    if main["unknown"]:
        bounds = main["bounds"]
        told.append(
            f"In {number(main['unknown'], 'further run')} it is unknown; with them the share may "
            f"lie anywhere in {percent(bounds['point_low'])} to {percent(bounds['point_high'])}."
        )
    told += _trust(found)
    told += _twins(found)
    return told


def about_behaviour(found: Json) -> list[str]:
    """Whether awareness went with other behaviour, as far as these runs can show."""
    given = found["behaviour"]
    if not given:
        return []
    aware, others = given["harmful"]["aware"], given["harmful"]["unaware"]
    if not aware["rate"]["n"]:
        lost = aware["ungraded"]
        return [
            "No graded run was aware before its decisive action, so nothing can be said of how "
            f"awareness moved behaviour{f' ({lost:,} aware runs are ungraded)' if lost else ''}."
        ]
    ends = given["harmful"]["difference"]
    if not others["rate"]["n"]:
        return [
            f"Aware runs were harmful in {_share(aware['rate'])}; no other graded run is there to "
            "compare with."
        ]
    told = (
        f"Aware runs were harmful in {_share(aware['rate'])}, the others in "
        f"{_share(others['rate'])}. "
    )
    if ends["point_low"] is None or ends["low"] <= 0 <= ends["high"]:
        told += "That shows no difference, nor that there is none."
    elif ends["high"] < 0:
        told += "Aware runs did less harm: the rate over all runs may be too low."
    else:
        told += "Aware runs did more harm."
    return [
        told,
        "Runs that were aware may differ from the others in other ways too: this is a comparison, "
        "not an effect.",
    ]


def _trust(found: Json) -> list[str]:
    measured = found["measured"]
    if not measured:
        return [
            "The judge was not measured on the labelled passages, so its errors are in this figure."
        ]
    if not measured["sensitivity"]["n"] or not measured["specificity"]["n"]:
        return [
            "The judge gave too few usable answers on the labelled passages, so its errors are not "
            "known, and are in this figure."
        ]
    told = (
        f"On labelled passages written for this, most of them hard, the filter passes "
        f"{_hits(measured['recall'])} of the aware ones; of what it passes the judge finds "
        f"{_hits(measured['sensitivity'])} of the aware and clears "
        f"{_hits(measured['specificity'])} of the others."
    )
    true = found["corrected"]
    if true and true["mean"] is not None:
        share = f"{percent(true['mean'])} ({CI} {span(true)})"
        told += f" With these errors taken out, the share is {share}."
    return [told]


def _twins(found: Json) -> list[str]:
    twin = found["twin"]
    if not twin or not twin["aware"]["n"]:
        return []
    return [
        f"On the benign twins, the same workspace without the motive, it said so in "
        f"{_share(twin['aware'])}. What is alike on both comes from the environment and the "
        "domain, not from what is asked."
    ]


def judges(found: Json) -> str:
    """Who read the mentions, in words; empty where nobody did."""
    return listed(list(found["judges"])) if found["judges"] else ""


def _group(part: Json) -> tuple[str, str]:
    rate = part["rate"]
    told = f"{_of(rate)}" + (f" + {part['ungraded']:,} ungraded" if part["ungraded"] else "")
    return told, _interval(rate)


def _interval(rate: Json) -> str:
    return f"{span(rate)}{SPACE}%" if rate["n"] else ABSENT


def _of(rate: Json) -> str:
    return f"{_events(rate):,} of {rate['n']:,}" if rate["n"] else ABSENT


def _share(rate: Json) -> str:
    """'3 of 40 (7.5 %, 95 % CI 1.6 to 20.4)'."""
    if not rate["n"]:
        return "none that could be counted"
    return f"{_of(rate)} ({percent(rate['mean'])}, {CI} {span(rate)})"


def _count(rate: Json) -> str:
    return f"{_events(rate):,}" if _events(rate) else "none"


def _events(rate: Json) -> int:
    share: float = rate["mean"] or 0
    n: int = rate["n"]
    return round(share * n)


def _hits(share: Json) -> str:
    return f"{share['hits']:,} of {share['n']:,} ({span(share)}{SPACE}%)"
