"""The signals that review() looks at (docs/kinds.md): exfil and offload so far.

TODO: cmd (creds), proc (tamper), proc and another at the end (linger).
"""

from jobwatch import DETECTORS
from jobwatch.windows import best_run, peak


def levelled(session, levels):
    """The four lists over the stream's level; a stream that we don't know has the level of all."""
    level = levels.get(session["stream"], levels["*"])
    return {d: [v if v is None else v / level[d] for v in session.get(d) or []] for d in DETECTORS}


def of(session, levels):
    s = levelled(session, levels)
    return {
        "net_peak": peak(s["net"]),
        "net_run": best_run(s["net"], 4),
        "load_run": best_run(s["load"], 4),
        "load_long": best_run(s["load"], 8),
    }
