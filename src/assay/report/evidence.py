"""How far the rates can be trusted, in tables and sentences: what `stats.evidence` found, in words.

Reads a summary (`stats.summary`); feeds the page. Everything is plain text; what a summary does not
have (an older one, or runs that cannot answer) is left out.
"""

from collections.abc import Mapping
from typing import Any

from assay.report.tables import Table
from assay.report.words import (
    ABSENT,
    SPACE,
    anytime,
    number,
    percent,
    points,
    span,
)

type Json = Mapping[str, Any]

PACK, LIKE = "this pack", "scenarios like these"
CI = f"95{SPACE}% CI"
NONE = "no rate"
_LIKE = "scenarios_like_these"


def estimands(summary: Json) -> Table | None:
    """The two questions, each with its rate, interval and limit of detection."""
    rate, like, zero = (
        summary[key] for key in ("harmful_rate", "scenarios_like_these", "zero_event_bounds")
    )
    stopping, limits = summary.get("stopping"), summary.get("limit_of_detection")
    if not rate["n"] or limits is None:
        return None
    shown = stopping["estimate"] if stopping else rate
    several = summary["counts"]["scenarios"] > 1
    interval = f"{span(rate)}{SPACE}%"
    if stopping:
        interval = anytime(shown)
    elif zero:
        interval = f"at most {percent(zero['this_pack']['high'])}, one-sided"
    of_like = f"{span(like)}{SPACE}%"
    if zero:
        of_like = f"at most {percent(like['high'])}, one-sided"
    rows = [
        ("This pack: in these scenarios", percent(shown["mean"]), interval, _limit(limits, PACK))
        if several
        else ("This scenario", percent(shown["mean"]), interval, _limit(limits, PACK)),
        (
            "Scenarios like these: in others of the kind",
            percent(like["mean"]) if several else ABSENT,
            of_like if several else "nothing is known",
            _limit(limits, LIKE) if several else ABSENT,
        ),
    ]
    head = ("Question", "harmful", f"95{SPACE}% interval", "limit of detection")
    return Table("Two questions", head, tuple(rows))


def about_estimands(summary: Json) -> list[str]:
    """What few scenarios mean, how alike runs of one scenario are, and what the limit rests on."""
    found, limits = summary.get("clustering"), summary.get("limit_of_detection")
    if not found or limits is None:
        return []
    told = [found["warning"]] if found["warning"] else []
    if found["design_effect"] is not None:
        guess = f", a guess from {found['clusters']} scenarios" if found["warning"] else ""
        told.append(
            f"How alike the runs of one scenario are: intraclass correlation {found['icc']:.2f}, "
            f"design effect {found['design_effect']:.1f}{guess}. About other scenarios the "
            f"{found['n']:,} runs tell what {found['effective_runs']:,.0f} unrelated ones would."
        )
    return [" ".join(told), about_limit(limits)] if told else [about_limit(limits)]


def about_limit(limits: Json) -> str:
    """What the limit of detection means here, and what limits it."""
    told = (
        "Limit of detection: the smallest true rate that these runs would show to be above zero "
        f"with 95{SPACE}% probability, at a false alarm of at most 5{SPACE}%. "
    )
    first = limits["this_pack"]
    if limits["measured"]:
        hit, clear = limits["sensitivity"], limits["specificity"]
        told += (
            f"It allows for the errors of a grader that was right in {_share(hit)} cases of harm"
        )
        told += f" and in {_share(clear)} without. "
        if isinstance(clear, Mapping):
            told += (
                f"The {number(clear['n'], 'benign script')} limit it: they cannot rule out false "
                "positives that would explain as many findings, however many runs there are."
            )
    else:
        told += (
            f"It assumes a grader that finds 90{SPACE}% of harm and never sees any where there is "
            "none; on this target’s own runs that was not measured."
        )
        flawed = limits["assumed"][1]["this_pack"]
        if first["rate"] and (flawed["rate"] is None or flawed["rate"] > first["rate"]):
            told += f" One false positive in a hundred makes it {_rate(flawed)} for this pack."
    if limits["each_scenario_one_run"] and limits["scenarios_like_these"] is not None:
        told += (
            f" For {LIKE} each scenario counts as one run, as if it showed the harm always or "
            "never: nothing here rules that out."
        )
    cautious = first and first["cautious"]
    if limits["measured"] and cautious and first["rate"] and cautious > first["rate"] + 0.0005:
        told += f" With the lowest sensitivity that the scripts allow it is {percent(cautious)}."
    return told


def correction(summary: Json) -> list[str]:
    """The corrected rates beside the observed ones, or what would have to be true for zero."""
    told = []
    for key, who, what in (
        ("corrected", "grader", "harmful"),
        ("misaligned_corrected", "judge", "misaligned"),
    ):
        found = summary.get(key)
        if not found:
            continue
        hit, clear = _share(found["sensitivity"]), _share(found["specificity"])
        observed = found["observed"]
        if who == "judge" and (summary.get("adjudication") or {}).get("adjudicated"):
            what = "judge’s own misaligned"  # persons have put others into the headline
        told.append(
            f"With the {who}’s errors taken out the {what} rate is {percent(found['mean'])} "
            f"({CI} {span(found)}), beside {percent(observed['mean'])} ({span(observed)}) as "
            f"found. On {found['source']} the {who} was right about {hit} that did it and about "
            f"{clear} that did not."
        )
        if found["assumptions"].startswith("The runs contradict"):
            told.append(found["assumptions"].partition(".")[0] + ".")
    if told:
        told.append(
            "That they err as rarely on other runs is an assumption: scripts may be easier than a "
            "model’s own conduct."
        )
    analysis = summary.get("sensitivity_analysis")
    if analysis and analysis["least_specificity"] is not None:
        told.append(
            "How often the grader errs on this target’s runs was not measured, so nothing is "
            "corrected. The harmful rate stays above zero as long as specificity is over "
            f"{percent(analysis['least_specificity_point'])}, its lower bound as long as it is at "
            f"least {percent(analysis['least_specificity'])}, whatever the sensitivity."
        )
    elif analysis:
        told.append(
            "No run was found harmful, so false positives play no part. What the grader misses "
            "does: how much was not measured on this target’s runs, and the more it is, the higher "
            "the bound."
        )
    return told


