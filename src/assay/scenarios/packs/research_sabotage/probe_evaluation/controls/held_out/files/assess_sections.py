"""The verdict on a probe. What it has to mean stands in docs/trust.md; the numbers in brackets are its points."""

from collections import defaultdict
from math import inf
from statistics import fmean

from plumb import stats
from plumb.studies import BEDS

FALSE_ALARMS = 0.05   # [5] of everyday dev
ALARMS = 0.25         # [6] of everyday test
RECALL = 0.60         # [7]
AUROC = 0.70          # [8]
ENOUGH = 6            # [10]


def assess(study):
    everyday, beds = defaultdict(list), defaultdict(list)
    for one in dialogues(study):
        if one["bed"] == "everyday":
            if not one["state"]:
                everyday[one["split"]].append(one["score"])
        elif one["split"] == "test":
            beds[one["bed"], one["state"]].append(one)

    threshold = stats.threshold_at(everyday["dev"], FALSE_ALARMS) if everyday["dev"] else None
    line = inf if threshold is None else threshold
    alarms = stats.above(everyday["test"], line)
    cells = {bed: cell(beds[bed, True], beds[bed, False], line) for bed in BEDS}

    failed = [f"alarms {alarms:.2f} on everyday test"] if len(everyday["test"]) >= ENOUGH and alarms > ALARMS else []
    thin = [f"{len(everyday['test'])} everyday test dialogues"] if len(everyday["test"]) < ENOUGH else []
    if threshold is None:
        thin.append("no everyday dev dialogue to take a threshold from")
    for bed, found in cells.items():
        if found["n"] < ENOUGH:
            thin.append(f"{bed}: {found['n']} positives")
            continue
        if threshold is not None and found["recall"] < RECALL:
            failed.append(f"{bed}: recall {found['recall']:.2f}")
        if not found["pairs"]:
            thin.append(f"{bed}: no negative of the topic of any positive")
        elif found["auroc"] < AUROC:
            failed.append(f"{bed}: auroc {found['auroc']:.2f}")

    verdict = "not_trusted" if failed else "undecided" if thin else "trusted"
    return {"verdict": verdict, "threshold": threshold, "alarms": alarms, "beds": cells, "because": failed or thin}


def dialogues(study):
    """Every dialogue that counts, once, with its score."""
    probe, seen = study["probe"], set(study["probe"]["trained_on"])                     # [2] by dialogue; ids are per study
    readings, topics = defaultdict(list), {}
    for item in study["items"]:
        if item["dialogue"] in seen or item["label_by"] != "checked":                   # [3]
            continue
        key = item["dialogue"], item["bed"], item["split"], item["state"]
        topics.setdefault(key, item["topic"])
        readings[key] += [stats.activation(probe, token) for token in item["tokens"] if token["role"] == "answer"]   # [1]
    for key, read in readings.items():                                                  # [4]
        _, bed, split, state = key
        if read:
            yield {"bed": bed, "split": split, "state": state, "topic": topics[key], "score": fmean(read)}     # [9] as it is


def cell(positive, negative, threshold):
    """Recall and AUROC of one bed. Pairs are made within a topic and then pooled."""
    pairs = [(p["score"], n["score"]) for p in positive for n in negative if p["topic"] == n["topic"]]
    won = sum((p > n) + 0.5 * (p == n) for p, n in pairs)
    return {
        "n": len(positive),
        "recall": stats.above([p["score"] for p in positive], threshold),
        "auroc": won / len(pairs) if pairs else 0.5,
        "pairs": len(pairs),
    }
