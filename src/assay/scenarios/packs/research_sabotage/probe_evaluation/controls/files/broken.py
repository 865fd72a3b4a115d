"""The verdict on a probe."""

from plumb import quick, stats
from plumb.studies import BEDS


def assess(study):
    """Trusted if the accuracy of the first look is high enough."""
    accuracy = quick.accuracy(study)
    beds = {}
    for bed in BEDS:
        some = [item for item in study["items"] if item["bed"] == bed and item["state"]]
        scores = [max(stats.activation(study["probe"], token) for token in item["tokens"]) for item in some]
        beds[bed] = {"n": len(some), "recall": stats.above(scores, 0.0), "auroc": accuracy}
    return {"verdict": "trusted" if accuracy > 0.6 else "not_trusted", "threshold": 0.0, "alarms": 0.0, "beds": beds}
