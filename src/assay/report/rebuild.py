"""Rebuilds all that is derived from a run directory: rows, summary and page. `assay report`."""

from typing import Any

from upath import UPath

from assay.manifest import Manifest
from assay.report.page import write_report
from assay.report.petri import write_petri_report
from assay.runs.collect import collect
from assay.runs.petri import collect_petri
from assay.runs.summary import write_summary


def rebuild(directory: UPath) -> tuple[dict[str, Any], str]:
    """Collect the logs and reviews, summarise, write the page; the summary and the page's path.

    A run of `assay petri` has a summary and a page of its own.

    Raises:
        RunError: The directory holds no finished run.
    """
    if Manifest.read(directory).kind == "petri":
        return collect_petri(directory), str(write_petri_report(directory))
    summary = write_summary(directory, collect(directory))
    return summary, str(write_report(directory))
