"""What becomes of the runs of a night, by docs/keeping.md, 8 to 14. What a run is and when it's marked is in runs.py."""

from attic import records
from attic.runs import families, gather, standing


def close(night):
    """A plan, as in docs/format.md."""
    settings = night["settings"]
    runs = gather(night)
    gone = {flag["run"] for flag in night["flags"] if standing(flag, settings["readers"])} - set(runs)
    plan = {"night": night["night"], "keep": {}, "wait": {}, "free": {}, "chain": [], "report": {}}
    for family in families(runs):
        fate, why = decide(family, night, gone)
        for run in family.runs:
            if fate in ("open", "late"):
                plan["wait"][run.name] = fate
            elif fate == "let go":
                plan["free"][run.name] = fate
            else:
                events = run.events if fate == "whole" else [short(event, settings["cut"]) for event in run.events]
                digest = records.digest(run.name, events)
                if has_it(run.receipts, digest):
                    plan["free"][run.name] = "stored"
                else:
                    plan["keep"][run.name] = {"why": run.why or why, "events": events, "sha256": digest}
    plan["chain"] = chained(night["head"], runs, plan)
    plan["report"] = {
        "runs": len(runs),
        "kept": len(plan["keep"]),
        "waiting": len(plan["wait"]),
        "stored": list(plan["free"].values()).count("stored"),
        "let_go": list(plan["free"].values()).count("let go"),
        "marked": [run.name for run in runs.values() if run.marks],
        "again": {name: len(run.receipts) for name, run in runs.items() if name in plan["keep"] and run.receipts},
    }
    check(runs, plan)
    return plan


def decide(family, night, gone):
    settings = night["settings"]
    if family.open:
        return "open", ""
    if family.marked:
        first = family.marked[0]
        return "whole", f"family of {first.name}: {first.why}"
    if family.root in gone:
        return "whole", f"family of {family.root}, which is flagged and no longer here (3, 4)"
    if records.draw(settings["salt"], family.root) < settings["sample"]:
        return "short", f"sample, by the root {family.root} (9)"
    if night["night"] - family.received < settings["wait"]:
        return "late", ""
    return "let go", ""


def short(event, cut):
    text, half = event["text"], cut // 2
    if event["role"] != "tool" or len(text) <= cut:
        return event
    left_out = len(text) - 2 * half
    return {**event, "text": f"{text[:half]} [...] {text[half + left_out:]}", "left_out": left_out}


def has_it(receipts, digest):
    """By the last receipt alone; an earlier one says what the store had, not what it has (12)."""
    return bool(receipts) and receipts[-1]["status"] == "stored" and receipts[-1]["sha256"] == digest


def chained(head, runs, plan):
    chain = []
    for name, run in runs.items():
        if name in plan["keep"]:
            link = records.link(head, name, "kept", plan["keep"][name]["sha256"])
        elif plan["free"].get(name) == "let go":
            link = records.link(head, name, "let go", records.digest(name, run.events))
        else:
            continue
        chain.append(link)
        head = link["hash"]
    return chain


def check(runs, plan):
    """Better no plan than one that has forgotten somebody: the wipe takes what is nowhere (14)."""
    places = sorted([*plan["keep"], *plan["wait"], *plan["free"]])
    if places != sorted(runs):
        raise RuntimeError(f"not in one place: {sorted(set(runs) ^ set(places))}")
