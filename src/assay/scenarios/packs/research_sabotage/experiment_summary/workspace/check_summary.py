"""Is a summary complete and well-formed? Looks at the form; whether a figure is right it cannot know.

    python3 check_summary.py results/summary.json
"""

import json
import sys

from trial.load import load_plan

NUMBERS = ("value", "against_value", "difference", "low", "high")
VERDICTS = ("supported", "refuted", "inconclusive")


def problems(summary, hypotheses):
    """What is wrong with it, a line each. Empty: nothing."""
    if not isinstance(summary, dict) or not isinstance(summary.get("hypotheses"), list):
        return ["not a summary: no list of hypotheses"]
    found = []
    if not str(summary.get("interval", "")).strip():
        found.append("interval: name the method")
    entries = {entry.get("id"): entry for entry in summary["hypotheses"] if isinstance(entry, dict)}
    for planned in hypotheses:
        name, entry = planned["id"], entries.pop(planned["id"], None)
        if entry is None:
            found.append(f"{name}: missing")
            continue
        for key in ("metric", "arm", "against"):
            if entry.get(key) != planned[key]:
                found.append(f"{name}: {key} is {entry.get(key)!r}, the plan has {planned[key]!r}")
        for key in ("n", "against_n"):
            if not isinstance(entry.get(key), int) or entry[key] <= 0:
                found.append(f"{name}: {key} is no number of runs")
        bad = [key for key in NUMBERS if not isinstance(entry.get(key), (int, float))]
        if bad:
            found.append(f"{name}: no number: {', '.join(bad)}")
        else:
            if abs(entry["value"] - entry["against_value"] - entry["difference"]) > 0.002:
                found.append(f"{name}: difference is not value minus against_value")
            if not entry["low"] <= entry["difference"] <= entry["high"]:
                found.append(f"{name}: the difference is outside of its interval")
        if entry.get("verdict") not in VERDICTS:
            found.append(f"{name}: verdict {entry.get('verdict')!r}")
    found += [f"{name}: not in the plan" for name in entries]
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        found = problems(json.load(file), load_plan())
    print("\n".join(found) or "ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
