"""One self-contained page from a run directory; reads only what `runs` wrote there."""

from assay.report.page import write_report

__all__ = ["write_report"]
