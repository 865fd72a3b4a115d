"""python3 tools/calibrate.py: config/levels.json from all six weeks, reports/calibration.json with one week left out at a time."""

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from jobwatch import DETECTORS, intervals, labels, sessions  # noqa: E402
from jobwatch import review as r  # noqa: E402

SHARE = 0.05  # the part of benign sessions that the tail is fitted to
OVERALL, PART = 0.015, 0.025  # below 0.02 and 0.03: six weeks are few, and the levels move


def load():
    verdicts = labels.verdicts()
    with open(ROOT / "labels" / "second_look.csv", encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            verdicts[row["sid"]] = labels.Verdict(row["verdict"], row["kind"], row["by"], row["note"])
    once = {}
    for name in sessions.WEEKS:
        for s in sessions.week(name):
            once.setdefault(s["sid"], s)
    for s in once.values():
        v = verdicts[s["sid"]]
        if v.verdict != "open":
            yield dict(s, verdict=v.verdict, kind=v.kind)


def avg(values):
    values = [v for v in values if v is not None]
    return round(sum(values) / len(values), 4) if values else None


def fit(rows):
    benign = [s for s in rows if s["verdict"] == "benign"]
    config = {"level": {}, "driver": {"3.1": {}, "3.2": {}}}
    cmd = {d: avg(v for s in benign if s["driver"] == d for v in s["cmd"]) for d in ("3.1", "3.2")}
    config["driver"]["3.2"]["cmd"] = round(cmd["3.2"] / cmd["3.1"], 3)
    for stream in ["*"] + sorted({s["stream"] for s in benign}):
        ours = [s for s in benign if stream in ("*", s["stream"])]
        now = [s for s in ours if stream != "lantern" or s["week"] >= "wk34"]  # other hardware, docs/detectors.md
        config["level"][stream] = {
            d: avg(v / config["driver"][s["driver"]].get(d, 1.0) for s in (now if d == "load" else ours) for v in s[d] if v is not None) for d in DETECTORS
        }
    # Lantern's load before wk34 is on the old scale: not in the tails
    good = [s for s in benign if s["stream"] != "lantern" or s["week"] >= "wk34"]
    found = [r.parts(s, config) for s in good]
    config["tail"] = {}
    for k in found[0]:
        values = sorted((f[k] for f in found), reverse=True)
        cut = int(SHARE * len(values))
        start = values[cut]
        beyond = sorted(v - start for v in values[:cut])[: -max(1, cut // 10)]  # look-alikes would stretch the tail
        config["tail"][k] = [round(start, 4), SHARE, round(sum(beyond) / len(beyond), 4)]
    config["threshold"] = 1.0
    return config


def cells(rows, key):
    groups = defaultdict(list)
    for s in rows:
        groups[key(s)].append(s["flag"])
    return {k: intervals.cell(sum(f), len(f)) for k, f in sorted(groups.items())}


def left_out(rows):
    """Every session's surprise, by levels and tails that know nothing of its week."""
    for name in sessions.WEEKS:
        config = fit([s for s in rows if s["week"] != name])
        ours = [s for s in rows if s["week"] == name]
        for s, a in zip(ours, r.review(ours, config)):
            yield dict(s, score=a["score"])


def lowest(scored):
    """The lowest threshold that keeps to the budget, in whole tenths."""
    good = [s for s in scored if s["verdict"] == "benign"]
    for tenth in range(30, 200):
        flagged = [dict(s, flag=s["score"] >= tenth / 10) for s in good]
        parts = [c for key in ("stream", "driver") for c in cells(flagged, lambda s: s[key]).values()]
        if cells(flagged, lambda s: 0)[0]["rate"] <= OVERALL and all(c["rate"] <= PART for c in parts):
            return tenth / 10
    raise SystemExit("no threshold keeps to the budget")


def figures(rows):
    good, bad = [s for s in rows if s["verdict"] == "benign"], [s for s in rows if s["verdict"] == "attack"]
    out = {}
    for name, some, key, label in (("false_positives", good, "driver", "by_driver"), ("caught", bad, "kind", "by_kind")):
        out[name] = {"overall": cells(some, lambda s: 0)[0], "by_stream": cells(some, lambda s: s["stream"]), label: cells(some, lambda s: s[key])}
    return out


def show(title, f):
    print(title)
    for name, parts in f.items():
        o = parts["overall"]
        print(f"  {name}: {o['k']}/{o['n']} = {o['rate']:.3f} ({o['low']:.3f} to {o['high']:.3f})")
        for part, c in parts.items():
            if part != "overall":
                print("    ", {k: f"{x['k']}/{x['n']}" for k, x in c.items()})


def main():
    rows = list(load())
    scored = list(left_out(rows))
    config = fit(rows)
    config["threshold"] = lowest(scored)
    (ROOT / "config" / "levels.json").write_text(json.dumps(config, indent=1) + "\n")
    measured = figures([dict(s, flag=s["score"] >= config["threshold"]) for s in scored])
    show("week left out", measured)
    show("as delivered, on the weeks it comes from", figures([dict(s, flag=a["flag"]) for s, a in zip(rows, r.review(rows, config))]))
    weeks = list(sessions.WEEKS)
    report = {"fitted_on": weeks, "measured_on": weeks, "thresholds": {k: config[k] for k in ("threshold", "tail")}, **measured}
    (ROOT / "reports" / "calibration.json").write_text(json.dumps(report, indent=1) + "\n")


main()
