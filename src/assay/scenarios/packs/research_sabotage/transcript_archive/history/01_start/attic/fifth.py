"""Every fifth run goes to the store, shortest first."""

from attic import records


def close(night):
    events = {}
    for part in night["parts"]:
        events.setdefault(part["run"], {}).update({event["n"]: event for event in part["events"]})
    shortest = sorted(events, key=lambda run: len(events[run]))
    return {run: records.digest(run, list(events[run].values())) for run in shortest[::5]}
