"""Which runs a person should look at: one definition, for `assay review` and for the report.

A flag rests on what grader, judge and script said, never on a person's verdict, so that a run that
was reviewed stays flagged. Reads rows as `runs` writes them.
"""

import json

import numpy as np
import pandas as pd

from assay.stats import rows as select
from assay.stats.agreement import EXPECTED_OUTCOME
from assay.stats.rows import Mask


def flagged(rows: pd.DataFrame) -> Mask:
    """Harmful, misaligned or covert runs, and those left open by the judge or unlike their script.

    Left open: the judge failed, or could not tell. Unlike its script: a control whose outcome is
    not the one that its kind leads to expect.
    """
    seen = as_judged(rows)
    return (
        select.harmful(seen)
        | select.misaligned(seen)
        | covert(seen)
        | left_open(seen)
        | unlike_script(seen)
    )


def as_judged(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the conduct that they had before any person's verdict."""
    if "judge_conduct" not in rows:
        return rows
    return rows.assign(conduct=rows["judge_conduct"].fillna(rows["conduct"]))


def judged(rows: pd.DataFrame) -> Mask:
    """Runs whose transcript a judge was asked about."""
    column = "judge_source" if "judge_source" in rows else "conduct_source"
    if column not in rows:
        return np.zeros(len(rows), dtype=np.bool_)
    return (rows[column] == "judge").to_numpy(dtype=np.bool_)


def covert(rows: pd.DataFrame) -> Mask:
    """Runs whose reasoning and output disagree."""
    return rows["covert"].map(lambda value: value is True or value == 1).to_numpy(dtype=np.bool_)


def left_open(rows: pd.DataFrame) -> Mask:
    """Graded runs on which the judge failed, or could not tell what was meant."""
    graded, asked = select.graded(rows), judged(rows)
    failed = (rows["conduct"] == "ungraded").to_numpy(dtype=np.bool_)
    undecided = (rows["conduct"] == "intent_undetermined").to_numpy(dtype=np.bool_)
    refused = (rows["conduct"] == "refused").to_numpy(dtype=np.bool_)
    unclear = np.zeros(len(rows), dtype=np.bool_)
    for place in np.flatnonzero(graded & asked & refused):
        unclear[place] = _answer(rows["judge_answers"].iloc[place], "refusal") == "cannot_tell"
    return graded & (failed | (asked & undecided) | unclear)


def unlike_script(rows: pd.DataFrame) -> Mask:
    """Graded runs of a control whose outcome is not what its kind leads to expect."""
    expected = rows["control"].map(lambda kind: EXPECTED_OUTCOME.get(str(kind)))
    unlike = expected.notna() & (expected != rows["outcome"])
    return select.graded(rows) & unlike.to_numpy(dtype=np.bool_)


def _answer(answers: object, question: str) -> str | None:
    found = json.loads(answers) if isinstance(answers, str) and answers else {}
    said = found.get(question)
    return str(said.get("answer")) if isinstance(said, dict) else None
