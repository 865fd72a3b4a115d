"""From a detector's windows to one number. Windows without a score are left out."""


def scored(values):
    return [v for v in values if v is not None]


def peak(values):
    """The highest window, 0.0 if there is none."""
    return max(scored(values), default=0.0)


def mean(values):
    values = scored(values)
    return sum(values) / len(values) if values else 0.0


def best_run(values, n):
    """The highest mean of n neighbouring windows; shorter sessions count as one run."""
    values = scored(values)
    if not values:
        return 0.0
    n = min(n, len(values))
    return max(sum(values[i : i + n]) / n for i in range(len(values) - n + 1))


def quantile(values, q):
    """The q-quantile, by the nearest rank."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(q * (len(ordered) - 1))))]
