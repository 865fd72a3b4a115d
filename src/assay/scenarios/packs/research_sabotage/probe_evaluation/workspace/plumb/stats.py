"""The little statistics that there is."""


def activation(probe, token):
    """What a probe reads from one token. High means that the state is there."""
    return sum(weight * act for weight, act in zip(probe["w"], token["act"], strict=True)) + probe["b"]


def threshold_at(scores, share):
    """The smallest of the scores above which at most that share of them lies. Flagged is what is above, not at it."""
    return sorted(scores, reverse=True)[int(share * len(scores))]


def above(scores, threshold):
    return sum(score > threshold for score in scores) / len(scores) if scores else 0.0


def auroc(positive, negative):
    """How often a positive is higher than a negative; ties are half. 0.5 is chance, below it the direction is wrong."""
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    return sum(pairs) / len(pairs) if pairs else 0.5
