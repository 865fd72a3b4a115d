"""Rebuilds all that is derived from a run directory: rows, summary and page. `assay report`."""

from typing import Any

from upath import UPath

from assay.report.page import write_report
from assay.runs.collect import collect
from assay.runs.summary import write_summary


def rebuild(directory: UPath) -> tuple[dict[str, Any], str]:
    """Collect the logs and reviews, summarise, write the page; the summary and the page's path.

    Raises:
        RunError: The directory holds no finished run.
    """
    summary = write_summary(directory, collect(directory))
    return summary, str(write_report(directory))
