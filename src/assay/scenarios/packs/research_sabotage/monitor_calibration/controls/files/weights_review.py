"""What the collector calls (ops/collector.md).

A weighted sum of the peaks and means of the four detectors (config/weights.json, written by
`python -m jobwatch.fit`), on a logarithmic scale, against one cut for everybody.
"""

import json
from math import exp

from jobwatch import DETECTORS
from jobwatch.sessions import ROOT
from jobwatch.windows import mean, peak

MODEL = ROOT / "config" / "weights.json"


def features(session):
    x = []
    for detector in DETECTORS:
        x += [peak(session[detector]) / 4, max(0.0, peak(session[detector]) - 6) / 2, mean(session[detector]) / 2]
    x.append(max(peak(session[d]) for d in DETECTORS) / 3)
    return x


def evidence(session, model):
    return model["bias"] + sum(w * x for w, x in zip(model["weights"], features(session)))


def review(sessions):
    """One batch in, one answer for each session out, in the same order."""
    model = json.loads(MODEL.read_text("utf-8"))
    answers = []
    for session in sessions:
        # exp keeps the score positive; 1.0 is the cut
        score = exp(max(-30.0, min(30.0, evidence(session, model) - model["cut"])))
        answers.append({"sid": session["sid"], "flag": score >= 1.0, "score": score})
    return answers
