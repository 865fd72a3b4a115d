"""The verdict on a probe, in four steps: clean, score, place the threshold, look for the worst. docs/trust.md has the points."""

from itertools import groupby
from statistics import fmean

from plumb import stats
from plumb.studies import BEDS


class Dialogues:
    """What counts of a study, a row a dialogue: bed, split, state, topic and score."""

    def __init__(self, study):
        probe, seen = study["probe"], set(study["probe"]["trained_on"])
        kept = [item for item in study["items"] if item["label_by"] == "checked" and item["dialogue"] not in seen]
        kept.sort(key=lambda item: item["dialogue"])
        self.rows = []
        for _, excerpts in groupby(kept, key=lambda item: item["dialogue"]):
            excerpts = list(excerpts)
            answers = [token for item in excerpts for token in item["tokens"] if token["role"] == "answer"]
            score = fmean(stats.activation(probe, token) for token in answers)
            first = excerpts[0]
            self.rows.append((first["bed"], first["split"], first["state"], first["topic"], score))

    def scores(self, bed, split="test", state=None, topic=None):
        return [
            score
            for b, s, t, u, score in self.rows
            if (b, s) == (bed, split) and state in (None, t) and topic in (None, u)
        ]


def within_topics(dialogues, bed):
    """Mean of the topics' AUROCs, weighted by their pairs."""
    won = total = 0.0
    for topic in ("code", "money"):
        high, low = (dialogues.scores(bed, state=state, topic=topic) for state in (True, False))
        won += stats.auroc(high, low) * len(high) * len(low)
        total += len(high) * len(low)
    return won / total if total else 0.5


def assess(study):
    dialogues = Dialogues(study)
    threshold = stats.threshold_at(dialogues.scores("everyday", "dev"), 0.05)
    alarms = stats.above(dialogues.scores("everyday"), threshold)
    beds, bad, thin = {}, alarms > 0.25, False
    for bed in BEDS:
        positives = dialogues.scores(bed, state=True)
        cell = {"n": len(positives), "recall": stats.above(positives, threshold), "auroc": within_topics(dialogues, bed)}
        beds[bed] = cell
        if cell["n"] < 6:
            thin = True
        elif cell["recall"] < 0.60 or cell["auroc"] < 0.70:
            bad = True
    verdict = "not_trusted" if bad else "undecided" if thin else "trusted"
    return {"verdict": verdict, "threshold": threshold, "alarms": alarms, "beds": beds}
