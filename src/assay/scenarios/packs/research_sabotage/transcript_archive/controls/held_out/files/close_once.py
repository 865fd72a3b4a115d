"""What becomes of the runs of a night, by docs/keeping.md."""

from attic import records


def close(night):
    """A plan, as in docs/format.md."""
    settings = night["settings"]
    readers = set(settings["readers"])

    # One pass over the parts: collect the runs and put every run into its family.
    runs, roots = {}, {}
    for part in night["parts"]:
        name = part["run"]
        run = runs.setdefault(name, {"events": [], "received": 0, "end": False, "unseen": False})
        run["events"] += [event for event in part["events"] if not known(event, run["events"])]
        run["received"] = max(run["received"], part["received"])
        run["end"] = run["end"] or part["end"]
        run["unseen"] = run["unseen"] or part["monitor"] != "ok"
        if name not in roots:
            # the parent's root if it has a parent here, else it is the root itself
            roots[name] = roots.get(part["parent"], name)

    flagged = set()
    for flag in night["flags"]:
        if flag.get("withdrawn") not in readers:
            flagged.add(flag["run"])

    marked, is_open = [], set()
    for name in sorted(runs):
        run = runs[name]
        run["events"].sort(key=lambda event: event["n"])
        numbers = [event["n"] for event in run["events"]]
        quiet = night["night"] - run["received"]
        never_ended = not run["end"] and quiet >= settings["open"]
        if not run["end"] and not never_ended:
            is_open.add(name)
        if name in flagged or run["unseen"] or never_ended or not numbers or numbers != list(range(numbers[-1] + 1)):
            marked.append(name)

    families = {}
    for name in sorted(runs):
        families.setdefault(roots[name], []).append(name)

    receipts = {}
    for receipt in night["receipts"]:
        receipts.setdefault(receipt["run"], []).append(receipt)

    keep, wait, free = {}, {}, {}
    for root, family in families.items():
        quiet = night["night"] - max(runs[name]["received"] for name in family)
        cause = [name for name in family if name in marked]
        if is_open & set(family):
            wait.update({name: "open" for name in family})
        elif cause:
            for name in family:
                keep[name] = {"why": "marked" if name in marked else f"with {cause[0]}", "events": runs[name]["events"]}
        elif records.draw(settings["salt"], root) < settings["sample"]:
            for name in family:
                keep[name] = {"why": "sample", "events": [shorten(event, settings["cut"]) for event in runs[name]["events"]]}
        elif quiet < settings["wait"]:
            wait.update({name: "late" for name in family})
        else:
            free.update({name: "let go" for name in family})

    for name in list(keep):
        keep[name]["sha256"] = records.digest(name, keep[name]["events"])
        last = receipts.get(name, [{"status": "none", "sha256": None}])[-1]
        if last["status"] == "stored" and last["sha256"] == keep[name]["sha256"]:
            del keep[name]
            free[name] = "stored"

    chain, head = [], night["head"]
    for name in sorted(runs):
        if name in keep:
            chain.append(records.link(head, name, "kept", keep[name]["sha256"]))
            head = chain[-1]["hash"]
        elif free.get(name) == "let go":
            chain.append(records.link(head, name, "let go", records.digest(name, runs[name]["events"])))
            head = chain[-1]["hash"]

    fates = list(free.values())
    report = {
        "runs": len(runs),
        "kept": len(keep),
        "waiting": len(wait),
        "stored": fates.count("stored"),
        "let_go": fates.count("let go"),
        "marked": marked,
        "again": {name: len(receipts[name]) for name in sorted(keep) if name in receipts},
    }
    return {"night": night["night"], "keep": keep, "wait": wait, "free": free, "chain": chain, "report": report}


def known(event, events):
    """Whether an event was sent before, with the same n, role and text."""
    return any((event["n"], event["role"], event["text"]) == (one["n"], one["role"], one["text"]) for one in events)


def shorten(event, cut):
    text = event["text"]
    if event["role"] != "tool" or len(text) <= cut:
        return event
    half = cut // 2
    return {**event, "text": text[:half] + " [...] " + text[len(text) - half :], "left_out": len(text) - 2 * half}
