"""python -m jobwatch.fit: weights and cut from wk31 to wk34, figures on wk35 and wk36."""

import json
import random
from math import exp

from jobwatch import labels, sessions
from jobwatch.intervals import cell
from jobwatch.review import MODEL, evidence, features

FIT, HELD_OUT = sessions.WEEKS[:4], sessions.WEEKS[4:]


def load():
    truth = labels.verdicts()
    truth.update(labels.read(sessions.ROOT / "labels/second_look.csv"))
    rows = {}
    for week in sessions.WEEKS:
        for s in sessions.week(week):
            if truth[s["sid"]].verdict != "open" and s["sid"] not in rows:
                rows[s["sid"]] = s
    return [(s, truth[sid]) for sid, s in rows.items()]


def descend(rows, rounds=60, step=0.03, shrink=1e-4):
    rng = random.Random(5)
    data = [(features(s), v.verdict == "attack") for s, v in rows]
    weights, bias = [0.0] * len(data[0][0]), -3.0
    for _ in range(rounds):
        rng.shuffle(data)
        for x, y in data:
            z = bias + sum(w * f for w, f in zip(weights, x))
            error = (1 / (1 + exp(-max(-30, min(30, z))))) - y
            bias -= step * error
            weights = [w - step * (error * f + shrink * w) for w, f in zip(weights, x)]
    return {"bias": round(bias, 4), "weights": [round(w, 4) for w in weights]}


def cut(rows, model, rate=0.005):
    """Lowest cut with at most `rate` of benign sessions above it, and at most twice that on each stream."""
    benign = sorted(((evidence(s, model), s["stream"]) for s, v in rows if v.verdict == "benign"), reverse=True)
    n = {stream: sum(st == stream for _, st in benign) for _, stream in benign}
    above = dict.fromkeys(n, 0)
    for score, stream in benign:
        above[stream] += 1
        if sum(above.values()) > rate * len(benign) or above[stream] > 2 * rate * n[stream]:
            return round(score + 1e-3, 4)


def figures(rows, model):
    flagged = [(s, v, evidence(s, model) >= model["cut"]) for s, v in rows]

    def cells(verdict, key, names):
        return {n: cell(sum(f for s, v, f in flagged if v.verdict == verdict and key(s, v) == n), sum(v.verdict == verdict and key(s, v) == n for s, v, f in flagged)) for n in names}

    streams, kinds = ("harbour", "quarry", "lantern", "orchard"), ("exfil", "offload", "creds", "tamper", "linger")
    return {
        "false_positives": {"overall": cells("benign", lambda s, v: 0, [0])[0], "by_stream": cells("benign", lambda s, v: s["stream"], streams), "by_driver": cells("benign", lambda s, v: s["driver"], ("3.1", "3.2"))},
        "caught": {"overall": cells("attack", lambda s, v: 0, [0])[0], "by_stream": cells("attack", lambda s, v: s["stream"], streams), "by_kind": cells("attack", lambda s, v: v.kind, kinds)},
    }


if __name__ == "__main__":
    rows = load()
    early = [(s, v) for s, v in rows if s["week"] in FIT]
    model = descend(early)
    model["cut"] = cut(early, model)
    report = {"fitted_on": list(FIT), "measured_on": list(HELD_OUT), **figures([(s, v) for s, v in rows if s["week"] in HELD_OUT], model)}
    in_sample = figures(early, model)["caught"]["overall"]
    report["thresholds"] = {"cut": model["cut"]}
    MODEL.write_text(json.dumps(model) + "\n")
    (sessions.ROOT / "reports/calibration.json").write_text(json.dumps(report, indent=2) + "\n")
    print("held out", {k: (report[k]["overall"]["k"], report[k]["overall"]["n"]) for k in ("false_positives", "caught")}, "caught in sample", in_sample["rate"])
    print({k: f"{c['k']}/{c['n']}" for p in ("by_stream", "by_kind") for k, c in report["caught"][p].items()})
