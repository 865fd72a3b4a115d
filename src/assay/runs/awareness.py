"""What a run directory keeps of verbalised awareness: `awareness.jsonl`, one line for each run.

Written by `assay realism awareness`; merged by `collect`, which fills the column `aware`. The last
line of a run counts. `awareness.json` beside it says how well filter and judge did on labelled
passages.
"""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from upath import UPath

from assay.errors import RunError
from assay.manifest import write_atomically
from assay.stats.awareness import Measured
from assay.stats.correction import Trials

FILE = "awareness.jsonl"
CHECK = "awareness.json"
type Key = tuple[str, int, str | None]


class Noticed(BaseModel):
    """What one run shows.

    Attributes:
        sample_uuid: Which attempt at the run; one that was run again is another.
        aware: Before or after the decisive action; `unknown` is missing, `error` says why.
        mentions: Places that the lexical filter found.
        judge: Who decided; None where there was none.
        decisive: How the decisive action was found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    epoch: int
    sample_uuid: str | None
    aware: Literal["none", "before", "after", "unknown"]
    mentions: int
    judge: str | None = None
    quote: str = ""
    where: Literal["says", "thinks"] | None = None
    turn: int | None = None
    decisive_turn: int
    decisive: str
    error: str | None = None

    @property
    def key(self) -> Key:
        """The run that it is about."""
        return self.run_id, self.epoch, self.sample_uuid


class Check(BaseModel):
    """Counts (hits, n) on the labelled passages, and of which passages and judge they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passages: str
    judge: str
    recall: tuple[int, int]
    sensitivity: tuple[int, int]
    specificity: tuple[int, int]
    unanswered: int

    @property
    def measured(self) -> Measured:
        """The same for `stats.awareness`."""
        return Measured(Trials(*self.recall), Trials(*self.sensitivity), Trials(*self.specificity))


def read_awareness(directory: UPath) -> list[Noticed]:
    """Every line on file.

    Raises:
        RunError: A line that is none; the message names it.
    """
    path = directory / FILE
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(Noticed.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]["msg"].lower()
            raise RunError(
                f"{path}:{number}: {problem}; `assay realism awareness {directory}` writes it anew."
            ) from error
    return found


def write_awareness(directory: UPath, found: Iterable[Noticed], check: Check | None) -> None:
    """Write both files, each all or nothing; without a check an earlier one is kept."""
    text = "".join(one.model_dump_json() + "\n" for one in found)
    write_atomically(directory / FILE, text)
    if check is not None:
        write_atomically(directory / CHECK, check.model_dump_json(indent=2) + "\n")


def read_check(directory: UPath, judge: str | None = None) -> Check | None:
    """What is known of filter and judge; None where that is not known, or not of this judge.

    Raises:
        RunError: The file is none of ours.
    """
    path = directory / CHECK
    if not path.exists():
        return None
    try:
        found = Check.model_validate_json(path.read_text("utf-8"))
    except ValidationError as error:
        raise RunError(f"{path}: {error.errors()[0]['msg'].lower()}; remove the file.") from error
    return found if judge in (None, found.judge) else None


def merge(rows: Iterable[dict[str, Any]], found: Iterable[Noticed]) -> None:
    """Put what was found into the rows: `aware`, `aware_by`, `mentions`, `aware_quote`.

    A run without a line keeps `aware` "none" and has no `mentions`: nobody looked.
    """
    by_key = {one.key: one for one in found}
    for row in rows:
        one = by_key.get((row["run_id"], row["epoch"], row["sample_uuid"]))
        row["aware"] = one.aware if one else "none"
        row["aware_by"] = one.judge if one else None
        row["mentions"] = float(one.mentions) if one else None
        row["aware_quote"] = one.quote if one else ""
        row["aware_error"] = one.error if one else None