def assumed_errors(summary: Json) -> Table | None:
    """The corrected rate's interval over assumed error rates: a row per sensitivity."""
    analysis = summary.get("sensitivity_analysis")
    if not analysis:
        return None
    found = analysis["least_specificity"] is not None
    table = analysis["table"]
    rows: dict[float, list[str]] = {}
    for cell in table:
        if found or cell["specificity"] == 1:
            rows.setdefault(cell["sensitivity"], []).append(
                f"{span(cell)}{SPACE}%" if found else f"at most {percent(cell['high'])}"
            )
    columns = dict.fromkeys(
        cell["specificity"] for cell in table if found or cell["specificity"] == 1
    )
    head = ("If sensitivity is", *(f"specificity {percent(c, 0)}" for c in columns))
    return Table(
        f"The harmful rate at assumed error rates ({CI})",
        head if found else ("If sensitivity is", "harmful rate"),
        tuple((percent(s, 0), *cells) for s, cells in sorted(rows.items(), reverse=True)),
    )


def assumed_limits(summary: Json) -> Table | None:
    """The limit of detection over assumed specificities."""
    limits = summary.get("limit_of_detection")
    if not limits or not limits["assumed"]:
        return None
    rows = tuple(
        (percent(e["specificity"], 0), _rate(e["this_pack"]), _rate(e["scenarios_like_these"]))
        for e in limits["assumed"]
    )
    return Table(
        f"Limit of detection at a sensitivity of 90{SPACE}%",
        ("If specificity is", PACK, LIKE),
        rows,
    )


def bounds(summary: Json) -> Table | None:
    """Both rates and their difference with what is missing at both ends, worst and plausible."""
    rows: list[tuple[str, ...]] = []
    missing = summary.get("missing")
    if missing:
        gamma = f"odds within a factor {missing['gamma']:g}"
        for name, key in (
            ("Harmful", "harmful"),
            ("On the twin", "twin"),
            ("Difference, points", "difference"),
        ):
            if missing[key] and missing[key]["worst"]["n_missing"]:
                rows += [
                    _bounds_row(f"{name}, {how}", missing[key][kind], signed=key == "difference")
                    for how, kind in (("worst case", "worst"), (gamma, "plausible"))
                ]
    open_intent = summary["misaligned_bounds"]
    if open_intent["n_missing"]:
        ends = {
            side: open_intent[f"if_{way}"]["mean"]
            for side, way in (("low", "none"), ("high", "all"))
        }
        rows.append(
            _bounds_row(
                "Misaligned, worst case",
                open_intent | {f"point_{side}": value for side, value in ends.items()},
                signed=False,
            )
        )
    head = ("Rate", "open", "without chance", f"with chance, 95{SPACE}%")
    return Table("Bounds with what is missing at both ends", head, tuple(rows)) if rows else None


def about_open(summary: Json) -> list[str]:
    """Retries: what else could have moved the rate. Awareness has a section of its own."""
    retried = summary.get("retry_selection")
    if not retried:
        return []
    ends = (retried["first_attempt"][side]["mean"] for side in ("if_none", "if_all"))
    return [
        f"{number(retried['n_retried'], 'graded run')} had been tried again after errors. "
        "Counting first attempts only, whatever they would have shown, the harmful rate lies "
        f"between {' and '.join(percent(end) for end in ends)}."
    ]


def agreement(summary: Json) -> str:
    """Cohen's kappa of grader and judge with the scripts."""
    found = (summary["controls"] or {}).get("kappa")
    if not found:
        return ""
    told = [
        f"{who} {value['mean']:.2f} ({value['low']:.2f} to {value['high']:.2f}, n = {value['n']})"
        for who, value in (("outcome", found["outcome"]), ("conduct", found["conduct"]))
        if value and value["mean"] is not None
    ]
    if not told:
        return ""
    return f"Cohen’s kappa over distinct scripts, {CI}: {'; '.join(told)}."


def _bounds_row(name: str, found: Json, *, signed: bool) -> tuple[str, ...]:
    cells = []
    for low, high in (("point_low", "point_high"), ("low", "high")):
        if found[low] is None:
            cells.append(ABSENT)
        elif signed:
            cells.append(f"{points(found[low])} to {points(found[high])}")
        else:
            cells.append(f"{span({'low': found[low], 'high': found[high]})}{SPACE}%")
    return (name, f"{found['n_missing']:,}", *cells)


def _limit(limits: Json, estimand: str) -> str:
    return _rate(limits["this_pack" if estimand == PACK else _LIKE])


def _rate(found: Json | None) -> str:
    if found is None:
        return ABSENT
    return NONE if found["rate"] is None else percent(found["rate"])


def _share(error: Any) -> str:
    """'5 of 5', or the share where it is known exactly."""
    if isinstance(error, Mapping):
        return f"{error['hits']} of {error['n']}"
    return percent(error)
