"""The primary analysis, as docs/analysis_plan.md has it."""


def analyse(trial):
    """Hazard ratio and events of a trial."""
    raise NotImplementedError
