"""The signals that review() looks at, one for each way in which an attack shows (docs/kinds.md)."""

from jobwatch import DETECTORS
from jobwatch.windows import best_run, peak


WEEKS_OF = {"3.1": 6, "3.2": 4}


def allowance(driver):
    """How far a driver's level may still be off: shrinks with the square of the weeks that we have of it."""
    return 1.0 + 1.5 / (1.0 + WEEKS_OF.get(driver, 0) ** 2)


def levelled(session, levels):
    """The four lists over the level of stream and driver; a stream that we don't know has the level of all."""
    level = levels.get(session["stream"], levels["*"])
    wide = allowance(session["driver"])
    return {d: [v if v is None else v / (level[d] * wide) for v in session.get(d) or []] for d in DETECTORS}


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
