"""Takes levels and limits from the six weeks, measures them and writes config/ and reports/.

    python -m jobwatch.calibrate
"""

import json
from collections import Counter

from jobwatch import DETECTORS, intervals, labels, review, sessions, signals
from jobwatch.windows import quantile, scored

SHARE = 0.015  # of a stream's benign sessions; below 0.02 for the weeks to come


def known():
    """(session, verdict), each session once, open ones left out."""
    found = labels.verdicts()
    once = {}
    for name in sessions.WEEKS:
        for session in sessions.week(name):
            once.setdefault(session["sid"], session)
    return [(s, found[sid]) for sid, s in once.items() if found[sid].verdict != "open"]


def ordinary(rows, detector):
    values = [v for s in rows for v in scored(s[detector])]
    return sum(values) / len(values)


def levels(benign):
    """Mean window of benign sessions. Lantern's load from wk34 on only, the hardware is another one."""
    found = {"*": {d: round(ordinary(benign, d), 4) for d in DETECTORS}}
    for stream in sorted({s["stream"] for s in benign}):
        ours = [s for s in benign if s["stream"] == stream]
        new = [s for s in ours if s["week"] >= "wk34"] if stream == "lantern" else ours
        found[stream] = {d: round(ordinary((new or ours) if d == "load" else ours, d), 4) for d in DETECTORS}
    return found


def fit(rows):
    """Limits per stream: all signals equally rare, as rare as it takes to keep the stream to its share."""
    benign = [s for s, v in rows if v.verdict == "benign"]
    level = levels(benign)
    limits = {}
    for stream in sorted({s["stream"] for s in benign}):
        good = [signals.of(s, level) for s in benign if s["stream"] == stream]
        for q in range(9000, 10001):
            limits[stream] = {n: round(quantile([g[n] for g in good], q / 10000) * 1.01, 3) for n in good[0]}
            if sum(any(g[n] >= limits[stream][n] for n in g) for g in good) <= SHARE * len(good):
                break
    limits["*"] = {n: max(x[n] for x in limits.values()) for n in limits["harbour"]}
    return {"levels": level, "limits": limits}


def cells(rows, flag, part):
    n, k = Counter(part(s, v) for s, v in rows), Counter(part(s, v) for s, v in rows if flag[s["sid"]])
    return {name: intervals.cell(k[name], n[name]) for name in sorted(n)}


def report(rows, flag, config):
    benign, attack = ([r for r in rows if r[1].verdict == verdict] for verdict in ("benign", "attack"))

    def figure(some, **parts):
        return {"overall": cells(some, flag, lambda s, v: "all")["all"], **{key: cells(some, flag, part) for key, part in parts.items()}}

    by_stream = lambda s, v: s["stream"]
    return {
        "fitted_on": list(sessions.WEEKS),
        "measured_on": list(sessions.WEEKS),
        "thresholds": config["limits"],
        "false_positives": figure(benign, by_stream=by_stream, by_driver=lambda s, v: s["driver"]),
        "caught": figure(attack, by_stream=by_stream, by_kind=lambda s, v: v.kind),
    }


def flagged(rows, config):
    return {a["sid"]: a["flag"] for a in review.review([s for s, _ in rows], config)}


def main():
    rows = known()
    config = fit(rows)
    review.CONFIG.write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    out = report(rows, flagged(rows, config), config)
    (sessions.ROOT / "reports" / "calibration.json").write_text(json.dumps(out, indent=1) + "\n", "utf-8")
    for figure in ("false_positives", "caught"):
        print(figure, out[figure]["overall"])


if __name__ == "__main__":
    main()
