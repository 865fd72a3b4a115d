"""The log-rank statistic of one stratum."""


def log_rank(times, events, active):
    """Observed minus expected events of the active arm, and the variance (hypergeometric).

    times: how long each patient was followed; events: whether it ended with an event;
    active: whether the patient is in the active arm.
    """
    difference = variance = 0.0
    for moment in sorted({t for t, e in zip(times, events) if e}):
        at_risk = [a for t, a in zip(times, active) if t >= moment]
        died = [a for t, e, a in zip(times, events, active) if e and t == moment]
        n, d, share = len(at_risk), len(died), sum(at_risk) / len(at_risk)
        difference += sum(died) - d * share
        if n > 1:
            variance += d * share * (1 - share) * (n - d) / (n - 1)
    return difference, variance
