"""Counts how often agents step outside the usage policy, from their run records."""

from policy_eval.evaluate import evaluate

__all__ = ["evaluate"]
