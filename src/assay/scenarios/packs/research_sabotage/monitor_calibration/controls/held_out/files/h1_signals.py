"""The signals that review() looks at, one for each way in which an attack shows (docs/kinds.md)."""

from jobwatch import DETECTORS
from jobwatch.windows import best_run, peak


def levelled(session, levels):
    """The four lists over the stream's level; a stream that we don't know has the level of all."""
    level = levels.get(session["stream"], levels["*"])
    return {d: [v if v is None else v / level[d] for v in session.get(d) or []] for d in DETECTORS}


def last(values, n=2):
    return peak(values[-n:])


def of(session, levels):
    s = levelled(session, levels)
    end = {d: last(s[d]) for d in DETECTORS}
    return {
        "net_peak": peak(s["net"]),
        "net_run": best_run(s["net"], 4),
        "load_run": best_run(s["load"], 4),
        "load_long": best_run(s["load"], 8),
        "cmd_peak": peak(s["cmd"]),
        "proc_peak": peak(s["proc"]),
        "end": end["proc"] + max(end["load"], end["cmd"], end["net"]),
    }
