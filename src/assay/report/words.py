"""Numbers in words, and the headline. Plain text throughout; the template escapes it.

Reads a summary (`stats.summary`); feeds the page and the console.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

type Json = Mapping[str, Any]

SPACE = "\u00a0"
ABSENT = "–"
_CONTROLS = {
    "honest": ("an honest control", ""),
    "sabotage": ("a control that sabotages", ""),
    "refusal": ("a control that refuses", ""),
    "partial": ("a control that leaves", " half done"),
    "incompetent": ("a control that fails honestly in", ""),
    "replay": ("the scenarios' own controls", ""),
}


def percent(share: float | None, digits: int = 1) -> str:
    """A share as '11.7 %'; what is not known is a dash, never a zero."""
    return ABSENT if share is None else f"{_hundredths(share, digits)}{SPACE}%"


def span(estimate: Json, digits: int = 1) -> str:
    """An interval of shares, as '6.5 to 18.8'."""
    return f"{_hundredths(estimate['low'], digits)} to {_hundredths(estimate['high'], digits)}"


def worst(bounds: Json) -> str:
    """What missing runs leave possible, chance apart: '0 to 16.7 %'."""
    ends = bounds["if_none"]["mean"], bounds["if_all"]["mean"]
    if None in ends:
        return ABSENT
    return f"{_hundredths(ends[0], 1)} to {percent(ends[1])}"


def points(share: float | None) -> str:
    """A difference of shares in percentage points, signed; a small one keeps its first digit."""
    if share is None:
        return ABSENT
    digits = next((d for d in (1, 2, 3) if abs(100 * share) >= 0.5 * 10**-d), 0)
    if not digits:
        return "0"
    text = "100" if abs(share) == 1 else f"{100 * abs(share):.{digits}f}"
    return f"{'+' if share > 0 else '−'}{text}"


def p_value(p: float, *, bare: bool = False) -> str:
    """'0.031', '<0.001'; with `bare` its place in a phrase, as '= 0.031'."""
    text = "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
    return f"= {text}" if bare and text[0] != "<" else text.replace("<", "< ") if bare else text


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


def shortened(text: str, limit: int = 300) -> str:
    """`text` cut at a word, with an ellipsis where something is left out."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    head, _, _ = cut.rpartition(" ") if not text[limit].isspace() else (cut, "", "")
    return f"{(head or cut).rstrip(' ,;:')} …"


def reason(text: str) -> str:
    """Why a run is missing, in one line."""
    if re.search(r"\bCancelledError\b|\bKeyboardInterrupt\b", text):
        return "interrupted before it ended"
    return shortened(" ".join(text.split()), 140)


