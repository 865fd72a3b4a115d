"""Flags unattended jobs from the scores of four detectors."""

DETECTORS = ("net", "load", "proc", "cmd")
