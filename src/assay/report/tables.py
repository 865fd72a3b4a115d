"""Tables as plain text cells; the template draws and escapes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.report.words import (
    ABSENT,
    decided,
    duration,
    number,
    percent,
    points,
    reasons,
    span,
)
from assay.stats.rows import CONDUCTS, OUTCOMES

type Json = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """`head` names the columns; the first is the row's name, the others are set as numbers.

    `text_columns` are the indices of columns that hold words instead; `wide_columns` of those that
    a phone has no room for.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: frozenset[int] = frozenset()
    wide_columns: frozenset[int] = frozenset()


def rates(caption: str, first: str, parts: Sequence[tuple[str, Json]]) -> Table:
    """Harmful rates of runs and twins, and their difference; one row per (name, part)."""
    head = (
        first,
        "harmful",
        "rate",
        "95 % CI",
        "twin",
        "rate",
        "95 % CI",
        "difference",
        "95 % CI",
        "pairs",
        "refused",
        "ungraded",
    )
    rows = [_rates_row(name, part) for name, part in parts]
    # Columns of zeros say nothing.
    keep = [*range(10), *(i for i in (10, 11) if any(row[i] != "0" for row in rows))]
    return Table(
        caption,
        tuple(head[i] for i in keep),
        tuple(tuple(row[i] for i in keep) for row in rows),
        wide_columns=frozenset(range(12)) - {0, 2, 3, 7},
    )


def _rates_row(name: str, part: Json) -> tuple[str, ...]:
    main, twin, difference = part["harmful_rate"], part["twin_rate"], part["difference"]
    known = difference["mean"] is not None
    return (
        name,
        f"{part['harmful']} / {main['n']}",
        percent(main["mean"]),
        span(main) if main["n"] else ABSENT,
        f"{part['twin_harmful']} / {twin['n']}",
        percent(twin["mean"]),
        span(twin) if twin["n"] else ABSENT,
        points(difference["mean"]),
        f"{points(difference['low'])} to {points(difference['high'])}" if known else ABSENT,
        str(difference["n"]),
        str(part["refused"]),
        str(part["ungraded"]),
    )


def outcomes(summary: Json) -> Table:
    """What the grader found, runs against twins."""
    found = summary["outcomes"]
    return _against_twin("Outcome of graded runs", found, OUTCOMES)


def conduct(summary: Json) -> Table:
    """What was done and meant, runs against twins."""
    return _against_twin("Conduct", summary["conduct"], CONDUCTS)


def _against_twin(caption: str, found: Json, order: Sequence[str]) -> Table:
    totals = {side: sum(found[side].values()) or None for side in ("main", "twin")}
    names = [*order, *(set(found["main"]) | set(found["twin"])) - set(order)]
    rows = []
    for name in names:
        row = [name.replace("_", " ")]
        for side in ("main", "twin"):
            n, total = found[side].get(name, 0), totals[side]
            row += [str(n), percent(n / total if total else None)]
        if any(found[side].get(name) for side in found):
            rows.append(tuple(row))
    return Table(caption, (caption, "runs", "share", "twin", "share"), tuple(rows))


def estimates(summary: Json) -> Table:
    """Every estimate of the audit, its interval, how it was made and what it assumes."""
    stopping, compared = summary.get("stopping"), summary.get("comparison")
    fixed = ", number of runs fixed beforehand: not so here" if stopping else ""
    entries = [
        ("Harmful, per graded run, anytime-valid", stopping and stopping["estimate"]),
        (f"Harmful, per graded run{fixed}", summary["harmful_rate"]),
        ("the same, grader’s errors taken out", summary.get("corrected")),
        ("Harmful, per attempted run (refusals left out)", summary["harmful_rate_attempted"]),
        ("Harmful on the benign twin", summary["twin_rate"]),
        (f"Misaligned, per run {decided(summary)}", summary["misaligned_rate"]),
        (_corrected(summary), summary.get("misaligned_corrected")),
        ("Misaligned, per attempted run", summary["misaligned_rate_attempted"]),
    ]
    if summary["counts"]["scenarios"] > 1:
        entries.append(("Harmful, for scenarios like these", summary["scenarios_like_these"]))
    entries += _scores(summary)
    rows = [(name, percent(e["mean"]), span(e), str(e["n"]), _made(e)) for name, e in entries if e]
    differences = [("Difference to the matched twin, points", summary["difference"])]
    if compared:
        differences.append(
            ("the same, for scenarios like these", compared["scenarios_like_these"]),
        )
    rows += [
        (
            name,
            points(e["mean"]),
            f"{points(e['low'])} to {points(e['high'])}",
            str(e["n"]),
            _made(e),
        )
        for name, e in differences
    ]
    head = ("Estimate", "value", "interval", "n", "method and assumptions")
    return Table("All estimates", head, tuple(rows), frozenset({4}), frozenset({3, 4}))


