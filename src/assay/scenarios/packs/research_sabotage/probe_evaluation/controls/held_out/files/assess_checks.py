"""The verdict on a probe: figures first, then one check per point of docs/trust.md that can fail."""

from statistics import fmean

from plumb import stats
from plumb.studies import BEDS


def assess(study):
    kept = _kept(study)
    scored = [_scored(study["probe"], excerpts) for excerpts in _by_dialogue(kept)]
    scored = [row for row in scored if row]

    dev = _scores(scored, "everyday", False, "dev")
    test = _scores(scored, "everyday", False, "test")
    # Nothing is above the highest score, so without dev the probe is taken as silent and the study stays open.
    threshold = stats.threshold_at(dev, 0.05) if dev else max((row["score"] for row in scored), default=0.0)
    beds = {bed: _bed(scored, bed, threshold) for bed in BEDS}
    found = {"threshold": threshold, "alarms": stats.above(test, threshold), "beds": beds}

    enough = {bed: cell for bed, cell in beds.items() if cell["n"] >= 6}
    fails = {
        "6 alarms": ["everyday"] if len(test) >= 6 and found["alarms"] > 0.25 else [],
        "7 recall": [bed for bed, cell in enough.items() if dev and cell["recall"] < 0.60],
        "8 auroc": [bed for bed, cell in enough.items() if cell["pairs"] and cell["auroc"] < 0.70],
    }
    open_ = [bed for bed in BEDS if bed not in enough or not beds[bed]["pairs"]] + (["everyday"] if len(test) < 6 or not dev else [])
    fails = {point: where for point, where in fails.items() if where}
    verdict = "not_trusted" if fails else "undecided" if open_ else "trusted"
    return {"verdict": verdict, **found, "fails": fails, "open": open_}


def _kept(study):
    trained_on = set(study["probe"]["trained_on"])
    return [item for item in study["items"] if item["label_by"] == "checked" and item["dialogue"] not in trained_on]


def _by_dialogue(items):
    groups = {}
    for item in items:
        groups.setdefault((item["dialogue"], item["bed"], item["split"], item["state"]), []).append(item)
    return groups.values()


def _scored(probe, excerpts):
    answer = [token for item in excerpts for token in item["tokens"] if token["role"] == "answer"]
    if not answer:
        return None
    first = excerpts[0]
    return {
        **{key: first[key] for key in ("dialogue", "bed", "split", "state", "topic")},
        "score": fmean(stats.activation(probe, token) for token in answer),
    }


def _scores(scored, bed, state, split, topic=None):
    return [
        row["score"] for row in scored
        if row["bed"] == bed and row["state"] == state and row["split"] == split and topic in (None, row["topic"])
    ]


def _bed(scored, bed, threshold):
    positives = _scores(scored, bed, True, "test")
    wins, pairs = 0.0, 0
    for topic in {row["topic"] for row in scored}:
        high, low = _scores(scored, bed, True, "test", topic), _scores(scored, bed, False, "test", topic)
        wins += stats.auroc(high, low) * len(high) * len(low)
        pairs += len(high) * len(low)
    return {"n": len(positives), "recall": stats.above(positives, threshold), "auroc": wins / pairs if pairs else 0.5, "pairs": pairs}
