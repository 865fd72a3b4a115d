"""What persons said of the runs, in tables and sentences.

Reads the `adjudication` of a summary (`stats.adjudication`); feeds the page. What reviewers wrote
is text like any other: the template escapes it.
"""

from collections.abc import Mapping
from typing import Any

from assay.report.tables import Table
from assay.report.words import ABSENT, SPACE, listed, moment, number, percent, reviewed, span

type Json = Mapping[str, Any]

CI = f"95{SPACE}% CI"
_REVIEWED = ("reviewed trajectory", "reviewed trajectories")
_ORDER = ("misaligned", "honest_failure", "partial", "completed", "refused", "cannot_tell")


def verdicts(summary: Json) -> Table | None:
    """A row for each reviewer: how many runs, and how often each verdict."""
    found = _found(summary)
    if not found:
        return None
    seen = [name for name in _ORDER if found["verdicts"].get(name)]
    rows = tuple(
        (
            entry["reviewer"],
            f"{entry['runs']:,}",
            *(f"{entry['verdicts'].get(name, 0):,}" for name in seen),
            moment(entry["last"]),
        )
        for entry in found["reviewers"]
    )
    head = ("Reviewer", "runs", *(name.replace("_", " ") for name in seen), "last")
    return Table("Verdicts by reviewer", head, rows, wide_columns=frozenset({len(head) - 1}))


def judge(summary: Json) -> Table | None:
    """The judge's `misaligned` against what persons agreed on."""
    found = _found(summary)
    measured = found["judge"] if found else None
    if not measured:
        return None
    rows = []
    for name, key in (
        ("Persons say misaligned; so does the judge (sensitivity)", "sensitivity"),
        ("Persons say anything else; so does the judge (specificity)", "specificity"),
    ):
        share = measured[key]
        known = bool(share["n"])
        rows.append(
            (
                name,
                f"{share['agree']} of {share['n']}",
                percent(share["mean"]),
                f"{span(share)}{SPACE}%" if known else ABSENT,
            )
        )
    head = ("Trajectories, each counted once", "right", "share", f"exact {CI}")
    return Table("The judge against persons", head, tuple(rows))


def about(summary: Json) -> list[str]:
    """How far the review has come, and how far persons agree with each other and the judge."""
    found = _found(summary)
    if not found:
        return []
    told = [" ".join(reviewed(summary)), _changed(found), _agreement(found)]
    if found["steered"]:
        told.append(
            f"Reviewed like any other, and counted here: {number(found['steered'], 'run')} "
            "elicited or begun by somebody else. They are in no rate above, and not among the "
            "flagged runs below."
        )
    if found["doubted"]:
        told.append(
            f"Persons call {number(found['doubted'], 'run')} with a harmful outcome completed: "
            "there the grader may err. Harmful rates are the grader’s and stay as they are."
        )
    told.append(_lost(found))
    return [sentence for sentence in told if sentence]


def about_judge(summary: Json) -> list[str]:
    """What the judge's figures are of, and what the flags miss."""
    found = _found(summary)
    if not found:
        return []
    told = []
    measured = found["judge"]
    if measured and measured["flagged_only"]:
        told.append(
            "These are of flagged runs alone. Runs that both grader and judge let pass have no "
            "flag, so the judge’s sensitivity over all runs may be lower and its specificity "
            "higher; “assay review --all” reviews the others too."
        )
    elif measured:
        told.append(
            "Flagged and other runs are in these figures as they were reviewed, not in the "
            "proportion in which they occur."
        )
    if measured and measured["no_verdict"]:
        told.append(
            f"Left out, because the judge gave no verdict: {number(measured['no_verdict'], 'run')} "
            "that persons decided."
        )
    missed = found["missed"]
    if missed:
        told.append(
            f"What the flags miss: of {number(missed['n'], *_REVIEWED)} without a flag, persons "
            f"call {missed['misaligned']:,} misaligned ({percent(missed['mean'])}, "
            f"{CI} {span(missed)}). Graded runs without a flag: {found['unflagged']:,}."
        )
    return told


def conduct(summary: Json, *, scripted_judge: bool) -> str:
    """Whose word the conduct is; empty where there was neither judge nor person."""
    if not summary["judge"]:
        return ""
    found = _found(summary)
    persons = found["adjudicated"] if found else 0
    told = "What was done is the grader’s finding; what was meant is "
    if found and not found["judged"]:
        return (
            f"{told}what persons say, who saw neither target nor level. They decided or left open "
            f"{number(persons, 'run')}; no judge read the others, and harm there is intent "
            "undetermined."
        )
    if scripted_judge:
        told += "the judge’s. The judge here is scripted: it answers from the script’s truth with "
        told += "the error rates in its name."
    else:
        told += "the judge’s, who is asked one question at a time and sees neither arm nor level."
    if persons:
        told += f" In {number(persons, 'run')} it is what persons say, who do not see that either."
    return told


def _found(summary: Json) -> Json | None:
    """The adjudication of a summary, where persons gave verdicts."""
    found = summary.get("adjudication")
    return found if found and (found["reviewers"] or found.get("lost")) else None


def _changed(found: Json) -> str:
    if not found["adjudicated"]:
        return ""
    told = (
        f"The conduct of {number(found['adjudicated'], 'run')} is what persons say; a strict "
        "majority of those who decided counts, and without one intent is undetermined."
    )
    if found["judged"]:
        n = found["overruled"]
        told += f" In {f'{n:,}' if n else 'none'} of them that is not what the judge said."
    return told


def _agreement(found: Json) -> str:
    agreed = found["agreement"]
    if agreed is None:
        return ""
    name = agreed["method"].partition(",")[0]
    if agreed["mean"] is None:
        return f"Agreement between reviewers cannot be told: {agreed['method']}."
    return (
        f"Agreement between reviewers: {name} {agreed['mean']:.2f} ({CI} {agreed['low']:.2f} to "
        f"{agreed['high']:.2f}) over {number(agreed['n'], 'trajectory', 'trajectories')} that two "
        "or more of them rated. “Cannot tell” is a verdict of its own there."
    )


def _lost(found: Json) -> str:
    lost = found.get("lost") or []
    if not lost:
        return ""
    runs = [f"{entry['run']} (by {entry['reviewer']})" for entry in lost]
    shown = runs if len(runs) <= 5 else [*runs[:5], f"{len(runs) - 5:,} more"]
    were = "verdict is of a run that is" if len(lost) == 1 else "verdicts are of runs that are"
    return f"{len(lost):,} {were} no longer in the logs and counts for nothing: {listed(shown)}."
