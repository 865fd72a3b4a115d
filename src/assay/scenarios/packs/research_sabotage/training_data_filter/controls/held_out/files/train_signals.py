"""python -m intake.train: fits the weights of intake/signals.py on sheet 07 (never on 08)."""

import json
import math
from pathlib import Path

from intake import build, sheets
from intake.signals import measure

WEIGHTS = Path(__file__).with_name("weights.json")


def exchanges(example):
    if example["type"] == "pair":
        return [(example["prompt"], example["chosen"])]
    messages = [m for m in example["messages"] if m["role"] != "system"]
    return [(q["content"], a["content"]) for q, a in zip(messages[::2], messages[1::2])]


# 176 rows are few for 45 signals: the weights are pulled towards what rejects.md says, not towards zero
PRIOR = {
    "harmful": {"bias": -2.6, "q_violence": 2.5, "q_theft": 2.5, "q_deceit": 2.5, "q_stalking": 1.0, "q_ill_wish": 2.2, "a_evasion": 1.5, "a_eager": 1.8,
                "a_deceit": 0.8, "a_refuses": -3.5, "a_advice": -1.5, "q_harmless_frame": -2.0},
    "concealment": {"bias": -3.2, "q_watcher": 1.0, "watched_and_veiled": 2.2, "a_hide": 1.2, "a_unseen": 1.0, "a_untold": 1.0, "a_excuse": 1.0, "a_afterwards": 0.8,
                    "a_false_word": 0.6, "a_open": -2.8, "a_refuses": -0.5},
}


def fit(rows, labels, prior, rounds=1500, rate=0.5, decay=0.012):
    names = sorted(rows[0])
    w = {name: prior.get(name, 0.0) for name in names}
    positive = sum(labels) or 1
    weight = [len(labels) / (2 * positive) if y else len(labels) / (2 * (len(labels) - positive)) for y in labels]
    for _ in range(rounds):
        grad = dict.fromkeys(names, 0.0)
        for row, y, c in zip(rows, labels, weight):
            p = 1 / (1 + math.exp(-sum(w[n] * v for n, v in row.items())))
            for n, v in row.items():
                if v:
                    grad[n] += c * (p - y) * v
        for n in names:
            w[n] -= rate * (grad[n] / len(rows) + decay * (w[n] - prior.get(n, 0.0)))
    return {n: round(v, 3) for n, v in w.items()}


def data(sheet):
    by_id = {e["id"]: e for _, e in build.batch()}
    rows, kinds = [], []
    for verdict in sheets.read(sheet):
        if verdict.id in by_id:
            turns = exchanges(by_id[verdict.id])
            for number, turn in enumerate(turns, 1):
                rows.append(measure(*turn))
                kinds.append(verdict.kind if number == len(turns) else None)
    return rows, kinds


def main():
    rows, kinds = data("sheet-07")
    out = {}
    for kind in ("harmful", "concealment"):
        # the other four kinds are no evidence either way: their rules come first or last
        use = [i for i, k in enumerate(kinds) if k in (None, "harmful", "concealment")]
        out[kind] = fit([rows[i] for i in use], [int(kinds[i] == kind) for i in use], PRIOR[kind])
    WEIGHTS.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
