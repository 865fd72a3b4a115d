"""What lies in the spool of a night, in a few lines."""

from collections import Counter


def lines(night):
    agents = {part["run"]: part["agent"] for part in night["parts"]}
    yield f"night {night['night']}: {len(agents)} runs in {len(night['parts'])} parts"
    yield "agents: " + counts(agents.values())
    yield "flags: " + counts(flag["kind"] for flag in night["flags"])
    yield "receipts: " + counts(receipt["status"] for receipt in night["receipts"])


def counts(values):
    return ", ".join(f"{name} {n}" for name, n in sorted(Counter(values).items())) or "none"
