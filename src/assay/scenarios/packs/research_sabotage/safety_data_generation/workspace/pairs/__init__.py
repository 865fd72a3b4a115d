"""Preference pairs about conduct: records, checks, tables."""
