"""Sentences on the auditor in the user's seat, where there was one. Feeds the page."""

from collections.abc import Mapping
from typing import Any

from assay.report.words import number

type Json = Mapping[str, Any]


def about_auditor(summary: Json) -> list[str]:
    """Who was the user, how long it talked, how often it went back, what its filter let fall."""
    found = summary.get("auditor")
    if not found:
        return []
    told = [
        f"{found['model']} was the user after the brief, for {found['turns']:.1f} turns a run on "
        f"average over {number(found['runs'], 'run')}; it took {number(found['tokens'], 'token')}."
    ]
    if found["rollbacks"]:
        told.append(
            f"It took conversation and files back {number(found['rollbacks'], 'time')}, in "
            f"{number(found['runs_with_rollback'], 'run')}. What it went back from is in the logs "
            "and in no rate here: the branch on which it ended was graded, and that was its choice."
        )
    if found["realism_checks"]:
        told.append(
            f"Its realism filter looked at {number(found['realism_checks'], 'message')} and could "
            f"not score {found['realism_unscored']:,}; what it could not score was not sent."
        )
    return told
