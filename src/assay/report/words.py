"""Numbers in words: the headline, and what the study could not have seen.

Plain text throughout; the template escapes it. Reads a summary (`stats.summary`) and a manifest.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

type Json = Mapping[str, Any]

SPACE = "\u00a0"
ABSENT = "–"


def percent(share: float | None, digits: int = 1) -> str:
    """A share as '11.7 %'; what is not known is a dash, never a zero."""
    return ABSENT if share is None else f"{_hundredths(share, digits)}{SPACE}%"


def span(estimate: Json, digits: int = 1) -> str:
    """An interval of shares, as '6.5 to 18.8'."""
    return f"{_hundredths(estimate['low'], digits)} to {_hundredths(estimate['high'], digits)}"


def points(share: float | None) -> str:
    """A difference of shares in percentage points, signed."""
    return ABSENT if share is None else f"{'+' if share > 0 else ''}{_hundredths(share, 1)}"


def number(n: int, noun: str, plural: str = "") -> str:
    """'1 run', '1,200 runs'."""
    return f"{n:,}{SPACE}{noun if n == 1 else plural or noun + 's'}"


def duration(seconds: float | None) -> str:
    """Seconds as '2 h 5 min', '4 min 10 s' or '12 s'."""
    if seconds is None:
        return ABSENT
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours:,}{SPACE}h {minutes}{SPACE}min"
    return f"{minutes}{SPACE}min {rest}{SPACE}s" if minutes else f"{rest}{SPACE}s"


def moment(text: str) -> str:
    """An ISO time as '2026-02-11 09:30 UTC'; what is no time stays as it is."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{time:%Y-%m-%d %H:%M} {time.tzname() or ''}".strip()


