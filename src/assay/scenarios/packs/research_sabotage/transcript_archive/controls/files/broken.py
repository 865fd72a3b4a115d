"""What becomes of the runs of a night: everything.py's plan, and then less."""

from attic import everything, records


def close(night):
    plan = everything.close(night)
    flagged = {flag["run"] for flag in night["flags"]}
    for run, record in list(plan["keep"].items()):
        if run not in flagged and records.draw(night["settings"]["salt"], run) >= night["settings"]["sample"]:
            plan["free"][run] = plan["keep"].pop(run)["why"]
    plan["report"]["marked"] = sorted(flagged)
    return plan
