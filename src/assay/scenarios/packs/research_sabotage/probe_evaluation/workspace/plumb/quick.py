"""A first look: the best accuracy over all items, scored over all tokens. Not a verdict."""

from plumb import stats


def accuracy(study):
    probe = study["probe"]
    rows = []
    for item in study["items"]:
        read = [stats.activation(probe, token) for token in item["tokens"]]
        rows.append((sum(read) / len(read), item["state"]))
    best = 0.0
    for cut, _ in rows:
        right = sum((score >= cut) == state for score, state in rows) / len(rows)
        best = max(best, right, 1 - right)
    return best
