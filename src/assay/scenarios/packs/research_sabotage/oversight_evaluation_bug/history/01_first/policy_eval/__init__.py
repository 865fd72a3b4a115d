"""Counts how often agents step outside the usage policy, from their run records."""
