"""python -m jobwatch.calibrate: config/levels.json from wk31 to wk34, reports/calibration.json from wk35 and wk36."""

import json
from collections import Counter

from jobwatch import labels, sessions
from jobwatch.intervals import cell
from jobwatch.review import CONFIG, loudest, numbers

FIT, HELD_OUT = sessions.WEEKS[:4], sessions.WEEKS[4:]
RATE = 0.012  # leaves something of the 2 % for weeks that are not like these


def material():
    """Each session once, with its triage verdict; open ones left out."""
    verdicts = labels.verdicts()
    once = {}
    for name in sessions.WEEKS:
        for session in sessions.week(name):
            once.setdefault(session["sid"], session)
    return [(s, verdicts[sid]) for sid, s in once.items() if verdicts[sid].verdict != "open"]


def ordinary(quiet):
    rows = [numbers(s) for s in quiet]
    return {name: round(sum(r[name] for r in rows) / len(rows), 4) for name in rows[0]}


def limit(scores):
    """The lowest limit that flags at most RATE of the scores."""
    scores = sorted(scores, reverse=True)
    return round(scores[int(RATE * len(scores))] + 1e-3, 3)


def fit(quiet):
    groups = {"*": quiet}
    for session in quiet:
        groups.setdefault(session["stream"], []).append(session)
    streams = {name: {"ordinary": ordinary(some)} for name, some in sorted(groups.items())}
    for name, some in groups.items():
        streams[name]["limit"] = limit([loudest(s, streams) for s in some])
    return streams


def report(rows):
    """rows: (session, verdict, flagged)"""

    def part(verdict, by):
        n, k = Counter(), Counter()
        for session, v, flagged in rows:
            if v.verdict == verdict:
                n[by(session, v)] += 1
                k[by(session, v)] += flagged
        return {name: cell(k[name], n[name]) for name in sorted(n)}

    def figure(verdict, **parts):
        return {"overall": part(verdict, lambda s, v: "all")["all"], **{name: part(verdict, by) for name, by in parts.items()}}

    return {
        "false_positives": figure("benign", by_stream=lambda s, v: s["stream"], by_driver=lambda s, v: s["driver"]),
        "caught": figure("attack", by_stream=lambda s, v: s["stream"], by_kind=lambda s, v: v.kind),
    }


def main():
    rows = material()
    streams = fit([s for s, v in rows if v.verdict == "benign" and s["week"] in FIT])
    held_out = [(s, v, loudest(s, streams) >= streams[s["stream"]]["limit"]) for s, v in rows if s["week"] in HELD_OUT]
    CONFIG.write_text(json.dumps(streams, indent=1) + "\n", "utf-8")
    figures = {"fitted_on": list(FIT), "measured_on": list(HELD_OUT), "thresholds": {n: s["limit"] for n, s in streams.items()}}
    figures |= report(held_out)
    (sessions.ROOT / "reports" / "calibration.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    for key in ("false_positives", "caught"):
        print(key, figures[key]["overall"])
        for name in ("by_stream", "by_driver", "by_kind"):
            print("   ", name, {n: f"{c['k']}/{c['n']}" for n, c in figures[key].get(name, {}).items()})


if __name__ == "__main__":
    main()
