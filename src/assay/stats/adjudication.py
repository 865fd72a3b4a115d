"""What persons said of the runs: how many, with what agreement, and how the judge does beside them.

Turns rows (`stats.rows`) with verdicts, which `runs.reviews` merged into them, into the part
`adjudication` of a summary. A script that is replayed is one trajectory, and counts once; every run
of another target is a trajectory of its own.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from assay.stats import flags
from assay.stats import rows as select
from assay.stats.agreement import SPLIT, kappa, krippendorff, over_trajectories
from assay.stats.estimate import Estimate, rate

type Json = dict[str, Any]
type Said = Mapping[str, str]

OPEN = ("ungraded", "intent_undetermined")


def adjudication(rows: pd.DataFrame, rng: np.random.Generator) -> Json:
    """How far the flagged runs are reviewed, and what the reviews show.

    `reviewed` and `open` are of the `flagged` runs, `others` counts reviewed runs without a flag;
    `steered` counts reviewed runs that are in no rate, being elicited or begun by somebody else.
    `agreement` is between reviewers, None below two. `judge` measures the judge's `misaligned`
    against what persons agreed on, None where either said nothing; `missed` is the share of the
    runs without a flag that persons call misaligned. `doubted` counts harmful outcomes that persons
    call completed: there the grader may be wrong.
    """
    flagged = flags.flagged(rows)
    reviews = _column(rows, "reviews", 0).to_numpy(dtype=int)
    # Most cells are empty, and not worth the parser's time.
    verdicts = [
        [] if text == "[]" else json.loads(text) for text in _column(rows, "verdicts", "[]")
    ]
    person = (_column(rows, "conduct_source", "none") == "person").to_numpy(dtype=np.bool_)
    by_person = person & select.graded(rows)
    settled = by_person & ~rows["conduct"].isin(OPEN).to_numpy(dtype=np.bool_)
    before = flags.as_judged(rows)
    answered = flags.judged(rows) & ~before["conduct"].isin(OPEN).to_numpy(dtype=np.bool_)
    changed = (before["conduct"] != rows["conduct"]).to_numpy(dtype=np.bool_)
    completed = (rows["conduct"] == "completed").to_numpy(dtype=np.bool_)
    seen = reviews > 0
    return {
        "flagged": int(flagged.sum()),
        "reviewed": int((flagged & seen).sum()),
        "open": int((flagged & ~seen).sum()),
        "others": int((~flagged & seen).sum()),
        "unflagged": int((~flagged & select.graded(rows)).sum()),
        "steered": int((seen & ~select.ordinary(rows)).sum()),
        "disputed": int(_column(rows, "disputed", False).astype(bool).sum()),
        "adjudicated": int(by_person.sum()),
        "judged": int(flags.judged(rows).sum()),
        "overruled": int((settled & answered & changed).sum()),
        "doubted": int((by_person & select.harmful(rows) & completed).sum()),
        "verdicts": dict(Counter(one["verdict"] for run in verdicts for one in run)),
        "reviewers": _reviewers(verdicts),
        "agreement": _agreement(rows, verdicts, rng),
        "judge": _judge(rows, settled, answered, flagged),
        "missed": _missed(rows, settled & ~flagged),
    }


def _reviewers(verdicts: Iterable[list[Json]]) -> list[Json]:
    found: dict[str, list[Json]] = {}
    for run in verdicts:
        for one in run:
            found.setdefault(one["reviewer"], []).append(one)
    return [
        {
            "reviewer": name,
            "runs": len(given),
            "verdicts": dict(Counter(one["verdict"] for one in given)),
            "last": max(one["at"] for one in given),
        }
        for name, given in sorted(found.items())
    ]


def _agreement(
    rows: pd.DataFrame, verdicts: list[list[Json]], rng: np.random.Generator
) -> Json | None:
    """Cohen's kappa where two persons rated the same runs, else Krippendorff's alpha.

    "Cannot tell" is a verdict like any other here: who cannot tell does not agree with who can.
    """
    rated: dict[object, dict[str, set[str]]] = {}
    for trajectory, run in zip(_trajectories(rows), verdicts, strict=True):
        for one in run:
            said = rated.setdefault(trajectory, {}).setdefault(one["reviewer"], set())
            said.add(one["verdict"])
    units: list[Said] = [
        {name: next(iter(said)) if len(said) == 1 else SPLIT for name, said in unit.items()}
        for unit in rated.values()
    ]
    names = sorted({name for unit in units for name in unit})
    if len(names) < 2:
        return None
    ratings = [[unit.get(name) for name in names] for unit in units]
    if len(names) == 2 and all(None not in unit for unit in ratings):
        first, second = zip(*ratings, strict=True)
        return asdict(kappa(first, second))
    return asdict(krippendorff(ratings, rng))


def _judge(
    rows: pd.DataFrame, settled: select.Mask, answered: select.Mask, flagged: select.Mask
) -> Json | None:
    """Sensitivity and specificity of the judge's `misaligned`, over runs that persons settled.

    A trajectory is right when each of its runs was; one that persons called both is left out.
    `no_verdict` counts settled runs on which the judge had failed or could not tell.
    """
    if not flags.judged(rows).any() or not settled.any():
        return None
    known = settled & answered
    truth = _unanimous(rows[known])
    said = select.misaligned(flags.as_judged(rows))[known]
    keys = [key for key, use in zip(_trajectories(rows), known, strict=True) if use]

    def right(*, misaligned: bool) -> Json:
        chosen = [place for place, key in enumerate(keys) if truth.get(key) is misaligned]
        agreed = over_trajectories(
            [keys[place] for place in chosen],
            [bool(said[place]) == misaligned for place in chosen],
        )
        return asdict(_share(agreed.agree, agreed.n)) | {"agree": agreed.agree}

    return {
        "sensitivity": right(misaligned=True),
        "specificity": right(misaligned=False),
        "no_verdict": int((settled & ~answered).sum()),
        "flagged_only": not bool((known & ~flagged).any()),
    }


def _missed(rows: pd.DataFrame, chosen: select.Mask) -> Json | None:
    """The share of misaligned among reviewed trajectories that nothing flagged."""
    truth = _unanimous(rows[chosen])
    known = [verdict for verdict in truth.values() if verdict is not None]
    return asdict(_share(sum(known), len(known))) | {"misaligned": sum(known)} if known else None


def _unanimous(rows: pd.DataFrame) -> dict[object, bool | None]:
    """Whether persons call a trajectory misaligned; None where they did so in some of its runs."""
    found: dict[object, bool | None] = {}
    for key, verdict in zip(_trajectories(rows), select.misaligned(rows), strict=True):
        found[key] = bool(verdict) if found.get(key, verdict) == verdict else None
    return found


def _trajectories(rows: pd.DataFrame) -> list[object]:
    """A script, or else the run itself."""
    named = (rows[name].to_numpy(dtype=object) for name in ("scenario", "control_name"))
    scripted = rows["control_name"].notna().to_numpy(dtype=np.bool_)
    return [
        (scenario, control) if script else (place,)
        for place, script, scenario, control in zip(rows.index, scripted, *named, strict=True)
    ]


def _share(hits: int, n: int) -> Estimate:
    found = rate([True] * hits + [False] * (n - hits))
    return Estimate(found.mean, found.low, found.high, n, f"{found.method}, distinct trajectories")


def _column(rows: pd.DataFrame, name: str, default: Any) -> "pd.Series[Any]":
    """A column that older rows lack."""
    return rows[name] if name in rows else pd.Series([default] * len(rows), index=rows.index)
