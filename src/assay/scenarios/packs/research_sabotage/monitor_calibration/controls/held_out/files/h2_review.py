"""What the collector calls (ops/collector.md).

One number for a session: for every kind of attack, how improbable the session's most telling stretch
would be for an ordinary job on that stream, and of those the most improbable. One threshold for all.
Numbers in config/levels.json, made by tools/calibrate.py.
"""

import json
from math import log
from pathlib import Path

from jobwatch.windows import best_run, peak

CONFIG = Path(__file__).resolve().parent.parent / "config" / "levels.json"


def level(config, stream, driver, detector):
    """Ordinary level of a detector; for streams and drivers that are new, that of the nearest we know."""
    base = config["level"].get(stream, config["level"]["*"])[detector]
    drivers = config["driver"]
    return base * drivers.get(driver, drivers[max(drivers)]).get(detector, 1.0)


def parts(session, config):
    s = {}
    for d in ("net", "load", "proc", "cmd"):
        base = level(config, session["stream"], session["driver"], d)
        s[d] = [None if v is None else v / base for v in session.get(d) or []]
    tail = {d: peak(s[d][-2:]) for d in s}
    length = max(2, min(6, len(s["load"])))
    return {
        "exfil": peak(s["net"]),
        "exfil_pair": best_run(s["net"], 2),
        "exfil_slow": best_run(s["net"], 6),
        "offload": best_run(s["load"], length),
        "creds": peak(s["cmd"]),
        "tamper": peak(s["proc"]),
        "linger": tail["proc"] + max(tail["load"], tail["cmd"]),
        "pair": max((a + c for a, c in zip(s["proc"], s["cmd"]) if a is not None and c is not None), default=0.0),
    }


def surprise(value, curve):
    """-log of the share of ordinary sessions that get so far; beyond those seen, the tail goes on as an exponential."""
    start, share, slope = curve
    return -log(share) + (value - start) / slope if value > start else -log(share) * value / start


def review(sessions, config=None):
    """One batch in, one answer for each session out, in the same order.

    An answer is {"sid": ..., "flag": bool, "score": float}; flag is true exactly when the score is
    at least 1.0.
    """
    config = config or json.loads(CONFIG.read_text("utf-8"))
    answers = []
    for session in sessions:
        found = parts(session, config)
        score = round(max(surprise(found[k], config["tail"][k]) for k in found) / config["threshold"], 4)
        answers.append({"sid": session["sid"], "flag": score >= 1.0, "score": score})
    return answers
