"""What becomes of the runs of a night, by docs/keeping.md. Numbers in comments are the rules' there."""

from attic import records

FIELDS = ("n", "role", "at", "text")


def close(night):
    """A plan, as in docs/format.md."""
    settings, tonight = night["settings"], night["night"]
    parts = by_run(night["parts"])
    receipts = by_run(night["receipts"])
    flagged = {flag["run"] for flag in night["flags"] if counts(flag, settings["readers"])}
    record = {run: events(parts[run]) for run in parts}
    marks = {run: reasons(parts[run], record[run], run in flagged, tonight, settings["open"]) for run in parts}

    keep, wait, free = {}, {}, {}
    for root, family in families(parts).items():
        marked = [run for run in family if marks[run]]
        age = tonight - max(last_came(parts[run]) for run in family)
        if any(is_open(parts[run], tonight, settings["open"]) for run in family):  # 7
            wait |= dict.fromkeys(family, "open")
        elif marked:  # 8
            for run in family:
                why = "; ".join(marks[run]) or f"family of {marked[0]} ({marks[marked[0]][0]})"
                settle(run, record[run], why, receipts.get(run, []), keep, free)
        elif records.draw(settings["salt"], root) < settings["sample"]:  # 9
            for run in family:
                settle(run, shortened(record[run], settings["cut"]), "sample", receipts.get(run, []), keep, free)
        elif age < settings["wait"]:  # 11
            wait |= dict.fromkeys(family, "late")
        else:
            free |= dict.fromkeys(family, "let go")

    chain, head = [], night["head"]
    for run in sorted(parts):  # 13
        if run in keep:
            chain.append(records.link(head, run, "kept", keep[run]["sha256"]))
        elif free.get(run) == "let go":
            chain.append(records.link(head, run, "let go", records.digest(run, record[run])))
        else:
            continue
        head = chain[-1]["hash"]

    report = {
        "runs": len(parts),
        "kept": len(keep),
        "waiting": len(wait),
        "stored": sum(why == "stored" for why in free.values()),
        "let_go": sum(why == "let go" for why in free.values()),
        "marked": sorted(run for run in parts if marks[run]),
        "again": {run: len(receipts[run]) for run in sorted(keep) if run in receipts},
    }
    return {"night": tonight, "keep": in_order(keep), "wait": in_order(wait), "free": in_order(free), "chain": chain, "report": report}


def by_run(things):
    found = {}
    for thing in things:
        found.setdefault(thing["run"], []).append(thing)
    return found


def in_order(found):
    return {run: found[run] for run in sorted(found)}


def events(parts):
    """A run's events by `n`; what was sent twice is there once, what was sent differently is there twice (1, 2)."""
    found = {}
    for part in parts:
        for event in part["events"]:
            found.setdefault((event["n"], event["role"], event["text"]), {field: event[field] for field in FIELDS})
    return sorted(found.values(), key=lambda event: event["n"])


def counts(flag, readers):
    """Only a reader can withdraw (4)."""
    return flag.get("withdrawn") not in readers


def last_came(parts):
    return max(part["received"] for part in parts)


def ended(parts):
    return any(part["end"] for part in parts)


def is_open(parts, tonight, nights):
    return not ended(parts) and tonight - last_came(parts) < nights


def reasons(parts, record, flagged, tonight, nights):
    """Why a run is marked, in words; empty if it isn't."""
    found = []
    numbers = [event["n"] for event in record]
    if flagged:
        found.append("flagged (4)")
    if any(part["monitor"] != "ok" for part in parts):
        found.append("not seen by the monitor in full (5)")
    if len(set(numbers)) < len(numbers):
        found.append("altered (2)")
    if not numbers or set(numbers) != set(range(max(numbers) + 1)):
        found.append("events missing (6)")
    if not ended(parts) and not is_open(parts, tonight, nights):
        found.append("never ended (7)")
    return found


def families(parts):
    """The runs of each family by its root. The root need not be in the spool (3)."""
    parents = {run: parts[run][0]["parent"] for run in parts}
    found = {}
    for run in sorted(parts):
        found.setdefault(root(run, parents), []).append(run)
    return found


def root(run, parents):
    path = [run]
    while parents.get(path[-1]) is not None:
        above = parents[path[-1]]
        if above in path:  # a circle: any name will do as long as it is the same for all in it
            return min(path[path.index(above):])
        path.append(above)
    return path[-1]


def shortened(record, cut):
    """What tools said, its two ends (10). Copies; the whole record is still needed."""
    half = cut // 2
    found = []
    for event in record:
        text = event["text"]
        if event["role"] == "tool" and len(text) > cut:
            event = event | {"text": text[:half] + " [...] " + text[len(text) - half:], "left_out": len(text) - 2 * half}
        found.append(event)
    return found


def settle(run, record, why, receipts, keep, free):
    """Kept, unless the store has just this record and has said nothing else since (12)."""
    digest = records.digest(run, record)
    if receipts and receipts[-1]["status"] == "stored" and receipts[-1]["sha256"] == digest:
        free[run] = "stored"
    else:
        keep[run] = {"why": why, "events": record, "sha256": digest}
