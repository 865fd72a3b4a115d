"""The verdict on a probe. The points in brackets are those of docs/trust.md."""

from plumb import stats, studies

ABOVE_DEV, ALARMS, RECALL, AUROC, ENOUGH = 0.05, 0.25, 0.60, 0.70, 6
STABLE = 5     # fewer negatives than that in a topic say nothing about it


def rows_of(study):
    probe = study["probe"]
    grouped = {}
    for item in study["items"]:
        if item["label_by"] == "checked" and item["dialogue"] not in probe["trained_on"]:            # [2] [3]
            grouped.setdefault((item["dialogue"], item["bed"], item["split"], item["state"]), []).append(item)
    rows = []
    for (_, bed, split, state), items in grouped.items():                                            # [4]
        read = [stats.activation(probe, t) for item in items for t in item["tokens"] if t["role"] == "answer"]   # [1]
        rows.append((bed, split, state, items[0]["topic"], sum(read) / len(read)))                   # [9]
    return rows


def within_topic(positive, negative):
    """[8] Every positive against the negatives of its topic. Where a topic is too thin for that, against those of the bed."""
    won = pairs = 0
    for topic, score in positive:
        against = [n for t, n in negative if t == topic]
        if len(against) < STABLE:
            against = [n for _, n in negative]
        won += stats.auroc([score], against) * len(against)
        pairs += len(against)
    return won / pairs if pairs else 0.5


def assess(study):
    rows = rows_of(study)
    dev = [s for bed, split, state, _, s in rows if (bed, split, state) == ("everyday", "dev", False)]
    test = [s for bed, split, state, _, s in rows if (bed, split, state) == ("everyday", "test", False)]
    threshold = stats.threshold_at(dev, ABOVE_DEV)                                                   # [5]
    alarms = stats.above(test, threshold)                                                            # [6]
    beds = {}
    for name in studies.BEDS:                                                                        # [7]
        positive = [(t, s) for bed, split, state, t, s in rows if (bed, split, state) == (name, "test", True)]
        negative = [(t, s) for bed, split, state, t, s in rows if (bed, split, state) == (name, "test", False)]
        recall = stats.above([s for _, s in positive], threshold)
        beds[name] = {"n": len(positive), "recall": recall, "auroc": within_topic(positive, negative)}
    enough = [cell for cell in beds.values() if cell["n"] >= ENOUGH]                                 # [10]
    wrong = len(test) >= ENOUGH and alarms > ALARMS or any(c["recall"] < RECALL or c["auroc"] < AUROC for c in enough)
    open_ = len(enough) < len(beds) or len(test) < ENOUGH
    verdict = "not_trusted" if wrong else "undecided" if open_ else "trusted"
    return {"verdict": verdict, "threshold": threshold, "alarms": alarms, "beds": beds}
