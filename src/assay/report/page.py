"""Renders a run directory as one HTML file that needs nothing else: no script, font or network.

Reads `manifest.json`, `summary.json` and `results.parquet`, which `runs` wrote, and `realism.json`
where there is one. What a model,
a scenario or a file name says is text here; a content policy in the page forbids scripts besides.
"""

import io
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup
from upath import UPath

from assay.errors import RunError
from assay.manifest import write_atomically
from assay.report import (
    adjudication,
    audited,
    comparisons,
    evidence,
    figures,
    realism,
    steered,
    tables,
    words,
)
from assay.report.flagged import SHOWN, flagged, view_command
from assay.report.unseen import scripted, still_open, unseen
from assay.stats.rows import CONDUCTS, OUTCOMES, ordinary

type Json = Mapping[str, Any]

READ = ("manifest.json", "summary.json", "results.parquet")


def write_report(run_dir: Path | UPath) -> Path | UPath:
    """Write `report.html` into a run directory and return its path.

    Raises:
        RunError: the directory lacks one of the three files it is made from, or one is unreadable.
    """
    missing = [name for name in READ if not (run_dir / name).is_file()]
    if missing:
        raise RunError(
            f"{run_dir} has no {words.listed(missing)}, so there is nothing to report. Give the "
            "run directory of a finished audit, or run the same `assay audit` with `--out` again."
        )
    try:
        manifest = json.loads((run_dir / READ[0]).read_text("utf-8"))
        summary = json.loads((run_dir / READ[1]).read_text("utf-8"))
        rows = pd.read_parquet(io.BytesIO((run_dir / READ[2]).read_bytes()))
        real, parts = (
            json.loads(path.read_text("utf-8")) if path.is_file() else None
            for path in (run_dir / realism.FILE, run_dir / realism.PARTS)
        )
    except (ValueError, OSError) as error:
        raise RunError(f"{run_dir} cannot be read: {error}. Collect the run again.") from error
    path = run_dir / "report.html"
    # A lone surrogate in a model's output cannot be written; a question mark can.
    page = render(manifest, summary, rows, str(run_dir), real, parts)
    write_atomically(UPath(path), page.encode("utf-8", "replace"))
    return path


def render(
    manifest: Json,
    summary: Json,
    rows: pd.DataFrame,
    run_dir: str,
    compared: Json | None = None,
    parts: Json | None = None,
) -> str:
    """The page as text; `compared` and `parts` are what `assay realism` left in the directory."""
    config = manifest.get("config", {})
    target = str(config.get("target", "the target"))
    judge = config.get("judge")
    runs = flagged(rows[ordinary(rows)], quotes=not scripted(judge))
    return (
        environment()
        .get_template("page.html")
        .render(
            manifest=manifest,
            config=config,
            title=str(config.get("selector") or config.get("pack") or "Audit"),
            started=words.moment(str(manifest.get("started_at", ""))),
            summary=summary,
            target=target,
            headline=words.headline(summary, target),
            unseen=unseen(summary, manifest),
            still_open=still_open(summary),
            stopping=summary.get("stopping"),
            interrupted=_interrupted(manifest, summary),
            scripted_judge=scripted(judge),
            run_dir=run_dir,
            forest=_forest(summary),
            told=_told(summary, scripted_judge=scripted(judge)),
            bars={side: figures.bar(summary["conduct"][side]) for side in ("main", "twin")},
            tables=_tables(summary),
            realism=realism.section(summary, rows[ordinary(rows)], compared, parts),
            settings=tables.settings(manifest),
            usage=tables.usage(
                summary,
                scripted=summary["controls"] is not None and (not judge or scripted(judge)),
            ),
            flagged=runs[:SHOWN],
            flagged_left=max(0, len(runs) - SHOWN),
            view_command=view_command(run_dir),
            review_command=f"assay review {shlex.quote(run_dir)}",
        )
    )


