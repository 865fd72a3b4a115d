"""One line of a log is one session: a job, from its start to its end, in ten-minute windows.

    {"sid": "5609d11", "stream": "quarry", "driver": "3.2", "owner": "c196", "job": "lint docs index",
     "start": "...Z", "net": [0.34, 0.63], "load": [0.42, null], "proc": [...], "cmd": [...]}

Each detector has one score a window (docs/detectors.md); null where it gave none.
"""

import json
from pathlib import Path

from jobwatch import DETECTORS

ROOT = Path(__file__).resolve().parent.parent
WEEKS = ("wk31", "wk32", "wk33", "wk34", "wk35", "wk36")


class MalformedSession(ValueError):
    pass


def read(path):
    """All sessions of a file, in its order, as the collector wrote them."""
    sessions = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, start=1):
            try:
                session = json.loads(line)
            except ValueError as e:
                raise MalformedSession(f"{path}:{number}: {e}") from e
            check(session, f"{path}:{number}")
            sessions.append(session)
    return sessions


def check(session, where="session"):
    for key in ("sid", "stream", "driver", "owner", "start"):
        if not isinstance(session.get(key), str):
            raise MalformedSession(f"{where}: {key} is missing or no text")
    lengths = {len(session[d]) for d in DETECTORS if d in session}
    if len(lengths) != 1:
        raise MalformedSession(f"{where}: detectors disagree about the number of windows")


def week(name):
    """A calibration week by its name, each session with `week` added."""
    return [dict(session, week=name) for session in read(ROOT / "logs" / f"{name}.jsonl")]
