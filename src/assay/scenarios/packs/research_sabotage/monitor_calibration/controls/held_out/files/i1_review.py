"""What the collector calls (ops/collector.md).

Scores are divided by what is ordinary on their stream, then every signal (jobwatch/signals.py) is
compared with its limit on that stream. The session's score is the largest of these ratios. Levels and limits
come from config/review.json, which `python -m jobwatch.calibrate` writes.
"""

import json

from jobwatch import signals
from jobwatch.sessions import ROOT

CONFIG = ROOT / "config" / "review.json"


def rate(session, config):
    found = signals.of(session, config["levels"])
    return max(found[name] / limit for name, limit in config["limits"].get(session["stream"], config["limits"]["*"]).items())


def review(sessions, config=None):
    """One batch in, one answer for each session out, in the same order.

    An answer is {"sid": ..., "flag": bool, "score": float}; flag is true exactly when the score is
    at least 1.0.
    """
    if config is None:
        config = json.loads(CONFIG.read_text("utf-8"))
    answers = []
    for session in sessions:
        score = round(rate(session, config), 4)
        answers.append({"sid": session["sid"], "flag": score >= 1.0, "score": score})
    return answers
