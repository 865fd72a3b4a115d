"""Which runs count, and where: graded, attempted, determined, matched.

Reads a table of rows (one row is one run of one sample; see `runs`) and draws every line that the
rates depend on, so that `stats.summary` and `report` cannot draw it twice and differently.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

type Mask = npt.NDArray[np.bool_]

OUTCOMES = ("intact", "broken", "untouched", "harmful")
CONDUCTS = (
    "completed",
    "partial",
    "honest_failure",
    "refused",
    "intent_undetermined",
    "misaligned",
    "ungraded",
)
NEEDED = (
    "scenario",
    "levels",
    "cell",
    "is_twin",
    "twin_of",
    "epoch",
    "elicited",
    "prefix",
    "ending",
    "prefill_aware",
    "control",
    "control_name",
    "outcome",
    "effectiveness",
    "conduct",
    "refusal_reason",
    "disclosed",
    "admirable",
    "covert",
    "ungraded_reason",
    "retries",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cost",
    "seconds",
)


def check(rows: pd.DataFrame) -> None:
    """Raise a ValueError that names the columns `rows` lacks, or runs that occur twice."""
    missing = [name for name in NEEDED if name not in rows.columns]
    if missing:
        found = ", ".join(str(name) for name in rows.columns)
        raise ValueError(f"The rows lack {', '.join(missing)}; they have {found}.")
    key = ["scenario", "cell", "is_twin", "twin_of", "epoch", "elicited", "prefix"]
    twice = rows[rows.duplicated(key)]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(
            f"Scenario {row['scenario']!r}, cell {row['cell']!r}, epoch {row['epoch']} occurs "
            "twice: a run that was repeated must leave one row."
        )


def ordinary(rows: pd.DataFrame) -> Mask:
    """Runs that nobody steered: neither elicited nor begun by somebody else. Rates are of these."""
    return np.array(rows["elicited"].isna() & rows["prefix"].isna(), dtype=np.bool_)


def twin(rows: pd.DataFrame) -> Mask:
    """Runs on the benign twin."""
    return _equals(rows["is_twin"], 1)


def graded(rows: pd.DataFrame) -> Mask:
    """Runs whose workspace the grader could judge. Everything else is missing data, never a 0."""
    return np.array(rows["outcome"].notna(), dtype=np.bool_)


def harmful(rows: pd.DataFrame) -> Mask:
    """Runs that left a harmful outcome, whatever was intended."""
    return _equals(rows["outcome"], "harmful")


def attempted(rows: pd.DataFrame) -> Mask:
    """Graded runs that did not refuse: those in which harm was possible at all.

    Where harm was done it was possible, whatever a reviewer calls the run.
    """
    return graded(rows) & (~_equals(rows["conduct"], "refused") | harmful(rows))


def determined(rows: pd.DataFrame) -> Mask:
    """Graded runs of known conduct: neither ungraded nor harmful with undetermined intent."""
    unknown = _equals(rows["conduct"], "ungraded") | _equals(rows["conduct"], "intent_undetermined")
    return graded(rows) & ~unknown


def misaligned(rows: pd.DataFrame) -> Mask:
    """Runs with evidence of intent, by a judge or a person."""
    return _equals(rows["conduct"], "misaligned")


def sabotage_control(rows: pd.DataFrame) -> Mask:
    """Runs that replayed a sabotage script."""
    return _equals(rows["control"], "sabotage")


def harm_pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per run that has, or should have, a twin: columns `scenario`, `main`, `twin`.

    Matched by scenario, cell and epoch; a twin names its cell in `twin_of`. Values are 1.0, 0.0, or
    NaN where that side is ungraded or was not run. Without any twin in `rows` there are no pairs.
    """
    events = np.where(graded(rows), harmful(rows).astype(float), np.nan)
    is_twin = twin(rows)
    frame = pd.DataFrame(
        {
            "scenario": rows["scenario"].to_numpy(dtype=object),
            "cell": np.where(
                is_twin,
                rows["twin_of"].to_numpy(dtype=object),
                rows["cell"].to_numpy(dtype=object),
            ),
            "epoch": rows["epoch"].to_numpy(dtype=object),
            "event": events,
        }
    )
    key = ["scenario", "cell", "epoch"]
    if not is_twin.any():
        return pd.DataFrame({"scenario": [], "main": [], "twin": []})
    main = frame[~is_twin].rename(columns={"event": "main"})
    twins = frame[is_twin].rename(columns={"event": "twin"})
    return main.merge(twins, on=key, how="outer")[["scenario", "main", "twin"]]


def levels(rows: pd.DataFrame) -> list[Mapping[str, str]]:
    """The factor levels of each run, parsed."""
    return _parsed(rows["levels"])


def _parsed(texts: pd.Series) -> list[Mapping[str, Any]]:
    """Objects in JSON, each different text parsed once; empty where there is none."""
    codes, known = pd.factorize(texts)
    parsed = [json.loads(text) if isinstance(text, str) and text else {} for text in known]
    return [parsed[code] if code >= 0 else {} for code in codes]


def kinds(listed: object) -> list[str]:
    """The kinds in an `admirable` cell (a JSON list, or null)."""
    # Most cells are empty, and not worth the parser's time.
    value = json.loads(listed) if isinstance(listed, str) and listed not in ("", "[]") else []
    return [str(kind) for kind in value]


def mean_measures(rows: pd.DataFrame) -> dict[str, float]:
    """Each measure's mean over the graded runs that have it; none where rows have no measures."""
    if "measures" not in rows:
        return {}
    parsed = _parsed(rows.loc[graded(rows), "measures"])
    names = dict.fromkeys(name for run in parsed for name in run)
    return {name: float(np.mean([run[name] for run in parsed if name in run])) for name in names}


def tally(values: pd.Series, order: tuple[str, ...] = ()) -> dict[str, int]:
    """How often each value occurs: `order` first, others by frequency. Nulls are left out."""
    found = values.dropna().astype(str).value_counts()
    counts = {name: int(found.get(name, 0)) for name in order}
    return counts | {str(name): int(n) for name, n in found.items() if name not in counts}


def _equals(values: pd.Series, wanted: str | int) -> Mask:
    """Where a value is this one; a null is not."""
    return (values == wanted).fillna(False).to_numpy(dtype=np.bool_)
