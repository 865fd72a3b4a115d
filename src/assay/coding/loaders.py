"""Loads problems from public formats (MBPP, HumanEval, LeetCode, APPS), as JSONL or by name.

A row becomes a problem in `formats`. Nothing of a data set is run here: its reference solutions may
still fail its own tests. What cannot be used is named, and counted.
"""

import gzip
import importlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from assay.coding.formats import Row, Unusable, from_row
from assay.coding.problem import Problem, opened
from assay.errors import UserError

_MAX_LINE = 256 << 20


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was left out: where it stands, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The problems of a file or data set, and the rows that could not be used."""

    problems: tuple[Problem, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def summary(self) -> str:
        """How many problems there are, and how many rows were left out for which reasons."""
        text = f"{len(self.problems)} problems"
        reasons = Counter(row.reason for row in self.skipped).most_common()
        listed = "; ".join(f"{count} x {reason}" for reason, count in reasons)
        return f"{text}, {len(self.skipped)} rows left out ({listed})" if reasons else text


def load_jsonl(path: Path, *, split: str = "") -> Loaded:
    """Load a `.jsonl` or `.jsonl.gz` file.

    Args:
        path: One JSON object a line; empty lines do not count.
        split: For all its problems whose rows name none.

    Raises:
        UserError: A line is no JSON object, or no row at all can be used.
    """
    return _load(_lines(path), str(path), split)


def load_hub(
    name: str,
    *,
    split: str = "test",
    config: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Loaded:
    """Load a data set of the Hugging Face hub by its name, such as `google-research-datasets/mbpp`.

    Args:
        name: As on the hub, or the path of a local data set.
        split: Of the data set; the problems' split too.
        config: Of the data set, where it has several.
        columns: The names of its columns to the names that docs/problems.md lists, where they
            differ.

    Raises:
        UserError: The package `datasets` is missing, the data set cannot be loaded, or no row can
            be used.
    """
    try:
        datasets = importlib.import_module("datasets")
    except ImportError as error:
        raise UserError(
            f"Loading {name!r} from the Hugging Face hub needs the package 'datasets', which is "
            "not installed: pip install 'datasets>=3'."
        ) from error
    try:
        rows = datasets.load_dataset(name, config, split=split)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(f"The data set {name!r} could not be loaded: {reason}") from error
    renamed = ({(columns or {}).get(key, key): row[key] for key in row} for row in rows)
    return _load(((f"row {n}", row) for n, row in enumerate(renamed)), name, split)


def _load(rows: Iterable[tuple[str, Row]], source: str, split: str) -> Loaded:
    problems: list[Problem] = []
    skipped: list[Skipped] = []
    for where, row in rows:
        name = str(row.get("task_id") or row.get("problem_id") or row.get("id") or where)
        try:
            problem = from_row(row, name)
        except Unusable as error:
            skipped.append(Skipped(where, str(error)))
        except SyntaxError as error:
            skipped.append(Skipped(where, f"its tests are no Python: {error.msg}"))
        else:
            problems.append(replace(problem, template=name, split=str(row.get("split") or split)))
    loaded = Loaded(tuple(problems), tuple(skipped))
    if not problems:
        raise UserError(f"{source} has no problem that can be used: {loaded.summary}.")
    return loaded


def _lines(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        with opened(path) as file, gzip.GzipFile(fileobj=file) as unpacked:
            lines = unpacked if path.suffix == ".gz" else file
            for number in count(1):
                line = lines.readline(_MAX_LINE + 1)
                if not line:
                    return
                if len(line) > _MAX_LINE:
                    raise UserError(f"{path}, line {number} is longer than {_MAX_LINE >> 20} MB.")
                if line.strip():
                    yield f"line {number}", _row(line.decode(), f"{path}, line {number}")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from error


def _row(line: str, where: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is not JSON: {error}.") from error
    if not isinstance(row, dict):
        raise UserError(f"{where} is not a JSON object: {line.strip()[:60]}")
    return row
