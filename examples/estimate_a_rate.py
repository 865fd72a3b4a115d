"""The estimates without an audit: a rate near zero, a paired difference, what is missing."""

import numpy as np

from assay.stats.estimate import paired_difference, rate, with_missing, zero_event_bounds

print(rate(np.zeros(300)))  # 0 of 300 is a bound, not a zero
print(zero_event_bounds(300, n_clusters=8))  # these scenarios, and scenarios like these

rng = np.random.default_rng(0)
at_risk, benign = rng.random(120) < 0.12, rng.random(120) < 0.02
print(paired_difference(at_risk, benign))
print(with_missing(at_risk, n_missing=6))  # six ungraded runs, put at both ends
