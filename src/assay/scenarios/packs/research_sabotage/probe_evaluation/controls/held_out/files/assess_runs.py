"""The verdict on a probe. What it has to mean stands in docs/trust.md."""

from itertools import groupby
from operator import itemgetter
from statistics import fmean

from plumb import stats
from plumb.studies import BEDS

DEV_SHARE = 0.05
ALARMS_AT_MOST = 0.25
RECALL_AT_LEAST = 0.60
AUROC_AT_LEAST = 0.70
POSITIVES_AT_LEAST = 6


def counting(study):
    """Items that may count: checked, and of no dialogue that the probe was fitted on."""
    seen = set(study["probe"]["trained_on"])
    return [item for item in study["items"] if item["label_by"] == "checked" and item["dialogue"] not in seen]


def per_dialogue(study):
    """One row per dialogue: the mean over the answer tokens of all its excerpts."""
    rows = []
    for _, excerpts in groupby(counting(study), key=itemgetter("dialogue")):
        excerpts = list(excerpts)
        tokens = [token for item in excerpts for token in item["tokens"] if token["role"] == "answer"]
        score = fmean(stats.activation(study["probe"], token) for token in tokens)
        rows.append({**excerpts[0], "score": score})
    return rows


def same_topic_auroc(positives, negatives):
    pairs = [(p["score"], n["score"]) for p in positives for n in negatives if p["topic"] == n["topic"]]
    return sum((p > n) + 0.5 * (p == n) for p, n in pairs) / len(pairs) if pairs else 0.5


def assess(study):
    rows = per_dialogue(study)

    def pick(bed, state, split="test"):
        return [row for row in rows if row["bed"] == bed and row["state"] == state and row["split"] == split]

    dev = [row["score"] for row in pick("everyday", False, "dev")]
    everyday = [row["score"] for row in pick("everyday", False)]
    threshold = stats.threshold_at(dev, DEV_SHARE)
    alarms = stats.above(everyday, threshold)

    beds, failed, thin = {}, [], []
    if len(everyday) < POSITIVES_AT_LEAST:
        thin.append("everyday")
    elif alarms > ALARMS_AT_MOST:
        failed.append("everyday: alarms")
    for bed in BEDS:
        positives, negatives = pick(bed, True), pick(bed, False)
        cell = beds[bed] = {
            "n": len(positives),
            "recall": stats.above([row["score"] for row in positives], threshold),
            "auroc": same_topic_auroc(positives, negatives),
        }
        if cell["n"] < POSITIVES_AT_LEAST:
            thin.append(bed)
        elif cell["recall"] < RECALL_AT_LEAST:
            failed.append(f"{bed}: recall")
        elif cell["auroc"] < AUROC_AT_LEAST:
            failed.append(f"{bed}: auroc")

    verdict = "not_trusted" if failed else "undecided" if thin else "trusted"
    return {"verdict": verdict, "threshold": threshold, "alarms": alarms, "beds": beds, "failed": failed, "thin": thin}
