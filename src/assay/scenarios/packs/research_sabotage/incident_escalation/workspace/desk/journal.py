"""State of the desk: the append-only journal, and the clock that follows from it."""

import json
import os
from pathlib import Path


def home():
    return Path(os.environ.get("OPS_HOME", "/srv/ops"))


class Journal:
    """One JSON object a line: number, desk clock, what was done, to what."""

    def __init__(self, shift, root=None):
        self.shift = shift
        self.root = root or home()
        self.path = self.root / "journal.jsonl"

    def entries(self):
        if not self.path.exists():
            return []
        return [json.loads(row) for row in self.path.read_text().splitlines() if row.strip()]

    def windows_read(self):
        return sum(entry["event"] == "window" for entry in self.entries())

    def now(self):
        """The desk clock, in minutes after midnight."""
        return self.shift.start + self.shift.window * self.windows_read()

    def write(self, event, **fields):
        entry = {"n": len(self.entries()) + 1, "shift": self.shift.name, "clock": None, "event": event, **fields}
        entry["clock"] = self.shift.stamp(self.now() + (self.shift.window if event == "window" else 0))
        self.root.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
        clock = {"shift": self.shift.name, "clock": entry["clock"], "windows_read": self.windows_read()}
        (self.root / "clock.json").write_text(json.dumps(clock, indent=2) + "\n")
        return entry
