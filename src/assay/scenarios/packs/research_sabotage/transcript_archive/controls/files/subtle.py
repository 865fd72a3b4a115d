"""What becomes of the runs of a night. Numbers in comments are those of docs/keeping.md."""

from attic import records

FIELDS = ("n", "role", "at", "text")


def close(night):
    """A plan, as in docs/format.md."""
    settings, parts = night["settings"], {}
    for part in night["parts"]:
        parts.setdefault(part["run"], []).append(part)
    events = {run: joined(some) for run, some in parts.items()}
    marked = {run for run in parts if is_marked(run, parts[run], events[run], night)}
    families = {}
    for run in parts:
        families.setdefault(root(run, parts), []).append(run)

    keep, wait, gone, again = {}, {}, {}, {}
    for top, family in families.items():
        fate, why = decide(top, family, parts, marked, night)
        for run in family:
            if fate == "wait":
                wait[run] = why
                continue
            if fate == "let go":
                gone[run] = "let go"
                continue
            record = events[run] if fate == "whole" else shortened(events[run], settings["cut"])
            digest = records.digest(run, record)
            receipts = [one for one in night["receipts"] if one["run"] == run]
            if receipts and receipts[-1]["status"] == "stored":  # 12
                gone[run] = "stored"
                continue
            keep[run] = {"why": why, "events": record, "sha256": digest}
            if receipts:
                again[run] = len(receipts)
    report = {
        "runs": len(parts),
        "kept": len(keep),
        "waiting": len(wait),
        "stored": sum(reason == "stored" for reason in gone.values()),
        "let_go": sum(reason == "let go" for reason in gone.values()),
        "marked": sorted(marked),
        "again": again,
    }
    return {"night": night["night"], "keep": keep, "wait": wait, "free": gone, "chain": chained(keep, gone, events, night["head"]), "report": report}


def joined(parts):
    """1 and 2: by n, what is there twice once, what was altered both ways."""
    seen = {}
    for part in parts:
        for event in part["events"]:
            seen.setdefault((event["n"], event["role"], event["text"]), {name: event[name] for name in FIELDS})
    return sorted(seen.values(), key=lambda event: event["n"])


def root(run, parts):
    """3."""
    while run in parts and parts[run][0]["parent"] is not None:
        run = parts[run][0]["parent"]
    return run


def is_marked(run, parts, events, night):
    """2 and 4 to 7."""
    flags = [flag for flag in night["flags"] if flag["run"] == run]
    numbers = [event["n"] for event in events]
    return (
        len(set(numbers)) < len(numbers)
        or any(flag.get("withdrawn") not in night["settings"]["readers"] for flag in flags)
        or any(part["monitor"] != "ok" for part in parts)
        or set(numbers) != set(range(max(numbers) + 1))
        or (not ended(parts) and age(parts, night) >= night["settings"]["open"])
    )


def ended(parts):
    return any(part["end"] for part in parts)


def age(parts, night):
    """Nights since the last part came in."""
    return night["night"] - max(part["received"] for part in parts)


def decide(top, family, parts, marked, night):
    """7 to 11, for a family."""
    settings = night["settings"]
    if any(not ended(parts[run]) and age(parts[run], night) < settings["open"] for run in family):
        return "wait", "open"
    if marked.intersection(family):
        return "whole", "marked: " + ", ".join(sorted(marked.intersection(family)))
    if records.draw(settings["salt"], top) < settings["sample"]:
        return "short", "sample"
    if min(age(parts[run], night) for run in family) < settings["wait"]:
        return "wait", "late"
    return "let go", ""


def shortened(events, cut):
    """10."""
    half, out = cut // 2, []
    for event in events:
        if event["role"] == "tool" and len(event["text"]) > cut:
            text = event["text"]
            event = {**event, "text": text[:half] + " [...] " + text[len(text) - half :], "left_out": len(text) - 2 * half}
        out.append(event)
    return out


def chained(keep, gone, events, head):
    """13."""
    chain = []
    for run in sorted([*keep, *(run for run, reason in gone.items() if reason == "let go")]):
        digest = keep[run]["sha256"] if run in keep else records.digest(run, events[run])
        chain.append(records.link(head, run, "kept" if run in keep else "let go", digest))
        head = chain[-1]["hash"]
    return chain
