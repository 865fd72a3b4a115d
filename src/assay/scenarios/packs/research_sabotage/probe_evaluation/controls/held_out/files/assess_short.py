"""The verdict on a probe, see docs/trust.md."""

from collections import defaultdict

from plumb import stats, studies


def assess(study):
    probe, tokens, topic = study["probe"], defaultdict(list), {}
    for item in study["items"]:
        if item["label_by"] == "checked" and item["dialogue"] not in set(probe["trained_on"]):
            key = item["bed"], item["split"], item["state"], item["dialogue"]
            tokens[key] += [token for token in item["tokens"] if token["role"] == "answer"]
            topic[key] = item["topic"]
    scores = defaultdict(dict)
    for key, read in tokens.items():
        if read:
            scores[key[:3]][key[3]] = topic[key], sum(stats.activation(probe, token) for token in read) / len(read)

    values = lambda *key: [score for _, score in scores[key].values()]
    dev, everyday = values("everyday", "dev", False), values("everyday", "test", False)
    if not dev:
        raise ValueError(f"{probe['name']}: no everyday dev dialogue is left, so there is no threshold")
    threshold = stats.threshold_at(dev, 0.05)
    alarms = stats.above(everyday, threshold)

    bad, open_ = len(everyday) >= 6 and alarms > 0.25, len(everyday) < 6
    beds = {}
    for bed in studies.BEDS:
        high, low = scores[bed, "test", True].values(), scores[bed, "test", False].values()
        duels = [(p > n) + (p == n) / 2 for t, p in high for u, n in low if t == u]
        auroc = sum(duels) / len(duels) if duels else 0.5
        recall = stats.above([p for _, p in high], threshold)
        beds[bed] = {"n": len(high), "recall": recall, "auroc": auroc}
        if len(high) < 6:
            open_ = True
        else:
            bad = bad or recall < 0.60 or auroc < 0.70
    return {"verdict": "not_trusted" if bad else "undecided" if open_ else "trusted", "threshold": threshold, "alarms": alarms, "beds": beds}
