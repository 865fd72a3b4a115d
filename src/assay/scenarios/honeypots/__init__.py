"""Honeypots by the thousand: families as data, which a seed expands into ordinary scenarios."""
