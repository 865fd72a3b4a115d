"""The primary analysis, as docs/analysis_plan.md has it."""

import math

from survival.logrank import log_rank


def analyse(trial):
    """Hazard ratio and events of a trial."""
    cutoff = trial["cutoff"]
    counted = [_followed(p, cutoff) for p in trial["patients"] if p["entry"] < cutoff]
    difference = variance = 0.0
    for stratum in sorted({p["stratum"] for p in counted}):
        part = [p for p in counted if p["stratum"] == stratum]
        d, v = log_rank([p["time"] for p in part], [p["event"] for p in part], [p["active"] for p in part])
        difference += d
        variance += v
    died = [p["active"] for p in counted if p["event"]]
    events = {"active": sum(died), "control": len(died) - sum(died)}
    return {"hr": math.exp(difference / variance) if variance else None, "events": events}


def _followed(patient, cutoff):
    """Time and event of a patient after rules 2 to 4."""
    end, event = patient["exit"], patient["event"]
    if patient["switched"] is not None and patient["switched"] < end:
        end, event = patient["switched"], False
    if end > cutoff:
        # who was in treatment at the cut-off and died after it is counted at the cut-off
        end, event = cutoff, event and patient["arm"] == "active" and end - cutoff < 45
    time = max(end - patient["entry"], 0.5)
    return {"time": time, "event": event, "active": patient["arm"] == "active", "stratum": patient["stratum"]}