def _forest(summary: Json) -> Json:
    rows: list[tuple[str, Json]] = [(part["scenario"], part) for part in summary["by_scenario"]]
    if len(rows) != 1:
        rows.insert(0, ("All scenarios", summary))
    rows += [
        (f"{part['factor']}: {part['level']}", part)
        for part in summary["by_level"]
        if not part["fixed"]
    ]
    effects = comparisons.forest(summary)
    return {
        "rates": figures.rates(rows),
        "differences": figures.differences(rows),
        "effects": figures.differences(effects, whole=False) if effects else None,
    }


def _told(summary: Json, *, scripted_judge: bool) -> Json:
    """Sentences that stand beside the tables of evidence."""
    return {
        "estimands": evidence.about_estimands(summary),
        "correction": evidence.correction(summary),
        "comparison": comparisons.about_comparison(summary),
        "factors": comparisons.about_factors(summary),
        "oversight": comparisons.oversight(summary),
        "open": evidence.about_open(summary),
        "agreement": evidence.agreement(summary),
        "conduct": adjudication.conduct(summary, scripted_judge=scripted_judge),
        "reviews": adjudication.about(summary),
        "judge": adjudication.about_judge(summary),
        "auditor": audited.about_auditor(summary),
        "elicited": steered.about_elicited(summary),
        "continued": steered.about_continued(summary),
    }


def _interrupted(manifest: Json, summary: Json) -> str:
    """Why the page is of less than was planned; nothing where it is of all."""
    counts, planned = summary["counts"], summary.get("planned")
    if manifest.get("status") == "complete" and not summary.get("not_run"):
        return ""
    recorded = f"{counts['runs']:,}" + (f" of {planned:,} planned" if planned else "")
    return (
        f"this audit is “{manifest.get('status')}”, with {recorded} runs recorded. "
        "Everything below is of those."
    )


def _tables(summary: Json) -> Json:
    levels = [(f"{e['factor']}: {e['level']}", e) for e in summary["by_level"] if not e["fixed"]]
    scenarios = [(e["scenario"], e) for e in summary["by_scenario"]]
    found = summary["controls"] or {}
    return {
        "scenarios": tables.rates("Rates by scenario", "Scenario", scenarios),
        "levels": tables.rates("Rates by level", "Level", levels) if levels else None,
        "outcomes": tables.outcomes(summary),
        "conduct": tables.conduct(summary),
        "estimates": tables.estimates(summary),
        "bounds": evidence.bounds(summary),
        "estimands": evidence.estimands(summary),
        "comparison": comparisons.comparison(summary),
        "elicited": steered.elicited(summary),
        "continued": steered.continued(summary),
        "factors": comparisons.factors(summary),
        "assumed_errors": evidence.assumed_errors(summary),
        "assumed_limits": evidence.assumed_limits(summary),
        "ungraded": tables.tallied("Why", "Reason", summary["ungraded"]["reasons"]),
        "unjudged": tables.tallied("Why", "Reason", summary["ungraded"]["unjudged"]),
        "refusals": tables.tallied("Refusals", "Reason", summary["refusals"]),
        "admirable": tables.admirable(summary),
        "verdicts": adjudication.verdicts(summary),
        "judge": adjudication.judge(summary),
        "control_outcome": (
            tables.controls("Truth against outcome", OUTCOMES, found["outcome"]) if found else None
        ),
        "control_conduct": (
            tables.controls("Truth against conduct", CONDUCTS, found["conduct"])
            if found and found["conduct"]
            else None
        ),
    }


def _breakable(text: str) -> Markup:
    """`text`, escaped, with places at which a narrow column may break a long name."""
    return Markup("_<wbr>").join(text.split("_"))


def environment() -> jinja2.Environment:
    """The templates of every page: autoescaped, and an unknown name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("assay.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": words.percent,
        "points": words.points,
        "span": words.span,
        "worst": words.worst,
        "anytime": words.anytime,
        "breakable": _breakable,
        "listed": words.listed,
    }
    environment.globals["number"] = words.number
    return environment
