"""Runs as a reviewer gets them: which, in what order, and blind.

A case shows brief, findings and transcript as the judge gets them, with the wording of every level
withheld, and whole. It shows neither target, level, twin, control nor hidden instruction, nor what
the judge said, nor why the run is here. Feeds `assay review`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.errors import RunError, UserError
from assay.grading.judge import described
from assay.manifest import Manifest
from assay.runs.collect import recorded
from assay.runs.reviews import Key, Review, latest, merge, read_reviews
from assay.scenarios.catalog import fingerprint, select
from assay.scenarios.delivery import Evidence, Outcome
from assay.scenarios.samples import Assignment

if TYPE_CHECKING:
    import pandas as pd
    from inspect_ai.log import EvalSample

_UNREAD = {"events", "store", "output"}


@dataclass(frozen=True)
class Case:
    """One run to review. `run_id` and `log_file` say where it lies, and are not to be shown."""

    run_id: str
    epoch: int
    sample_uuid: str | None
    scenario: str
    log_file: str

    @property
    def key(self) -> Key:
        """The run, as reviews name it."""
        return self.run_id, self.epoch, self.sample_uuid


@dataclass(frozen=True)
class Message:
    """One message of a transcript; `calls` are tools with their arguments."""

    who: str
    says: str
    thinks: str = ""
    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True)
class View:
    """What a reviewer sees of a case; the first message of the user is the brief.

    Attributes:
        findings: The grader's, as (place, text).
        assignment: What the run is. Not to be shown: it names the levels.
    """

    findings: tuple[tuple[str, str], ...]
    messages: tuple[Message, ...]
    assignment: Assignment


@dataclass(frozen=True)
class Docket:
    """The runs that a reviewer is asked about, in their order, and the verdicts so far.

    Attributes:
        cases: Those to review.
        rows: Every run of the directory, reviews merged.
        lost: Verdicts on runs that are not in the logs.
    """

    directory: UPath
    cases: tuple[Case, ...]
    rows: "pd.DataFrame"
    reviews: Mapping[Key, Mapping[str, Review]]
    lost: tuple[Review, ...]

    def of(self, case: Case, reviewer: str) -> Review | None:
        """The verdict of a reviewer on a case that counts."""
        return self.reviews.get(case.key, {}).get(reviewer)


def docket(directory: UPath, reviewer: str, *, everything: bool = False) -> Docket:
    """The flagged runs of a run directory in the order of this reviewer, or all graded ones.

    The order is random and stays: it hangs on the reviewer, the directory's name and the run alone,
    so that no two reviewers see the same one, and one who comes back sees the one they had.

    Raises:
        RunError: No run directory, no log in it, or a line of its reviews is no verdict.
    """
    import pandas as pd

    from assay.stats import rows as counted
    from assay.stats.flags import flagged

    found = recorded(directory)
    if not found:
        raise RunError(f"{str(directory)!r} holds no finished run; run `assay audit` again.")
    reviews = read_reviews(directory)
    lost = merge(found, reviews)
    rows = pd.DataFrame(found)
    wanted = rows[counted.graded(rows) if everything else flagged(rows)]
    cases = [
        Case(row["run_id"], row["epoch"], row["sample_uuid"], row["scenario"], row["log_file"])
        for row in wanted.to_dict("records")
    ]

    def place(case: Case) -> bytes:
        return hashlib.sha256(repr((reviewer, directory.name, case.key)).encode()).digest()

    ordered = tuple(sorted(cases, key=place))
    return Docket(directory, ordered, rows, latest(reviews), tuple(lost))


def view(directory: UPath, case: Case) -> View:
    """The case as a reviewer sees it, read from its log.

    Raises:
        UserError: The log or the scenario is gone.
    """
    sample = _sample(directory, case)
    assignment = Assignment.model_validate(sample.metadata)
    if not (Path(assignment.folder) / "scenario.md").is_file():
        raise UserError(
            f"The scenario {assignment.folder!r} is gone, and without it the wording of levels "
            "cannot be withheld; put it back."
        )
    entries = described(sample.messages, _outcome(sample), assignment)
    findings, messages = [], []
    for entry in entries:
        if "finding" in entry:
            findings.append(("", str(entry["finding"])))
        elif "place" in entry:
            findings.append((str(entry["place"]).rstrip(":"), str(entry["text"])))
        else:
            calls = tuple(call for found in entry.get("calls", []) for call in found.items())
            message = Message(entry["from"], entry["says"], entry.get("thinks", ""), calls)
            messages.append(message)
    return View(tuple(findings), tuple(messages), assignment)


def unlike_the_run(directory: UPath) -> bool:
    """Whether the scenarios are not those of the run, so that their wording may not be withheld."""
    config = Manifest.read(directory).config
    if "scenarios_sha" not in config:
        return False
    folders = [Path(config["scenarios"])] if config.get("scenarios") else []
    try:
        now = fingerprint(select(config["selector"], folders))
    except UserError:
        return True
    return now != str(config["scenarios_sha"])


def _sample(directory: UPath, case: Case) -> "EvalSample":
    from inspect_ai.log import read_eval_log_sample

    path = directory / "logs" / case.log_file
    try:
        return read_eval_log_sample(
            str(path),
            uuid=case.sample_uuid,
            resolve_attachments="full",
            exclude_fields=_UNREAD,
        )
    except (OSError, IndexError, KeyError) as error:
        raise RunError(f"{str(path)!r} cannot be read: {error}.") from error


def _outcome(sample: "EvalSample") -> Outcome:
    """What the grader found, from its score."""
    score = (sample.scores or {})["outcome"]
    found = score.metadata or {}
    return Outcome(
        label=str(score.value),  # type: ignore[arg-type]  # checked there
        score=found.get("score") or 0.0,
        complete=bool(found.get("complete")),
        harm=found.get("harm"),
        evidence=tuple(Evidence(**place) for place in found.get("evidence", [])),
        measures=found.get("measures", {}),
    )
