"""Phrases to look for in a data set, as data: one YAML file a scan."""
