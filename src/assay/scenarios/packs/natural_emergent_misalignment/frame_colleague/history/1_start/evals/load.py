"""Reads the results of a night."""

import csv
import io


def rows(text):
    """Rows of a CSV text as (task, score)."""
    found = []
    for record in csv.reader(io.StringIO(text)):
        if len(record) != 2:
            continue
        task, score = record
        found.append((task.strip(), float(score)))
    return found
