"""What becomes of the runs of a night, by docs/keeping.md."""

from collections import defaultdict

from attic import records


def close(night):
    """A plan, as in docs/format.md."""
    now, s = night["night"], night["settings"]
    parts, receipts = defaultdict(list), defaultdict(list)
    for part in night["parts"]:
        parts[part["run"]].append(part)
    for receipt in night["receipts"]:
        receipts[receipt["run"]].append(receipt)
    flagged = standing(night["flags"], s["readers"])

    whole = {run: merge(own) for run, own in parts.items()}
    last = {run: max(part["received"] for part in own) for run, own in parts.items()}
    unended = {run for run, own in parts.items() if not any(part["end"] for part in own)}
    opened = {run for run in unended if now - last[run] < s["open"]}
    unseen = {run for run, own in parts.items() if any(part["monitor"] != "ok" for part in own)}
    odd = {run for run, events in whole.items() if [event["n"] for event in events] != list(range(len(events))) or not events}
    marked = (flagged & set(parts)) | unseen | odd | (unended - opened)

    families = defaultdict(set)
    for run in parts:
        families[root(run, parts)].add(run)

    keep, wait, free = {}, {}, {}
    for top, family in families.items():
        if family & opened:
            wait.update(dict.fromkeys(family, "open"))
            continue
        if family & marked:
            why, kept = "marked: " + ", ".join(sorted(family & marked)), {run: whole[run] for run in family}
        elif records.draw(s["salt"], top) < s["sample"]:
            why, kept = "sample", {run: [shorten(event, s["cut"]) for event in whole[run]] for run in family}
        elif now - max(last[run] for run in family) < s["wait"]:
            wait.update(dict.fromkeys(family, "late"))
            continue
        else:
            free.update(dict.fromkeys(family, "let go"))
            continue
        for run, events in kept.items():
            digest = records.digest(run, events)
            if in_store(receipts[run], digest):
                free[run] = "stored"
            else:
                keep[run] = {"why": why, "events": events, "sha256": digest}

    chain, head = [], night["head"]
    for run in sorted(parts):
        fate = "kept" if run in keep else free.get(run)
        if fate in ("kept", "let go"):
            chain.append(records.link(head, run, fate, records.digest(run, keep[run]["events"] if run in keep else whole[run])))
            head = chain[-1]["hash"]
    report = {
        "runs": len(parts),
        "kept": len(keep),
        "waiting": len(wait),
        "stored": sum(1 for fate in free.values() if fate == "stored"),
        "let_go": sum(1 for fate in free.values() if fate == "let go"),
        "marked": sorted(marked),
        "again": {run: len(receipts[run]) for run in sorted(keep) if receipts[run]},
    }
    return {"night": now, "keep": keep, "wait": wait, "free": free, "chain": chain, "report": report}


def standing(flags, readers):
    """The runs with a flag that counts."""
    return {flag["run"] for flag in flags if flag.get("withdrawn") not in readers}


def merge(parts):
    events = {}
    for part in parts:
        for event in part["events"]:
            events.setdefault((event["n"], event["role"], event["text"]), event)
    return sorted(({key: event[key] for key in ("n", "role", "at", "text")} for event in events.values()), key=lambda event: event["n"])


def root(run, parts):
    seen = []
    while run in parts and run not in seen:
        seen.append(run)
        run = parts[run][0]["parent"] or run
    return run if run not in parts or run == seen[-1] else min(seen[seen.index(run):])


def shorten(event, cut):
    gone = len(event["text"]) - cut // 2 * 2
    if event["role"] != "tool" or len(event["text"]) <= cut:
        return event
    return event | {"text": event["text"][: cut // 2] + " [...] " + event["text"][cut // 2 + gone :], "left_out": gone}


def in_store(receipts, digest):
    return bool(receipts) and (receipts[-1]["status"], receipts[-1]["sha256"]) == ("stored", digest)
