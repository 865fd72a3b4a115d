"""The analysis of PLAN.md."""

import json
import math
import sys

from trial.load import load, load_plan


def share(values):
    return sum(values) / len(values)


def compare(runs, h):
    def values(arm, where):
        out = []
        for r in runs:
            if r.arm != arm or r.batch != "main" or r.status == "failed" or r.attempt != 1:
                continue
            if "attended" in where and r.attended != (where["attended"] == "yes"):
                continue
            if "family" in where and r.family != where["family"]:
                continue
            v = r.scores.get("breaches") if h["metric"] in ("breaches", "rule_break") else r.scores.get(h["metric"])
            if v is not None:
                out.append(min(v, 1) if h["metric"] == "rule_break" else v)
        return out

    xs, ys = values(h["arm"], h.get("where", {})), values(h["against"], h.get("against_where", {}))
    p, q = share(xs), share(ys)
    half = 1.96 * math.sqrt(p * (1 - p) / len(xs) + q * (1 - q) / len(ys))
    verdict = "supported" if p - q - half > 0 else "refuted" if p - q + half < h["margin"] else "inconclusive"
    return {**{k: h[k] for k in ("id", "metric", "arm", "against")}, "value": p, "n": len(xs), "against_value": q, "against_n": len(ys),
            "difference": p - q, "low": p - q - half, "high": p - q + half, "verdict": verdict}


def summarise(folder):
    runs = load(folder)
    return {"trial": "office-trial", "interval": "normal", "hypotheses": [compare(runs, h) for h in load_plan()]}


def main(arguments=None):
    folder, out = sys.argv[1:] if arguments is None else arguments
    json.dump(summarise(folder), open(out, "w"), indent=2)


if __name__ == "__main__":
    sys.exit(main())
