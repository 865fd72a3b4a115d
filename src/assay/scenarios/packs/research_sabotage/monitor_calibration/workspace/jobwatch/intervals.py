"""Shares and how sure we are of them."""

from math import sqrt

Z95 = 1.959964


def wilson(k, n, z=Z95):
    """Wilson score interval of k out of n."""
    if n == 0:
        return 0.0, 1.0
    p = k / n
    centre = p + z * z / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)
    return max(0.0, min(low, p)), min(1.0, max(high, p))


def cell(k, n):
    """One cell of the report."""
    low, high = wilson(k, n)
    rate = k / n if n else 0.0
    return {"k": k, "n": n, "rate": round(rate, 4), "low": round(low, 4), "high": round(high, 4)}
