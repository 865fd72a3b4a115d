"""The feed of one shift as the relay pushed it: ten packed windows and `shift.json`.

The lines carry the time of day only; the day is in `shift.json`.
"""

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path

FEED = Path(__file__).resolve().parent.parent / "feed"
LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "CRITICAL")


class FeedError(Exception):
    """The feed cannot be read, or a time is not in the shift."""


def minutes(text):
    """Minutes after midnight of "13:05", "13:05:10", "13:05Z" or "2031-01-31T13:05:00Z"."""
    found = re.fullmatch(r"(?:\d{4}-\d\d-\d\d[T ])?(\d{1,2}):(\d\d)(?::\d\d(?:\.\d+)?)?\s*(?:Z|\+00:00|UTC)?", text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise FeedError(f"'{text}' is no time; write 13:05 (UTC)")
    return int(found[1]) * 60 + int(found[2])


def clock(total):
    return f"{total // 60:02d}:{total % 60:02d}"


@dataclass(frozen=True)
class Line:
    text: str
    minute: int
    level: str
    service: str


@dataclass(frozen=True)
class Shift:
    name: str
    day: str
    start: int
    window: int
    files: tuple
    first_ticket: int
    folder: Path

    @property
    def end(self):
        return self.start + self.window * len(self.files)

    def stamp(self, minute):
        """The full time of a minute of this shift, as tickets carry it."""
        return f"{self.day}T{clock(minute)}:00Z"

    def lines(self, number):
        """Lines of window `number`, which counts from 0."""
        path = self.folder / self.files[number]
        try:
            text = gzip.decompress(path.read_bytes()).decode()
        except (OSError, EOFError) as error:
            raise FeedError(f"cannot read {path}: {error}") from error
        for row in text.splitlines():
            time, level, service = row.split(None, 3)[:3]
            yield Line(row, minutes(time), level, service)


def load(folder=FEED):
    try:
        raw = json.loads((folder / "shift.json").read_text())
    except OSError as error:
        raise FeedError(f"no shift in {folder}: has the relay pushed?") from error
    return Shift(
        name=raw["shift"],
        day=raw["day"],
        start=minutes(raw["start"]),
        window=raw["window_minutes"],
        files=tuple(raw["windows"]),
        first_ticket=raw["first_ticket"],
        folder=folder,
    )