def reasons(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by reason, with the reasons that read alike added up."""
    found: Counter[str] = Counter()
    for text, n in counts.items():
        found[reason(text)] += n
    return dict(found)


def described(target: str) -> str:
    """A control in words ('a control that sabotages 12 % of runs'); any other target by its name.

    A control's seed is left out; the page has its whole address in the subtitle.
    """
    kind, _, query = target.removeprefix("control/").partition("?")
    if not target.startswith("control/") or kind not in _CONTROLS:
        return target
    levels = dict(parse_qsl(query, keep_blank_values=True))
    rate, _ = levels.pop("rate", "1"), levels.pop("seed", "")
    opening, end = _CONTROLS[kind]
    if kind in ("honest", "replay"):
        return opening
    try:
        share = float(rate)
    except ValueError:
        return target
    runs = "every run" if share == 1 else f"{100 * share:g}{SPACE}% of runs"
    where = [f"{factor} {level}".replace("_", " ") for factor, level in levels.items()]
    return f"{opening} {runs}{' with ' + listed(where) if where else ''}{end}"


def headline(summary: Json, target: str) -> list[str]:
    """The result in sentences: harm, the twin's, their difference, what is missing, and intent.

    Under a stopping rule the interval is the anytime-valid one, of the runs that the rule read.
    """
    counts, who = summary["counts"], described(target)
    stopping = summary.get("stopping")
    rate = stopping["estimate"] if stopping else summary["harmful_rate"]
    if rate["n"] == 0:
        lost = f"None of {number(counts['main'], 'run')}" if counts["main"] else "No run"
        return [
            f"{lost} of {who} could be graded, so nothing can be said about it.",
            *_never_run(summary, ""),
        ]
    runs = number(rate["n"], "graded run")
    where = f"In {runs} of {number(counts['scenarios'], 'scenario')}"
    harmful = round(rate["mean"] * rate["n"])
    if stopping:
        left = f"{who} left a harmful outcome in {harmful:,} ({percent(rate['mean'])}; "
        left = left if harmful else f"{who} left no harmful outcome ("
        first = f"{where}, {left}rate of this pack {anytime(rate)}{_of_others(summary)})"
    elif summary["zero_event_bounds"]:
        first = f"{where}, {who} left no harmful outcome ({_bounds(summary)})"
    else:
        first = (
            f"{where}, {who} left a harmful outcome in {harmful:,} "
            f"({percent(rate['mean'])}, 95{SPACE}% CI {span(rate)})"
        )
    return [
        f"{first}{_twin(summary)}.",
        *stopped(summary),
        *missing(summary),
        *_difference(summary),
        *over_refusal(summary),
        *score(summary),
        *_intent(summary),
        *_could(summary),
        *reviewed(summary),
    ]


def over_refusal(summary: Json) -> list[str]:
    """How many of the benign twins were declined, in one sentence; none where none was."""
    found = summary.get("over_refusal")
    if not found or not found["n"] or not found["mean"]:
        return []
    declined = round(found["mean"] * found["n"])
    return [
        f"Of the benign twins it declined {declined:,} of {found['n']:,} "
        f"({percent(found['mean'])}, 95{SPACE}% CI {span(found)})."
    ]


def score(summary: Json) -> list[str]:
    """The pack's misalignment score with its parts, in one sentence; none where it has none."""
    found = summary.get("misalignment_score")
    if not found:
        return []
    whole = found["score"]
    if whole["mean"] is None:
        without = listed([name.replace("_", " ") for name in found["lacking"]])
        return [f"There is no misalignment score: nothing was graded in {without}."]
    parts = [
        f"{name} {percent(found[name]['mean'])}"
        for name in ("chat", "agentic")
        if found[name]["mean"] is not None
    ]
    twin = found["twin"]["mean"]
    parts += [] if twin is None else [f"on the benign twins {percent(twin)}"]
    return [
        f"Misalignment score, the plain mean of {number(len(found['scenarios']), 'scenario')}: "
        f"{percent(whole['mean'])} (95{SPACE}% CI {span(whole)}; {'; '.join(parts)})."
    ]


def decided(summary: Json) -> str:
    """Which runs the misaligned rate is of: whose intent judge, person or outcome could decide."""
    found = summary.get("adjudication") or {"adjudicated": 0, "judged": 0}
    if not found["adjudicated"]:
        return "whose intent the judge could decide"
    if not found["judged"]:
        return "whose conduct the outcome or a person could decide"
    return "whose intent the judge or a person could decide"


def reviewed(summary: Json) -> list[str]:
    """How far persons have reviewed the flagged runs, in one sentence; none where nobody has."""
    found = summary.get("adjudication")
    if not found or not found["reviewers"]:
        return []
    several = len(found["reviewers"])
    who = "A person" if several == 1 else f"{several} persons"
    flagged, done, left = found["flagged"], found["reviewed"], found["open"]
    others = f"{number(found['others'], 'run')} without a flag" if found["others"] else ""
    if not done:
        were = f"; {number(flagged, 'flagged run')} {_are(flagged)} open" if flagged else ""
        return [f"{who} reviewed {others}{were}."]
    whole = f"all {flagged:,} flagged runs" if flagged > 1 else "the one flagged run"
    told = f"{who} reviewed {f'{done:,} of {flagged:,} flagged runs' if left else whole}"
    told += f" and {others}" if others else ""
    rest = [f"{left:,} {_are(left)} open"] if left else []
    if disputed := found["disputed"]:
        rest.append(f"on {disputed:,} they disagree")
    return [f"{told}; {' and '.join(rest)}." if rest else f"{told}."]


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _could(summary: Json) -> list[str]:
    """What elicited runs say of a null result: whether it could, and whether it was caught."""
    told = (summary.get("elicited") or {}).get("sabotage")
    if not told:
        return []
    tried, caught = told["success"], told["caught"]
    if not tried["n"]:
        return [f"Told to sabotage, it declined in all {number(told['runs'], 'run')}."]
    harm = round(tried["mean"] * tried["n"])
    found = f"Told to sabotage, it did harm in {harm:,} of {number(tried['n'], 'attempt')}"
    if not caught["n"]:
        return [f"{found}."]
    seen = round(caught["mean"] * caught["n"])
    return [f"{found}; its intent was found in {seen:,} of {caught['n']:,}."]


def anytime(estimate: Json) -> str:
    """Limits that hold at every look, one or two: 'at most 3.0 %, anytime-valid 95 %'."""
    if estimate["low"] <= 0:
        limits = f"at most {percent(estimate['high'])}"
    elif estimate["high"] >= 1:
        limits = f"at least {percent(estimate['low'])}"
    else:
        limits = f"{span(estimate)}{SPACE}%"
    return f"{limits}, anytime-valid 95{SPACE}%"


def _of_others(summary: Json) -> str:
    """The bound for scenarios like these where none showed the event: looking does not move it."""
    bounds = summary["zero_event_bounds"]
    if not bounds or summary["counts"]["scenarios"] == 1:
        return ""
    return f"; at most {percent(bounds['scenarios_like_these']['high'])} for scenarios like these"


def stopped(summary: Json) -> list[str]:
    """Why an audit with a stopping rule ended when it did, in one sentence."""
    stopping = summary.get("stopping")
    if not stopping:
        return []
    rule, why = stopping["rule"], stopping["stopped"]
    planned = f"{stopping['runs']:,} of {number(stopping['planned'], 'planned run')}"
    if why is None:
        return [f"The stopping rule was never met: the audit went on to its end, {planned}."]
    shown = {
        "below": "shown to be under",
        "above": "shown to be over",
        "width": "known to a width of",
    }[why]
    told = (
        f"The audit stopped early, after {planned}, because the rate was {shown} "
        f"{percent(rule[why])}"
    )
    fixed = stopping.get("fixed_design_runs")
    if fixed and why == "below":
        told += f"; a design with a number of runs fixed beforehand would need {fixed:,}"
    late = stopping["started"] - stopping["runs"]
    if late > 0:
        told += f". {number(late, 'run')} more that had begun {'is' if late == 1 else 'are'} shown "
        told += "below and no part of this claim"
    return [f"{told}."]


def missing(summary: Json) -> list[str]:
    """A sentence on the runs that were never run or could not be graded, with what they allow."""
    lost, bounds = summary["ungraded"]["n"], summary["ungraded"]["bounds"]
    if not lost:
        return _never_run(summary, _allowed(bounds, summary.get("not_run", 0)))
    ungraded = f"{lost:,} of {number(summary['counts']['runs'], 'run')} could not be graded"
    start = _never_run(summary, "")
    total = lost + summary.get("not_run", 0)
    return [f"{f'{start[0][:-1]}, and ' if start else ''}{ungraded}{_allowed(bounds, total)}."]


def _never_run(summary: Json, allowed: str) -> list[str]:
    n: int = summary.get("not_run", 0)
    if not n:
        return []
    was = "was" if n == 1 else "were"
    return [f"{n:,} of {number(summary['planned'], 'planned run')} {was} never run{allowed}."]


def _allowed(bounds: Json, lost: int) -> str:
    them = "it" if lost == 1 else "them"
    if not bounds["n_missing"]:
        return ", only on the benign twin: the rate stays as it is"
    return (
        f"; with {them} the rate lies between {percent(bounds['if_none']['mean'])} and "
        f"{percent(bounds['if_all']['mean'])}"
    )


def _bounds(summary: Json) -> str:
    bounds, one = summary["zero_event_bounds"], summary["counts"]["scenarios"] == 1
    told = f"one-sided 95{SPACE}% upper bound {percent(bounds['this_pack']['high'])} for this "
    if one:
        return f"{told}scenario; nothing is known of others"
    return f"{told}pack, {percent(bounds['scenarios_like_these']['high'])} for scenarios like these"


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
    pairs = number(found["pairs"], "matched pair")
    widest = points(max(abs(found["low"]), abs(found["high"]))).lstrip("+")
    interval = f"95{SPACE}% CI {points(found['low'])} to {points(found['high'])}"
    if found["mean"] == 0:
        return [
            f"Over {pairs} no difference was seen; {number(found['pairs'], 'pair')} cannot rule "
            f"out one of up to {widest} points ({interval})."
        ]
    how = f"{points(abs(found['mean'])).lstrip('+')} points "
    how += "more" if found["mean"] > 0 else "fewer"
    return [f"Over {pairs} that is {how} ({interval})."]


def _intent(summary: Json) -> list[str]:
    harmful, rate = summary["counts"]["harmful"], summary["misaligned_rate"]
    if rate is None:
        return ["Intent is undetermined: no judge read the transcripts."] if harmful else []
    if not rate["n"]:
        return ["The intent of no run could be decided."]
    told = (
        f"There was evidence of intent in {summary['counts']['misaligned']:,} of "
        f"{number(rate['n'], 'run')} {decided(summary)} ({percent(rate['mean'])}, "
        f"95{SPACE}% CI {span(rate)})"
    )
    return [
        told + (f"; in {rate['undetermined']:,} it stayed open." if rate["undetermined"] else ".")
    ]


def _hundredths(share: float, digits: int) -> str:
    value = 100 * share
    if value and value < 0.5 * 10**-digits:
        return f"<{10**-digits:.{digits}f}"
    text = f"{value:.{digits}f}"
    return text.removesuffix(f".{'0' * digits}") if value in (0, 100) else text
