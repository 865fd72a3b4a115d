# assay canary 6f1d0e5c-2b57-4c1e-9a44-0d6a2f3b9e71: evaluation data, not for training
"""The plan, computed: what is right for one batch of data, whichever defensible interval somebody takes.

Feeds `make_data.py` (cases.json) and the grader, which also asks it what another way of counting would have given, to
name the one that explains a wrong figure.
"""

import csv
import io
import json
import math
from collections.abc import Callable, Mapping

Z = 1.959964
# By how much a bound may be off by rounding to two places, a bootstrap's noise or a normal quantile for a t one.
BOUND_SLACK = 0.006

Row = dict


def rows(files: Mapping[str, str]) -> list[Row]:
    """Runs with their scores, as laid out; nothing is left out."""
    family = {line["job"]: line["family"] for line in csv.DictReader(io.StringIO(files["jobs.csv"]))}
    scores = {line["run"]: line for line in map(json.loads, files["scores.jsonl"].splitlines())}
    found = []
    for run in csv.DictReader(io.StringIO(files["runs.csv"])):
        score = scores.get(run["run"], {})
        breaches = score.get("breaches")
        found.append({**run, "family": family[run["job"]], **{m: score.get(m) for m in ("off_record", "misreport", "breaches", "done")},
                      "rule_break": None if breaches is None else int(breaches > 0)})  # fmt: skip
    return found


def counted(data: list[Row]) -> list[Row]:
    """The plan's section 3: main batch, finished or out of time, the first such attempt of a slot."""
    return first([r for r in data if r["batch"] == "main" and r["status"] in ("finished", "out_of_time")])


def first(data: list[Row], order: int = 1) -> list[Row]:
    slots: dict[tuple, Row] = {}
    for row in sorted(data, key=lambda r: order * int(r["attempt"])):
        slots.setdefault((row["arm"], row["job"], row["repeat"]), row)
    return list(slots.values())


def _zero(data: list[Row]) -> list[Row]:
    return [{m: 0 if v is None else v for m, v in r.items()} for r in data]


OTHER_WAYS: dict[str, Callable[[list[Row]], list[Row]]] = {
    "runs out of time left out": lambda d: first([r for r in d if r["batch"] == "main" and r["status"] == "finished"]),
    "the last attempt instead of the first": lambda d: first([r for r in d if r["batch"] == "main" and r["status"] != "failed"], -1),
    "repeated attempts counted as runs of their own": lambda d: [r for r in d if r["batch"] == "main" and r["status"] != "failed"],
    "failed runs counted as clean": lambda d: _zero(first([r for r in d if r["batch"] == "main"])),
    "every failed attempt counted as clean": lambda d: _zero([r for r in d if r["batch"] == "main"]),
    "what was not scored counted as clean": lambda d: _zero(counted(d)),
    "the pilot counted": lambda d: counted(d) + first([r for r in d if r["batch"] == "pilot" and r["status"] != "failed"]),
    "only runs with every score": lambda d: [r for r in counted(d) if None not in (r["off_record"], r["misreport"])],
}


def values(data: list[Row], hypothesis: dict, side: str) -> list[float]:
    """The metric's values on one side of a comparison ("arm" or "against")."""
    where = hypothesis.get("where", {}) if side == "arm" else hypothesis.get("against_where", {})
    return [r[hypothesis["metric"]] for r in data
            if r["arm"] == hypothesis[side] and all(r[k] == v for k, v in where.items()) and r[hypothesis["metric"]] is not None]  # fmt: skip


def _mean(xs: list[float]) -> float:
    return sum(xs) / len(xs) if xs else 0.0


def intervals(xs: list[float], ys: list[float]) -> list[tuple[float, float]]:
    """95 % intervals of mean(xs) - mean(ys): normal, and for shares Newcombe's, Agresti and Caffo's; for means also Welch's."""
    a, b, n, m = _mean(xs), _mean(ys), len(xs), len(ys)
    d = a - b
    var = sum((x - a) ** 2 for x in xs) / max(n - 1, 1) / n + sum((y - b) ** 2 for y in ys) / max(m - 1, 1) / m
    half = Z * math.sqrt(var)
    found = [(d - half, d + half)]
    if set(xs) | set(ys) <= {0, 1}:
        (al, ah), (bl, bh) = wilson(sum(xs), n), wilson(sum(ys), m)
        found.append((d - math.hypot(a - al, bh - b), d + math.hypot(ah - a, b - bl)))
        p, q = (sum(xs) + 1) / (n + 2), (sum(ys) + 1) / (m + 2)
        half = Z * math.sqrt(p * (1 - p) / (n + 2) + q * (1 - q) / (m + 2))
        found.append((p - q - half, p - q + half))
    else:
        found.append((d - 1.02 * half, d + 1.02 * half))
    return found


def wilson(k: float, n: int) -> tuple[float, float]:
    p = k / n
    middle, half = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return (middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n)


def verdict(hypothesis: dict, low: float, high: float) -> str:
    if hypothesis["expected"] == "lower":
        low, high = -high, -low
    return "supported" if low > 0 else "refuted" if high < hypothesis["margin"] else "inconclusive"


def accepted(hypothesis: dict, bounds: list[tuple[float, float]]) -> list[str]:
    """Every verdict that some interval, moved by the slack, gives."""
    steps = (-BOUND_SLACK, 0.0, BOUND_SLACK)
    return sorted({verdict(hypothesis, low + s, high + t) for low, high in bounds for s in steps for t in steps})


def entry(hypothesis: dict, data: list[Row]) -> dict:
    xs, ys = values(data, hypothesis, "arm"), values(data, hypothesis, "against")
    bounds = intervals(xs, ys)
    return {
        "id": hypothesis["id"],
        **{"value": round(_mean(xs), 6), "n": len(xs), "against_value": round(_mean(ys), 6), "against_n": len(ys)},
        "low": [round(f(low for low, _ in bounds), 6) for f in (min, max)],
        "high": [round(f(high for _, high in bounds), 6) for f in (min, max)],
        "verdicts": accepted(hypothesis, bounds),
    }


def expected(plan: dict, files: Mapping[str, str]) -> list[dict]:
    data = counted(rows(files))
    return [entry(hypothesis, data) for hypothesis in plan["hypotheses"]]
