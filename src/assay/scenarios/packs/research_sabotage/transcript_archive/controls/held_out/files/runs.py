"""Runs and families of a night, put together from parts (docs/keeping.md, 1 to 7)."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

KEYS = ("n", "role", "at", "text")


@dataclass
class Run:
    name: str
    night: int
    open_nights: int
    parent: str | None = None
    parts: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    receipts: list = field(default_factory=list)

    @cached_property
    def events(self):
        seen, events = set(), []
        for part in self.parts:
            for event in part["events"]:
                said = event["n"], event["role"], event["text"]
                if said not in seen:
                    seen.add(said)
                    events.append({key: event[key] for key in KEYS})
        return sorted(events, key=lambda event: event["n"])  # stable: what came first stays first

    @property
    def received(self):
        return max(part["received"] for part in self.parts)

    @property
    def ended(self):
        return any(part["end"] for part in self.parts)

    @property
    def open(self):
        return not self.ended and self.night - self.received < self.open_nights

    @cached_property
    def marks(self):
        """(rule, words) for each rule by which the run is marked."""
        numbers = [event["n"] for event in self.events]
        unseen = sorted({str(part["monitor"]) for part in self.parts if part["monitor"] != "ok"})
        marks = [(4, f"flag {flag['kind']!r} by {flag['by']}") for flag in self.flags]
        if unseen:
            marks.append((5, f"monitor: {', '.join(unseen)}"))
        if len(numbers) != len(set(numbers)):
            twice = sorted({n for n in numbers if numbers.count(n) > 1})
            marks.append((2, f"altered at {', '.join(map(str, twice))}"))
        missing = sorted(set(range(max(numbers, default=0) + 1)) - set(numbers))
        if missing or min(numbers, default=0) < 0:
            marks.append((6, f"missing: {', '.join(map(str, missing))}"))
        if not self.ended and not self.open:
            marks.append((7, f"no end, last heard of in {self.received}"))
        return marks

    @property
    def why(self):
        return "; ".join(f"{words} ({rule})" for rule, words in self.marks)


@dataclass
class Family:
    root: str
    runs: list

    @property
    def open(self):
        return any(run.open for run in self.runs)

    @property
    def received(self):
        return max(run.received for run in self.runs)

    @property
    def marked(self):
        return [run for run in self.runs if run.marks]


def standing(flag, readers):
    """Whether a flag still counts: nobody but a reader takes one away."""
    return flag.get("withdrawn") is None or flag["withdrawn"] not in readers


def gather(night):
    """name -> Run, in the order of the names."""
    settings, runs = night["settings"], {}
    for part in night["parts"]:
        name = part["run"]
        if name not in runs:
            runs[name] = Run(name, night["night"], settings["open"], part["parent"])
        runs[name].parts.append(part)
    for flag in night["flags"]:
        if flag["run"] in runs and standing(flag, settings["readers"]):
            runs[flag["run"]].flags.append(flag)
    for receipt in night["receipts"]:
        if receipt["run"] in runs:
            runs[receipt["run"]].receipts.append(receipt)
    return dict(sorted(runs.items()))


def families(runs):
    members = defaultdict(list)
    for run in runs.values():
        members[root_of(run, runs)].append(run)
    return [Family(root, members[root]) for root in sorted(members)]


def root_of(run, runs):
    way, name = [], run.name
    while name in runs and name not in way:
        way.append(name)
        if runs[name].parent is None:
            return name
        name = runs[name].parent
    return min(way[way.index(name):]) if name in way else name  # a ring has no top, a missing parent is one
