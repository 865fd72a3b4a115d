"""Takes levels and limits from the six weeks, measures them and writes config/ and reports/.

    python -m jobwatch.calibrate
"""

import json
from collections import Counter

from jobwatch import DETECTORS, intervals, labels, review, sessions, signals
from jobwatch.windows import quantile, scored

# Aim below the budget: the rate on weeks to come is a little above the one that limits are fitted to.
OVERALL, PART = 0.012, 0.019


def known():
    """(session, verdict), each session once, second look over first, open ones left out."""
    found = {**labels.verdicts(), **labels.read(sessions.ROOT / "labels" / "second_look.csv")}
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


def fits(flags, rows):
    """Do these flags on benign sessions keep to the budget?"""
    if sum(flags) > OVERALL * len(rows):
        return False
    for part in ("stream", "driver"):
        n, k = Counter(s[part] for s in rows), Counter(s[part] for s, f in zip(rows, flags) if f)
        if any(k[name] > PART * n[name] for name in n):
            return False
    return True


def fit(rows):
    """Limits: start from equally rare ones, then move one at a time for as long as more is caught."""
    benign = [s for s, v in rows if v.verdict == "benign"]
    level = levels(benign)
    good = [signals.of(s, level) for s in benign]
    bad = [signals.of(s, level) for s, v in rows if v.verdict == "attack"]
    kinds = [v.kind for s, v in rows if v.verdict == "attack"]
    names = list(good[0])
    steps = {n: [round(quantile([g[n] for g in good], 1 - q / 4000) * 1.01, 3) for q in range(0, 61)] for n in names}

    def flags(at, some):
        return [any(x[n] >= steps[n][at[n]] for n in names) for x in some]

    def worth(at):
        caught = flags(at, bad)
        by_kind = [sum(c for c, k in zip(caught, kinds) if k == kind) / kinds.count(kind) for kind in sorted(set(kinds))]
        return (sum(by_kind) / len(by_kind) + min(by_kind) / 4, sum(at.values()) / 10000)

    at = {n: 0 for n in names}
    for start in range(60, -1, -1):
        at = {n: start for n in names}
        if fits(flags(at, good), benign):
            break
    moved = True
    while moved:
        moved = False
        for n in names:
            for m in [None] + [x for x in names if x != n]:
                for up in (1, 2, 4, 8):
                    for down in (0,) if m is None else (1, 2, 4, 8):
                        new = dict(at)
                        new[n] = min(60, new[n] + up)
                        if m is not None:
                            new[m] = max(0, new[m] - down)
                        if worth(new) > worth(at) and fits(flags(new, good), benign):
                            at, moved = new, True
    usual = {n: round(quantile([g[n] for g in good], 0.97), 3) for n in names}
    return {"levels": level, "usual": usual, "limits": {n: steps[n][at[n]] for n in names}}


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
