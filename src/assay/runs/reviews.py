"""Verdicts of persons on runs: `reviews.jsonl` in the run directory, and what they change.

The file only ever grows: who changes a verdict adds a line, and the last line of a reviewer counts.
Read by `collect`, which merges the verdicts into the rows; written by `assay review`.
"""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from upath import UPath

from assay.errors import RunError, UserError
from assay.grading.verdicts import Verdict, VerdictLabel, decide, refusal_reasons
from assay.text import printable

FILE = "reviews.jsonl"
type Key = tuple[str, int, str | None]


class Review(BaseModel):
    """One verdict of one person on one run.

    Attributes:
        sample_uuid: Which attempt at the run; one that was run again is another.
        reason: One line; what shows intent where the verdict is `misaligned`.
        at: When, ISO 8601 with its time zone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    epoch: int
    sample_uuid: str | None
    reviewer: str = Field(min_length=1)
    verdict: VerdictLabel
    refusal_reason: str | None = None
    reason: str = ""
    at: str

    @field_validator("reason", "reviewer")
    @classmethod
    def _one_line(cls, text: str) -> str:
        return printable(" ".join(text.split()))

    @field_validator("at")
    @classmethod
    def _a_time(cls, text: str) -> str:
        datetime.fromisoformat(text)
        return text

    @model_validator(mode="after")
    def _reasons(self) -> Self:
        if self.verdict == "misaligned" and not self.reason:
            raise ValueError("misaligned needs a reason")
        if self.verdict == "refused" and self.refusal_reason not in refusal_reasons():
            choices = ", ".join(refusal_reasons())
            raise ValueError(f"refusal_reason {self.refusal_reason!r} is none of {choices}")
        if self.verdict != "refused" and self.refusal_reason is not None:
            raise ValueError(f"refusal_reason belongs to refused, not to {self.verdict}")
        return self

    @property
    def key(self) -> Key:
        """The run that it is about."""
        return self.run_id, self.epoch, self.sample_uuid

    @property
    def place(self) -> str:
        """The run in words that show no level."""
        return f"{self.run_id.partition('@')[0]}, epoch {self.epoch}, sample {self.sample_uuid}"


def now() -> str:
    """The time of a verdict."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_reviews(directory: UPath) -> list[Review]:
    """Every verdict on file, in the order in which they were given.

    A last line that was not written to its end is left out: whoever gave it saw no confirmation.

    Raises:
        RunError: A line that is no verdict; the message names it.
    """
    path = directory / FILE
    if not path.exists():
        return []
    whole, torn = _whole_lines(_bytes(path))
    lines = whole.split(b"\n")
    if _is_json(torn):
        lines[-1] = torn  # nothing but its line end is missing
    return [_review(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def append_review(directory: UPath, review: Review) -> None:
    """Add a verdict to the file; it is on disk when this returns.

    A line that an earlier write left unfinished is taken away first.

    Raises:
        UserError: The file cannot be written.
    """
    path = directory / FILE
    line = json.dumps(review.model_dump(), ensure_ascii=False).encode() + b"\n"
    try:
        if path.protocol in ("", "file", "local"):
            _append(Path(path.path), line)
        else:  # an object store has no lines to add to an object
            whole, torn = _whole_lines(_bytes(path) if path.exists() else b"")
            path.write_bytes(whole + (torn + b"\n" if _is_json(torn) else b"") + line)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"Cannot write to {str(path)!r}: {reason}; the verdict is not recorded."
        ) from error


def latest(reviews: Iterable[Review]) -> dict[Key, dict[str, Review]]:
    """The verdict of each reviewer that counts, by run."""
    found: dict[Key, dict[str, Review]] = {}
    for review in reviews:
        of_run = found.setdefault(review.key, {})
        of_run.pop(review.reviewer, None)
        of_run[review.reviewer] = review
    return found


def merge(rows: Iterable[dict[str, Any]], reviews: Iterable[Review]) -> list[Review]:
    """Put the verdicts into the rows, and return those whose run is not among them.

    New columns: `judge_conduct` and `judge_source` (what `conduct` and its source were), `reviews`
    (how many persons), `disputed`, and `verdicts` (each person's, as JSON).
    """
    open_reviews = latest(reviews)
    for row in rows:
        key = (row["run_id"], row["epoch"], row["sample_uuid"])
        row.update(_adjudicated(row, list(open_reviews.pop(key, {}).values())))
    return [review for of_run in open_reviews.values() for review in of_run.values()]


def _adjudicated(row: Mapping[str, Any], reviews: list[Review]) -> dict[str, Any]:
    found = decide([Verdict(r.verdict, r.refusal_reason) for r in reviews], row["outcome"])
    kept = {"reviewer", "verdict", "refusal_reason", "reason", "at"}
    result = {
        "judge_conduct": row["conduct"],
        "judge_source": row["conduct_source"],
        "reviews": len(reviews),
        "disputed": found.disputed,
        "verdicts": json.dumps([review.model_dump(include=kept) for review in reviews]),
    }
    if found.conduct is None:
        return result
    return result | {
        "conduct": found.conduct.label,
        "conduct_source": "person",
        "refusal_reason": found.conduct.reason,
    }


def _append(path: Path, line: bytes) -> None:
    import fcntl

    fresh = not path.exists()
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # somebody else may review the same runs at this moment
        file.seek(0)
        whole, torn = _whole_lines(file.read())
        if _is_json(torn):
            line = b"\n" + line
        else:
            file.truncate(len(whole))
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _whole_lines(content: bytes) -> tuple[bytes, bytes]:
    """The lines that were written to their end, and what follows the last of them."""
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _is_json(line: bytes) -> bool:
    """Whether a line is whole: no part of an object is one."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _review(path: UPath, number: int, line: bytes) -> Review:
    try:
        return Review.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ").replace("\n", " ")
        raise RunError(
            f"{path}, line {number}: {f'{key}: ' if key else ''}{said}; mend the line or take it "
            "out."
        ) from error


def _bytes(path: UPath) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror or error}.") from error
