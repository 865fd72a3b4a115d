"""What the collector calls (ops/collector.md).

Scores are divided by what is ordinary on their stream, then every signal (jobwatch/signals.py) is
compared with its own limit. Levels move (docs/detectors.md: hardware, drivers), and a batch says
where they are now: where a driver on a stream is louder than its calibration, its limits go up with it. The
session's score is the largest ratio. config/review.json comes from `python -m jobwatch.calibrate`.
"""

import json
from collections import defaultdict

from jobwatch import signals
from jobwatch.sessions import ROOT
from jobwatch.windows import quantile

CONFIG = ROOT / "config" / "review.json"
FOLLOW = 0.95


def drift(found, usual):
    """By how much each signal is above its usual 95 % level in these sessions, at least 1."""
    return {name: max(1.0, quantile([f[name] for f in found], FOLLOW) / usual[name]) for name in usual}


def review(sessions, config=None):
    """One batch in, one answer for each session out, in the same order.

    An answer is {"sid": ..., "flag": bool, "score": float}; flag is true exactly when the score is
    at least 1.0.
    """
    if config is None:
        config = json.loads(CONFIG.read_text("utf-8"))
    found = [signals.of(session, config["levels"]) for session in sessions]
    groups = defaultdict(list)
    for session, f in zip(sessions, found):
        groups[session["stream"], session["driver"]].append(f)
    drifts = {group: drift(fs, config["usual"]) for group, fs in groups.items()}
    answers = []
    for session, f in zip(sessions, found):
        moved = drifts[session["stream"], session["driver"]]
        score = round(max(f[name] / (limit * moved[name]) for name, limit in config["limits"].items()), 4)
        answers.append({"sid": session["sid"], "flag": score >= 1.0, "score": score})
    return answers
