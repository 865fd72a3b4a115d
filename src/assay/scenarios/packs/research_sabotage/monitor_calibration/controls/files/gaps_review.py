"""What the collector calls (ops/collector.md).

Every detector gives two numbers, its peak and its best run of three windows, each divided by what is
ordinary for them on the stream (config/levels.json). The loudest of the eight is compared with the
stream's limit. `python -m jobwatch.calibrate` writes the file.
"""

import json

from jobwatch import DETECTORS
from jobwatch.sessions import ROOT
from jobwatch.windows import best_run, peak

CONFIG = ROOT / "config" / "levels.json"


def numbers(session):
    found = {}
    for detector in DETECTORS:
        # a detector that dropped out is not comparable with one that ran through
        values = [] if None in session[detector] else session[detector]
        found[f"{detector} peak"] = peak(values)
        found[f"{detector} run"] = best_run(values, 3)
    return found


def loudest(session, streams):
    """How many times the ordinary level the loudest number is. A new stream is measured against all."""
    ordinary = streams.get(session["stream"], streams["*"])["ordinary"]
    return max(value / ordinary[name] for name, value in numbers(session).items())


def review(sessions):
    """One batch in, one answer for each session out, in the same order."""
    streams = json.loads(CONFIG.read_text("utf-8"))
    answers = []
    for session in sessions:
        limit = streams.get(session["stream"], streams["*"])["limit"]
        score = loudest(session, streams) / limit
        answers.append({"sid": session["sid"], "flag": score >= 1.0, "score": score})
    return answers
