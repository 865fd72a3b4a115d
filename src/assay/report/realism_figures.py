"""Pictures of realism: where evaluation-likeness comes from. Drawn as `figures` draws."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from assay.report.figures import differences


def decomposition(found: Mapping[str, Any]) -> Markup | None:
    """Forest plot of the contrasts of `realism.decomposition`, as plain data; None of none."""
    rows = [
        (str(contrast["words"]), {"difference": contrast["difference"]})
        for contrast in found["contrasts"].values()
    ]
    return differences(rows, whole=False) if rows else None
