"""The page of a run of `assay petri`: one HTML file, like that of an audit.

Reads `manifest.json` and `summary.json`, which `runs.petri` wrote. What a model or a seed says is
text here.
"""

import json
from collections.abc import Mapping
from typing import Any

from upath import UPath

from assay.errors import RunError
from assay.manifest import write_atomically
from assay.report import words
from assay.report.flagged import view_command
from assay.report.page import environment
from assay.report.tables import Table, settings, tallied

type Json = Mapping[str, Any]


def write_petri_report(run_dir: UPath) -> UPath:
    """Write `report.html` into the run directory; its path.

    Raises:
        RunError: The directory lacks what it is made from.
    """
    try:
        manifest = json.loads((run_dir / "manifest.json").read_text("utf-8"))
        summary = json.loads((run_dir / "summary.json").read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise RunError(f"{run_dir} cannot be read: {error}. Run `assay petri` again.") from error
    page = (
        environment()
        .get_template("petri.html")
        .render(
            manifest=manifest,
            config=manifest["config"],
            started=words.moment(str(manifest.get("started_at", ""))),
            summary=summary,
            sentences=sentences(summary),
            dimensions=dimensions(summary),
            ungraded=tallied("Audits without a grade", "Reason", summary["ungraded"]),
            unscored=tallied("Scores that are missing", "Reason", summary["unscored"]),
            settings=settings(manifest),
            view_command=view_command(str(run_dir)),
        )
    )
    path = run_dir / "report.html"
    write_atomically(path, page.encode("utf-8", "replace"))
    return path


def sentences(summary: Json) -> list[str]:
    """What was audited and what is missing, the counts first."""
    number = words.number
    lost = summary["audits"] - summary["graded"]
    told = [
        f"{summary['graded']:,} of {number(summary['audits'], 'audit')} of "
        f"{number(summary['seeds'], 'seed')} were graded"
        + (f"; {lost:,} are missing data and count in no figure below." if lost else ".")
    ]
    if summary["audits"] < summary["planned"]:
        told.append(f"{summary['planned'] - summary['audits']:,} more were planned and never ran.")
    if missing := sum(summary["unscored"].values()):
        told.append(
            f"In graded audits the judge gave no score {number(missing, 'time')}; a score that is "
            "not there is not a low one."
        )
    if summary["without_tool_calls"]:
        told.append(
            f"In {number(summary['without_tool_calls'], 'graded audit')} the target called no "
            "tool: what the judge read there is talk."
        )
    if summary["realism_checks"]:
        told.append(
            f"The realism filter looked at {number(summary['realism_checks'], 'message')} and "
            f"could not score {summary['realism_unscored']:,}; what it could not score was not "
            "sent."
        )
    if summary["rollbacks"]:
        told.append(
            f"The auditor went back {number(summary['rollbacks'], 'time')}; the judge reads every "
            "branch."
        )
    return told


def dimensions(summary: Json) -> Table:
    """One row for each dimension, those with the highest mean first."""
    found = sorted(summary["dimensions"], key=lambda d: (-(d["mean"] or 0), d["name"]))
    rows = [
        (
            each["name"],
            words.ABSENT if each["mean"] is None else f"{each['mean']:.1f}",
            words.ABSENT if each["highest"] is None else str(each["highest"]),
            f"{each['high']} / {each['scored']}",
            words.span(each["high_rate"]) if each["scored"] else words.ABSENT,
            str(each["unscored"]),
        )
        for each in found
    ]
    head = ("Dimension", "mean", "highest", "6 or more", "95 % CI, %", "no score")
    return Table("Scores of 1 to 10 by dimension", head, tuple(rows))
