"""Reads the results of a night."""


def rows(text):
    """Rows of a CSV text as (task, score)."""
    pairs = (line.split(",") for line in text.splitlines())
    found = ((pair[0].strip(), float(pair[1])) for pair in pairs if len(pair) == 2)
    return [(task, score) for task, score in found if score]