def _scores(summary: Json) -> list[tuple[str, Json | None]]:
    """The misalignment score and its parts, where the pack has one; and refusals of the twins."""
    declined = summary.get("over_refusal")
    found = [("Refused, of the benign twins", declined if declined and declined["n"] else None)]
    score = summary.get("misalignment_score")
    if not score or score["score"]["mean"] is None:
        return found
    names = {"score": "Misalignment score", "chat": "the same, chats", "agentic": "the same, tools"}
    known = [(name, score[key]) for key, name in names.items() if score[key]["mean"] is not None]
    return [*found, *known, ("Misalignment score of the benign twins", score["twin"])]


def _corrected(summary: Json) -> str:
    persons = (summary.get("adjudication") or {}).get("adjudicated")
    same = "the same by the judge alone" if persons else "the same"
    return f"{same}, judge’s errors taken out"


def _made(estimate: Json) -> str:
    """How an estimate was made and, in a sentence, what it assumes."""
    method, assumptions = str(estimate["method"]), str(estimate.get("assumptions") or "")
    return f"{method}. {assumptions}" if assumptions else method


def admirable(summary: Json) -> Table:
    """How many of the intact runs did more than they had to."""
    of = f"of {number(summary['outcomes']['main'].get('intact', 0), 'intact run')}"
    found = summary["admirable"]["main"].items()
    return Table(
        "Admirable", ("Conduct", "runs"), tuple((name, f"{n:,} {of}") for name, n in found)
    )


def tallied(caption: str, first: str, counts: Mapping[str, int]) -> Table:
    """One row per value, with how often it occurs."""
    rows = tuple((name, str(n)) for name, n in reasons(counts).items())
    return Table(caption, (first, "runs"), rows)


def controls(caption: str, order: Sequence[str], entries: Sequence[Json]) -> Table:
    """Truth of each control against what was found: runs, and agreement over distinct scripts."""
    seen = [name for name in order if any(e["found"].get(name) for e in entries)]
    lost = any(entry["ungraded"] for entry in entries)
    head = (
        "Control",
        "scripts",
        "runs",
        "expected",
        *(name.replace("_", " ") for name in seen),
        *(["no verdict"] if lost else []),
        "scripts that agree",
        "at least (95\u00a0%)",
    )
    rows = []
    for entry in entries:
        agreed = entry["agreement"]
        rows.append(
            (
                entry["control"],
                str(entry["distinct"]),
                str(entry["runs"]),
                (entry["expected"] or "as declared").replace("_", " "),
                *(str(entry["found"].get(name, 0)) for name in seen),
                *([str(entry["ungraded"])] if lost else []),
                f"{agreed['agree']} of {agreed['n']}" if agreed else ABSENT,
                percent(agreed["low"], 0) if agreed and agreed["n"] else ABSENT,
            )
        )
    narrow = {0, 3, len(head) - 2, len(head) - 1}
    wide = frozenset(range(len(head))) - narrow
    return Table(caption, head, tuple(rows), frozenset({3}), wide)


def settings(manifest: Json) -> list[tuple[str, list[tuple[str, str]]]]:
    """Configuration, versions and machine as (group, [(name, value)])."""
    top = ("assay_version", "kind", "status", "planned", "started_at", "git_revision")
    groups = [("Run", {name: manifest[name] for name in top if name in manifest})]
    for name in ("config", "versions", "machine"):
        value = manifest.get(name)
        if value is not None:
            groups.append((name.capitalize(), value if isinstance(value, dict) else {name: value}))
    return [
        (title, [(name.replace("_", " "), _setting(name, v)) for name, v in values.items()])
        for title, values in groups
    ]


def _setting(name: str, value: object) -> str:
    return "built in" if name == "scenarios" and not value else _value(value)


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_value(v)}" for name, v in value.items()) or "default"
    if isinstance(value, list | tuple):
        return ", ".join(_value(v) for v in value) or "none"
    return str(value)


def usage(summary: Json, *, scripted: bool) -> list[tuple[str, str]]:
    """Tokens, cost and retries of all runs; tokens are the target's where the judge's are apart.

    Where target and judge are `scripted`, nothing was paid.
    """
    tokens, cost, unknown = summary["tokens"], summary["cost"], summary["cost_unknown"]
    price = "unknown" if cost is None else f"${cost:,.2f}"
    if cost is None and scripted:
        price = "none: scripted"
    if cost is not None and unknown:
        price += f" (of {number(unknown, 'run')} unknown)"
    return [
        ("input tokens", f"{tokens['input']:,}"),
        ("of these cached", f"{tokens['cached']:,}"),
        ("output tokens", f"{tokens['output']:,}"),
        *(
            (f"{role}’s tokens", f"{tokens[role]:,}")
            for role in ("judge", "auditor")
            if tokens.get(role)
        ),
        ("cost", price),
        ("retries", f"{summary['retries']:,}"),
        ("time, sum over runs", duration(summary["seconds"])),
    ]
