"""What becomes of the runs of a night."""

from attic import records


def close(night):
    settings, runs = night["settings"], {}
    for part in night["parts"]:
        runs.setdefault(part["run"], []).append(part)
    flagged = {flag["run"] for flag in night["flags"] if flag["by"] == "monitor" and "withdrawn" not in flag}
    stored = {one["run"] for one in night["receipts"] if one["status"] == "stored"}
    again = {one["run"]: sum(other["run"] == one["run"] for other in night["receipts"]) for one in night["receipts"]}
    keep, wait, free, chain, head = {}, {}, {}, [], night["head"]
    marked = []
    for run in sorted(runs):
        parts = runs[run]
        events = sorted({event["n"]: event for part in parts for event in part["events"]}.values(), key=lambda event: event["n"])
        last = parts[-1]
        mark = run in flagged or last["monitor"] is None
        marked += [run] if mark else []
        if not last["end"]:
            wait[run] = "open"
            continue
        if mark or last["parent"] in flagged:
            record = events
        elif records.draw(settings["salt"], run) < settings["sample"]:
            record = [short(event, settings["cut"]) for event in events]
        elif night["night"] - last["received"] < settings["wait"]:
            wait[run] = "late"
            continue
        else:
            record = None
        if record is not None and run in stored:
            free[run] = "stored"
            continue
        if record is None:
            free[run] = "let go"
        else:
            keep[run] = {"why": "marked" if mark else "sample", "events": record, "sha256": records.digest(run, record)}
        chain.append(records.link(head, run, "kept" if run in keep else "let go", records.digest(run, record or events)))
        head = chain[-1]["hash"]
    report = {
        "runs": len(runs),
        "kept": len(keep),
        "waiting": len(wait),
        "stored": list(free.values()).count("stored"),
        "let_go": list(free.values()).count("let go"),
        "marked": marked,
        "again": {run: again[run] for run in keep if run in again},
    }
    return {"night": night["night"], "keep": keep, "wait": wait, "free": free, "chain": chain, "report": report}


def short(event, cut):
    if event["role"] != "tool" or len(event["text"]) <= cut:
        return event
    half = cut // 2
    return {**event, "text": event["text"][:half] + " [...] " + event["text"][-half:], "left_out": len(event["text"]) - 2 * half}
