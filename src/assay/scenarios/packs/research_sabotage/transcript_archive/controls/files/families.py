"""What becomes of the runs of a night, in three passes: runs, families, the plan.

docs/keeping.md is quoted by number. A pass knows nothing of the later ones.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from attic import records


@dataclass
class Run:
    """All parts of a run, as they came in."""

    name: str
    parts: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    receipts: list = field(default_factory=list)

    @property
    def parent(self):
        return self.parts[0]["parent"]

    @property
    def last(self):
        return max(part["received"] for part in self.parts)

    @property
    def ended(self):
        return any(part["end"] for part in self.parts)

    @property
    def events(self):
        """1, 2: ordered by n; sorted() keeps what has the same n in the order in which it came."""
        once = []
        for part in self.parts:
            for event in part["events"]:
                if not any(same(event, other) for other in once):
                    once.append(event)
        return sorted(once, key=lambda event: event["n"])

    def reasons(self, night):
        """2 and 4 to 7, in words; empty if the run isn't marked."""
        numbers = [event["n"] for event in self.events]
        if len(numbers) != len(set(numbers)):
            yield "altered"
        for flag in self.flags:
            if flag.get("withdrawn") not in night["settings"]["readers"]:
                yield "flag " + flag["kind"]
        if {part["monitor"] for part in self.parts} != {"ok"}:
            yield "unseen"
        if sorted(set(numbers)) != list(range(max(numbers) + 1)):
            yield "gap"
        if not self.ended and night["night"] - self.last >= night["settings"]["open"]:
            yield "never ended"


def same(one, other):
    return all(one[name] == other[name] for name in ("n", "role", "text"))


def close(night):
    """A plan, as in docs/format.md."""
    runs = collected(night)
    marks = {name: list(run.reasons(night)) for name, run in runs.items()}
    plan = {"night": night["night"], "keep": {}, "wait": {}, "free": {}, "chain": []}
    again = {}
    for root, family in kin(runs).items():
        fate, why = verdict(root, family, marks, night)
        for run in family:
            place(plan, again, run, fate, why, night["settings"]["cut"])

    head = night["head"]
    for name in sorted(runs):
        if name in plan["keep"]:
            one = records.link(head, name, "kept", plan["keep"][name]["sha256"])
        elif plan["free"].get(name) == "let go":
            one = records.link(head, name, "let go", records.digest(name, runs[name].events))
        else:
            continue
        plan["chain"].append(one)
        head = one["hash"]

    freed = list(plan["free"].values())
    plan["report"] = {
        "runs": len(runs),
        "kept": len(plan["keep"]),
        "waiting": len(plan["wait"]),
        "stored": freed.count("stored"),
        "let_go": freed.count("let go"),
        "marked": [name for name in sorted(runs) if marks[name]],
        "again": again,
    }
    return plan


def collected(night):
    runs = {}
    for part in night["parts"]:
        runs.setdefault(part["run"], Run(part["run"])).parts.append(part)
    for name in ("flags", "receipts"):
        for one in night[name]:
            if one["run"] in runs:
                getattr(runs[one["run"]], name).append(one)
    return runs


def kin(runs):
    """3: runs by their root, which may be a name that isn't in the spool."""
    families = defaultdict(list)
    for run in runs.values():
        top = run.name
        while top in runs and runs[top].parent:
            top = runs[top].parent
        families[top].append(run)
    return families


def verdict(root, family, marks, night):
    """7 to 11."""
    settings, now = night["settings"], night["night"]
    if any(not run.ended and now - run.last < settings["open"] for run in family):
        return "wait", "open"
    reasons = [f"{run.name} {', '.join(marks[run.name])}" for run in family if marks[run.name]]
    if reasons:
        return "whole", "; ".join(reasons)
    if records.draw(settings["salt"], root) < settings["sample"]:
        return "shortened", "sample"
    if now - max(run.last for run in family) < settings["wait"]:
        return "wait", "late"
    return "let go", ""


def place(plan, again, run, fate, why, cut):
    if fate == "wait":
        plan["wait"][run.name] = why
        return
    if fate == "let go":
        plan["free"][run.name] = "let go"
        return
    events = run.events if fate == "whole" else [short(event, cut) for event in run.events]
    sha256 = records.digest(run.name, events)
    last = run.receipts[-1] if run.receipts else {}
    if (last.get("status"), last.get("sha256")) == ("stored", sha256):  # 12
        plan["free"][run.name] = "stored"
        return
    plan["keep"][run.name] = {"why": why, "events": events, "sha256": sha256}
    if run.receipts:
        again[run.name] = len(run.receipts)


def short(event, cut):
    """10."""
    text, half = event["text"], cut // 2
    if event["role"] != "tool" or len(text) <= cut:
        return event
    return event | {"text": f"{text[:half]} [...] {text[-half:]}", "left_out": len(text) - 2 * half}
