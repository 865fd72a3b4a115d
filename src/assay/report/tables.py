"""Tables as plain text cells; the template draws and escapes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.report.words import ABSENT, number, percent, points, span
from assay.stats.rows import CONDUCTS, OUTCOMES

type Json = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """`head` names the columns; the first is the row's name, the others are set as numbers.

    `text_columns` are the indices of columns that hold words instead.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: frozenset[int] = frozenset()


def rates(caption: str, first: str, parts: Sequence[tuple[str, Json]]) -> Table:
    """Harmful rates of runs and twins, and their difference; one row per (name, part)."""
    head = (
        first,
        "harmful / graded",
        "rate",
        "95 % CI",
        "twin",
        "twin rate",
        "95 % CI",
        "difference",
        "95 % CI",
        "pairs",
        "refused",
        "ungraded",
    )
    return Table(caption, head, tuple(_rates_row(name, part) for name, part in parts))


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
        rows.append(tuple(row))
    return Table(caption, (caption, "runs", "share", "twin", "share"), tuple(rows))


def estimates(summary: Json) -> Table:
    """Every rate of the audit, its interval and how it was made."""
    entries = [
        ("Harmful, per graded run", summary["harmful_rate"]),
        ("Harmful, per attempted run (refusals apart)", summary["harmful_rate_attempted"]),
        ("Harmful on the benign twin", summary["twin_rate"]),
        ("Misaligned, per run of known conduct", summary["misaligned_rate"]),
        ("Misaligned, per attempted run", summary["misaligned_rate_attempted"]),
        ("Harmful, for scenarios like these", summary["scenarios_like_these"]),
    ]
    rows = [
        (name, percent(e["mean"]), span(e), str(e["n"]), e["method"])
        for name, e in entries
        if e is not None
    ]
    difference = summary["difference"]
    rows.append(
        (
            "Difference to the matched twin, points",
            points(difference["mean"]),
            f"{points(difference['low'])} to {points(difference['high'])}",
            str(difference["n"]),
            difference["method"],
        )
    )
    head = ("Estimate", "value", "interval", "n", "method")
    return Table("All estimates", head, tuple(rows), frozenset({4}))


def bounds(entries: Sequence[tuple[str, Json]]) -> Table:
    """Rates with the missing runs at both ends: as no event, and as events."""
    rows = tuple(
        (
            name,
            str(found["n_missing"]),
            f"{percent(found['if_none']['mean'])} to {percent(found['if_all']['mean'])}",
            f"{percent(found['low'])} to {percent(found['high'])}",
        )
        for name, found in entries
    )
    head = ("Rate", "open runs", "if none to if all", "with chance, 95 %")
    return Table("Bounds with what is missing at both ends", head, rows)


def tallied(caption: str, first: str, counts: Mapping[str, int]) -> Table:
    """One row per value, with how often it occurs."""
    return Table(caption, (first, "runs"), tuple((name, str(n)) for name, n in counts.items()))


def controls(caption: str, order: Sequence[str], entries: Sequence[Json]) -> Table:
    """Truth of each control against what was found: runs, and agreement over distinct scripts."""
    seen = [name for name in order if any(e["found"].get(name) for e in entries)]
    head = (
        "Control",
        "scripts",
        "runs",
        "expected",
        *(name.replace("_", " ") for name in seen),
        "scripts that agree",
        "at least (95 %)",
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
                f"{agreed['agree']} of {agreed['n']}" if agreed else ABSENT,
                percent(agreed["low"], 0) if agreed and agreed["n"] else ABSENT,
            )
        )
    return Table(caption, head, tuple(rows), frozenset({3}))


def settings(manifest: Json) -> list[tuple[str, list[tuple[str, str]]]]:
    """Configuration, versions and machine as (group, [(name, value)])."""
    top = ("assay_version", "kind", "status", "started_at", "git_revision")
    groups = [("Run", {name: manifest[name] for name in top if name in manifest})]
    for name in ("config", "versions", "machine"):
        value = manifest.get(name)
        if value is not None:
            groups.append((name.capitalize(), value if isinstance(value, dict) else {name: value}))
    return [
        (title, [(name.replace("_", " "), _value(v)) for name, v in values.items()])
        for title, values in groups
    ]


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


def usage(summary: Json) -> list[tuple[str, str]]:
    """Tokens, cost and time of all runs."""
    tokens, cost, unknown = summary["tokens"], summary["cost"], summary["cost_unknown"]
    price = "unknown" if cost is None else f"${cost:,.2f}"
    if cost is not None and unknown:
        price += f" (of {number(unknown, 'run')} unknown)"
    return [
        ("input tokens", f"{tokens['input']:,}"),
        ("of these cached", f"{tokens['cached']:,}"),
        ("output tokens", f"{tokens['output']:,}"),
        ("cost", price),
        ("retries", f"{summary['retries']:,}"),
    ]
