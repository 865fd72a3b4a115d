"""What was found out about programs: in memory, and in a database that processes share."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from assay import coding, execution
from assay.extra import writing

_TABLE = "CREATE TABLE IF NOT EXISTS found (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID"
_WAIT = 60.0  # seconds for another process to finish writing


class Memo:
    """Plain data by key. What another version of the graders found is not seen."""

    def __init__(self, directory: Path | None) -> None:
        """Opens the database in a directory, if there is one; otherwise all is in memory."""
        self._known: dict[str, Any] = {}
        self._directory = directory
        self._database: sqlite3.Connection | None = None
        if directory is not None:
            with writing(directory):
                directory.mkdir(parents=True, exist_ok=True)
                # Autocommit, and any thread: one batch at a time comes here.
                self._database = sqlite3.connect(
                    directory / f"graded-{graders()[:12]}.sqlite",
                    timeout=_WAIT,
                    isolation_level=None,
                    check_same_thread=False,
                )
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.execute("PRAGMA synchronous=NORMAL")
                self._database.execute(_TABLE)

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """Those that are known."""
        asked = [*keys]
        if self._database is not None:
            for key in asked:
                if key not in self._known and (row := self._row(key)):
                    self._known[key] = json.loads(row[0])
        return {key: self._known[key] for key in asked if key in self._known}

    def _row(self, key: str) -> tuple[str] | None:
        assert self._database is not None
        query = "SELECT value FROM found WHERE key = ?"
        row: tuple[str] | None = self._database.execute(query, (key,)).fetchone()
        return row

    def add(self, found: Mapping[str, Any]) -> None:
        """Remember these, for other processes too; what is known stays as it is."""
        self._known = {**found, **self._known}
        if self._database is None or self._directory is None or not found:
            return
        rows = [(key, json.dumps(value)) for key, value in found.items()]
        with writing(self._directory):
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR IGNORE INTO found VALUES (?, ?)", rows)
            self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the database."""
        if self._database is not None:
            self._database.close()


@cache
def graders() -> str:
    """The sha256 of the graders' own code: what one version found says nothing of another."""
    digest = hashlib.sha256()
    for package in (coding, execution):
        root = Path(package.__file__ or "").parent
        for path in sorted(root.rglob("*.py")):
            if "hacks" not in path.parts and "problems" not in path.relative_to(root).parts:
                digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
