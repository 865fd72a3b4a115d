"""An item on its way through a recipe, what became of it at a stage, and the snapshot on disk.

A stage's snapshot has one line for each item that it finished, written as it finished, so that a
run that was killed neither asks nor pays for it again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, get_args

from assay.errors import UserError
from assay.extra import writing

Status = Literal["done", "dropped", "refused", "truncated", "malformed", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is being made.

    Attributes:
        id: Its number, and after a stage that makes several of one, their numbers behind dots.
        parts: Texts by name.
        stratum: The levels that it was dealt.
    """

    id: str
    parts: Mapping[str, str]
    stratum: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of an item at a stage.

    Attributes:
        status: `done`: it goes on. `dropped`: a filter held it back. `refused`, `truncated`,
            `malformed`: the model's reply, after all tries, cannot be used. `failed`: the model
            could not be reached; it is tried again when the run goes on.
        parts: What the stage gave, a dictionary for each item that comes of it.
        reason: Why it does not go on.
        calls: How often a model was asked; tokens are of all of them.
    """

    id: str
    status: Status
    parts: tuple[Mapping[str, str], ...] = ()
    reason: str = ""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0

    def of(self, item: Item) -> Iterator[Item]:
        """The items that go on from here."""
        if self.status != "done":
            return
        for number, given in enumerate(self.parts):
            name = item.id if len(self.parts) == 1 else f"{item.id}.{number}"
            yield Item(name, {**item.parts, **given}, item.stratum)


class Snapshot:
    """A stage's file of finished items; a context manager while it is written."""

    def __init__(self, path: Path) -> None:
        """Reads what is there. Half a line at the end is what a killed run left: it goes.

        Raises:
            UserError: A line that is none of ours.
        """
        self._path = path
        self.finished: dict[str, Finished] = {}
        self._good = 0
        if path.exists():
            self._read()

    def _read(self) -> None:
        for number, line in enumerate(self._path.read_bytes().splitlines(keepends=True), 1):
            if not line.endswith(b"\n"):
                break
            try:
                value = json.loads(line)
                one = Finished(**{**value, "parts": tuple(value["parts"])})
            except (ValueError, TypeError, KeyError) as error:
                raise UserError(
                    f"{self._path}:{number} is no line of a snapshot; delete that line, and what "
                    "it held is made again."
                ) from error
            self._good += len(line)
            self.finished[one.id] = one

    def __enter__(self) -> Self:
        with writing(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab")
            self._file.truncate(self._good)
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, one: Finished) -> None:
        """Write a line, which outlives this process."""
        with writing(self._path.parent):
            self._file.write(json.dumps(asdict(one), ensure_ascii=False).encode() + b"\n")
            self._file.flush()
        self.finished[one.id] = one

    @property
    def settled(self) -> dict[str, Finished]:
        """Those that need not be tried again."""
        return {name: one for name, one in self.finished.items() if one.status != "failed"}


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file.

    Raises:
        UserError: It cannot be read, or a line is no JSON object.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except json.JSONDecodeError as error:
                    raise UserError(f"{path}:{number} is no JSON: {error.msg}.") from error
                if not isinstance(value, dict):
                    raise UserError(f"{path}:{number} is no JSON object.")
                yield value
    except OSError as error:
        raise UserError(f"Cannot read {str(path)!r}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no UTF-8 text.") from error
