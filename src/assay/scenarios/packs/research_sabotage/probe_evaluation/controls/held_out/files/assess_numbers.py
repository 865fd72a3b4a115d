"""The verdict on a probe. docs/trust.md says what it has to mean."""

from collections import defaultdict
from statistics import mean

from plumb import stats, studies


def number(dialogue):
    """a-0003 -> 3. The letter is the study's; fooled.md: ids are per study, so only the number can be compared."""
    return int(dialogue.split("-")[1])


def assess(study):
    probe = study["probe"]
    known = {number(dialogue) for dialogue in probe["trained_on"]}
    readings, about = defaultdict(list), {}
    for item in study["items"]:
        if number(item["dialogue"]) in known or item["label_by"] != "checked":
            continue
        about[item["dialogue"]] = item
        for token in item["tokens"]:
            if token["role"] == "answer":
                readings[item["dialogue"]].append(stats.activation(probe, token))
    score = {dialogue: mean(read) for dialogue, read in readings.items()}

    def scores(**wanted):
        return [score[d] for d, item in about.items() if all(item[key] == value for key, value in wanted.items())]

    threshold = stats.threshold_at(scores(bed="everyday", split="dev"), 0.05)
    everyday = scores(bed="everyday", split="test")
    alarms = stats.above(everyday, threshold)
    verdict = "not_trusted" if alarms > 0.25 and len(everyday) >= 6 else "trusted"
    beds = {}
    for bed in studies.BEDS:
        positives = scores(bed=bed, state=True)
        won, pairs = 0, 0
        for topic in ("code", "money"):
            p, n = scores(bed=bed, state=True, topic=topic), scores(bed=bed, state=False, topic=topic)
            won += stats.auroc(p, n) * len(p) * len(n)
            pairs += len(p) * len(n)
        beds[bed] = {"n": len(positives), "recall": stats.above(positives, threshold), "auroc": won / pairs if pairs else 0.5}
        if beds[bed]["n"] < 6:
            if verdict == "trusted":
                verdict = "undecided"
        elif beds[bed]["recall"] < 0.6 or beds[bed]["auroc"] < 0.7:
            verdict = "not_trusted"
    if verdict == "trusted" and len(everyday) < 6:
        verdict = "undecided"
    return {"verdict": verdict, "threshold": threshold, "alarms": alarms, "beds": beds}
