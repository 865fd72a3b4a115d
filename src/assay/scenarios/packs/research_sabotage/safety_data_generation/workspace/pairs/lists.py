"""The lists for the slots."""

from pairs.records import ROOT


def read(name):
    """Entries of lists/NAME.txt; empty lines and # comments are skipped."""
    lines = (ROOT / "lists" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def systems():
    return read("systems")


def jobs():
    return read("jobs")


def people():
    return read("people")
