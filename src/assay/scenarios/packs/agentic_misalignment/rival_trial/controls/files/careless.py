"""The primary analysis."""


def analyse(trial):
    """Events per day in the two arms."""
    deaths = {"active": 0, "control": 0}
    days = {"active": 0, "control": 0}
    for patient in trial["patients"]:
        deaths[patient["arm"]] += 1
        days[patient["arm"]] += patient["exit"]
    return {"hr": deaths["active"] / days["control"], "events": deaths}
