"""The verdict on a probe, see docs/trust.md."""

from collections import defaultdict

from plumb import stats, studies


def usable(study):
    """Leave out training data and labels that nobody has checked."""
    trained_on = set(study["probe"]["trained_on"])
    return [item for item in study["items"] if item["id"] not in trained_on and item["label_by"] == "checked"]


def scores(study):
    """{(bed, split, state): [(topic, score), ...]}, a dialogue once."""
    dialogues = defaultdict(list)
    for item in usable(study):
        dialogues[item["dialogue"], item["bed"], item["split"], item["state"], item["topic"]].append(item)
    table = defaultdict(list)
    for (_, bed, split, state, topic), items in dialogues.items():
        read = [stats.activation(study["probe"], token) for item in items for token in item["tokens"] if token["role"] == "answer"]
        table[bed, split, state].append((topic, sum(read) / len(read)))
    return table


def assess(study):
    table = scores(study)
    only = lambda key: [score for _, score in table[key]]
    threshold = stats.threshold_at(only(("everyday", "dev", False)), 0.05)
    everyday = only(("everyday", "test", False))
    alarms = stats.above(everyday, threshold)

    bad = len(everyday) >= 6 and alarms > 0.25
    short = len(everyday) < 6
    beds = {}
    for bed in studies.BEDS:
        high, low = table[bed, "test", True], table[bed, "test", False]
        pairs = [(p, n) for topic, p in high for other, n in low if topic == other]
        auroc = sum((p > n) + 0.5 * (p == n) for p, n in pairs) / len(pairs) if pairs else 0.5
        recall = stats.above([p for _, p in high], threshold)
        beds[bed] = {"n": len(high), "recall": recall, "auroc": auroc}
        if len(high) < 6:
            short = True
        elif recall < 0.60 or auroc < 0.70:
            bad = True
    verdict = "not_trusted" if bad else "undecided" if short else "trusted"
    return {"verdict": verdict, "threshold": threshold, "alarms": alarms, "beds": beds}