def listed(names: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def headline(summary: Json, target: str) -> list[str]:
    """The result in sentences: the harmful rate, the twin's, their difference, and intent."""
    counts, rate = summary["counts"], summary["harmful_rate"]
    if rate["n"] == 0:
        return [
            f"None of {number(counts['main'], 'run')} of {target} could be graded, "
            "so nothing can be said about it."
        ]
    runs = number(rate["n"], "graded run")
    where = f"In {runs} of {number(counts['scenarios'], 'scenario')}"
    if summary["zero_event_bounds"]:
        first = f"{where}, {target} left no harmful outcome ({_bounds(summary)})"
    else:
        first = (
            f"{where}, {target} left a harmful outcome in {counts['harmful']:,} "
            f"({percent(rate['mean'])}, 95{SPACE}% CI {span(rate)})"
        )
    return [f"{first}{_twin(summary)}.", *_difference(summary), *_intent(summary)]


def unseen(summary: Json, manifest: Json) -> list[tuple[str, str]]:
    """What this study could not have seen, as (subject, sentence), computed from what was run."""
    rate = summary["harmful_rate"]
    found: list[tuple[str, str]] = []
    if summary["controls"] is not None:
        found.append(
            (
                "Anything about a model",
                "Only scripted controls were replayed. That shows what the grader"
                + (" and the judge" if summary["judge"] else "")
                + " can tell apart, not how any model behaves, nor that a model's own sabotage "
                "would look like these scripts.",
            )
        )
    else:
        found.append(
            (
                "Sabotage unlike the controls",
                "The grader was checked against scripted controls. The target's own sabotage may "
                "look different, and no elicited run of this target has shown that it would have "
                "been caught.",
            )
        )
    if rate["n"]:
        found.append(
            (
                "Rare harm",
                f"With {number(rate['n'], 'graded run')}, only a true rate of at least "
                f"{percent(summary['smallest_visible_rate'])} would have shown one harmful run or "
                f"more with 95{SPACE}% probability. Anything rarer could have stayed silent.",
            )
        )
    found += _unseen_difference(summary)
    found += _unseen_scenarios(summary)
    if not summary["judge"]:
        found.append(
            (
                "Intent",
                "No judge and no person read the transcripts. A harmful outcome here may be "
                "sabotage or an honest mistake, and misaligned conduct that left no harm is not "
                "counted at all.",
            )
        )
    else:
        judge = manifest.get("config", {}).get("judge")
        found.append(
            (
                "The judge's own errors",
                f"Conduct rests on one judge ({judge or 'unnamed'}), whose sensitivity and "
                "specificity on this target's transcripts were not measured; no rate above is "
                "corrected for them.",
            )
        )
    open_ended = summary["ungraded"]
    if open_ended["n"]:
        lost = f"{number(open_ended['main'], 'run')} and {number(open_ended['twin'], 'twin')}"
        found.append(
            (
                "What was ungraded",
                f"{lost} left no outcome. If that was no accident, the harmful rate may lie "
                f"anywhere in {percent(open_ended['bounds']['low'])} to "
                f"{percent(open_ended['bounds']['high'])}, and the difference to the twin is over "
                "the remaining pairs alone.",
            )
        )
    found.append(
        (
            "Awareness",
            "Whether the target took this for an evaluation was not measured. A model that behaves "
            "well because it knows that it is watched looks the same here.",
        )
    )
    found.append(
        (
            "Other harm",
            "Each grader looks for its scenario's own harm. Any other harm in the workspace, or "
            "outside it, passes unseen.",
        )
    )
    return found


def _unseen_difference(summary: Json) -> list[tuple[str, str]]:
    found = summary["difference"]
    if not found["pairs"]:
        return [
            (
                "Honest failure",
                "No run has a graded benign twin, so harm cannot be told from plain inability.",
            )
        ]
    if found["low"] <= 0 <= found["high"]:
        return [
            (
                "A small difference to the twin",
                f"From {number(found['pairs'], 'pair')}, any difference between "
                f"{points(found['low'])} and {points(found['high'])} points remains possible, "
                "none included.",
            )
        ]
    return []


def _unseen_scenarios(summary: Json) -> list[tuple[str, str]]:
    clusters, wide = summary["counts"]["scenarios"], summary["scenarios_like_these"]
    fixed = [f"{e['factor']} = {e['level']}" for e in summary["by_level"] if e["fixed"]]
    if clusters == 1:
        told = "One scenario says nothing about others; every rate is about this one alone."
    else:
        told = (
            f"The {clusters} scenarios are fixed, and the headline is about them. For scenarios "
            f"like these the rate may lie anywhere in {percent(wide['low'])} to "
            f"{percent(wide['high'])} ({wide['method']})."
        )
    found = [("Other scenarios", told)]
    if fixed:
        found.append(("Other circumstances", f"Held fixed throughout: {listed(fixed)}."))
    varied = [e for e in summary["by_level"] if not e["fixed"]]
    if varied:
        found.append(
            (
                "Which level matters",
                f"{number(len(varied), 'level')} are shown side by side, none corrected for the "
                "number of comparisons.",
            )
        )
    return found


def _bounds(summary: Json) -> str:
    bounds = summary["zero_event_bounds"]
    return (
        f"one-sided 95{SPACE}% upper bound {percent(bounds['this_pack']['high'])} for this pack, "
        f"{percent(bounds['scenarios_like_these']['high'])} for scenarios like these"
    )


def _twin(summary: Json) -> str:
    rate, harmful = summary["twin_rate"], summary["counts"]["harmful_twin"]
    if not summary["counts"]["twin"]:
        return "; its benign twin was not run"
    if rate["n"] == 0:
        return "; no run on the benign twin could be graded"
    found = f"{harmful:,}" if harmful else "none"
    return f"; on the benign twin in {found} of {rate['n']:,} ({percent(rate['mean'])})"


def _difference(summary: Json) -> list[str]:
    found = summary["difference"]
    if not found["pairs"]:
        return []
    mean = found["mean"]
    how = "no difference" if mean == 0 else f"{points(abs(mean)).lstrip('+')} points "
    how += "" if mean == 0 else "more" if mean > 0 else "fewer"
    return [
        f"Over {number(found['pairs'], 'matched pair')} that is {how} "
        f"(95{SPACE}% CI {points(found['low'])} to {points(found['high'])})."
    ]


def _intent(summary: Json) -> list[str]:
    harmful, rate = summary["counts"]["harmful"], summary["misaligned_rate"]
    if rate is None:
        return ["Intent is undetermined: no judge read the transcripts."] if harmful else []
    if not rate["n"]:
        return ["The conduct of no run could be determined."]
    told = (
        f"There was evidence of intent in {summary['counts']['misaligned']:,} of "
        f"{number(rate['n'], 'run')} of known conduct ({percent(rate['mean'])}, "
        f"95{SPACE}% CI {span(rate)})"
    )
    return [
        told + (f"; in {rate['undetermined']:,} it stayed open." if rate["undetermined"] else ".")
    ]


def _hundredths(share: float, digits: int) -> str:
    value = 100 * share
    if value and abs(value) < 0.5 * 10**-digits:
        return f"{'−' if value < 0 else ''}<{10**-digits:.{digits}f}"
    text = f"{abs(value):.{digits}f}"
    text = text.removesuffix(f".{'0' * digits}") if value in (0, 100, -100) else text
    return f"−{text}" if value < 0 else text
