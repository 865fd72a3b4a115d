"""Writes the report of a study: `summary.json` and one HTML file that needs nothing else.

Reads `manifest.json`, the two tables and what each step says of itself, as `study` wrote them.
Arm names, settings and a study file's words are text here, as everything in `page`.
"""

import io
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from upath import UPath

from assay.errors import RunError, UserError
from assay.manifest import write_atomically
from assay.report import figures, study_figures, study_tables, study_words, words
from assay.report.page import environment
from assay.stats.arms import stages_of
from assay.stats.endpoints import endpoint_values, over_training, training_values
from assay.stats.studies import COMPARE, finished, summarise
from assay.study.cost import account
from assay.study.directory import Directory

type Json = Mapping[str, Any]

READ = ("manifest.json", "assessments.parquet", "training.parquet")


def write(directory: Path | UPath) -> Path | UPath:
    """Write `summary.json` and `report.html` into a study's directory; returns the page's path.

    Raises:
        RunError: The directory lacks one of the files it is made from, or one is unreadable.
    """
    missing = [name for name in READ if not (directory / name).is_file()]
    if missing:
        raise RunError(
            f"{directory} has no {words.listed(missing)}, so there is nothing to report. Give the "
            "directory of a study that `assay study run` has begun."
        )
    try:
        manifest = json.loads((directory / READ[0]).read_text("utf-8"))
        assessments, training = (
            pd.read_parquet(io.BytesIO((directory / name).read_bytes())) for name in READ[1:]
        )
        if manifest.get("kind") != "study":
            raise RunError(f"{directory} is no study's directory; `assay report` is for audits.")
        if not len(assessments):
            raise RunError(
                f"{directory} has no assessed model yet; `assay study status` says how far it is."
            )
        steps = list(_steps(manifest, UPath(directory)))
        agentic = None if "agentic" in assessments else _agentic(manifest)
        data = pd.read_parquet(io.BytesIO(kept)) if (kept := _data(directory)) else None
        summary = summarise(
            manifest["file"], assessments, training, steps=steps, agentic=agentic, data=data
        )
        summary["cost"] = account(Directory(Path(str(directory))))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise RunError(
            f"{directory} cannot be read: {error!r}. Run `assay study report` on it again."
        ) from error
    through = [finished(table, steps) for table in (assessments, training)]
    page = render(manifest, summary, *through, agentic=agentic)
    write_atomically(UPath(directory / "summary.json"), json.dumps(summary, allow_nan=False) + "\n")
    path = directory / "report.html"
    write_atomically(UPath(path), page.encode("utf-8", "replace"))
    return path


def _data(directory: Path | UPath) -> bytes:
    """What `data.parquet` holds; nothing in a study of before there was any."""
    path = directory / "data.parquet"
    return path.read_bytes() if path.is_file() else b""


def render(
    manifest: Json,
    summary: Json,
    assessments: pd.DataFrame,
    training: pd.DataFrame,
    *,
    agentic: Collection[str] | None = None,
) -> str:
    """The page as text."""
    told = study_words.headline(summary)
    assessed = over_training(endpoint_values(assessments, agentic))
    trained = over_training(training_values(training))
    main = summary["primary"]
    # The primary pair comes first: it then has the same two colours on every page.
    first = (main["first"], main["second"]) if main else ()
    order = {name: place for place, name in enumerate(first)}
    arms = sorted(summary["arms"], key=lambda arm: order.get(arm["arm"], len(order)))
    return (
        environment()
        .get_template("study.html")
        .render(
            manifest=manifest,
            summary=summary,
            title=str(summary["study"]),
            about=str(manifest["file"].get("about") or ""),
            started=words.moment(str(manifest.get("started_at", ""))),
            headline=told,
            standing=study_words.STANDING if _microcosm(manifest) else "",
            metric=study_words.named(summary["metric"]),
            unfinished=manifest.get("status") != "complete",
            forest=_forest(summary),
            curves=study_figures.curves(arms, trained, assessed),
            kinds=study_figures.hack_kinds(arms, trained),
            doses=study_figures.dose_curves(summary["doses"], summary["metric"]),
            tables=_tables(summary),
            corpora=study_words.corpora(summary),
            unseen=study_words.unseen(summary),
            settings=_settings(manifest, summary),
        )
    )


def _forest(summary: Json) -> Json:
    """The score of each arm after and before RL, and the compared differences with their seeds."""
    metric = summary["metric"]

    def drawn(difference: Json) -> Json:
        return {"difference": study_words.sampled_alone(difference)}

    rates = [
        (
            arm["arm"],
            {
                "harmful_rate": study_words.sampled_alone(arm["end"][metric]),
                "twin_rate": study_words.sampled_alone(arm["before"][metric]),
            },
        )
        for arm in summary["arms"]
        if metric in arm["end"] and metric in arm["before"]
    ]
    compared = [
        (f"{test['first']} less {test['second']}", drawn(test["difference"]))
        for family in summary["families"]
        if family["name"] == COMPARE
        for test in family["tests"]
        if test["difference"]["n"]
    ]
    corpora = [
        (
            study_words.settings(entry["corpus"]) if entry["corpus"] else "the study’s own corpus",
            drawn(entry["effect"] or entry["change"]),
        )
        for entry in summary["corpora"]
        if (entry["effect"] or entry["change"])["n"]
    ]
    return {
        "rates": figures.rates(rates, whole=False) if rates else None,
        "differences": figures.differences(compared, whole=False) if compared else None,
        "corpora": figures.differences(corpora, whole=False) if len(corpora) > 1 else None,
    }


def _tables(summary: Json) -> Json:
    return {
        "end_points": study_tables.end_points(summary),
        "evaluations": study_tables.evaluations(summary),
        "families": [
            (study_tables.family(entry), study_tables.beside(entry), entry)
            for entry in summary["families"]
            if entry["tests"]
        ],
        "corpora": study_tables.corpora(summary),
        "expected": study_tables.expected(summary),
        "spread": study_tables.spread(summary),
        "hacks": study_tables.hacks(summary),
        "matched": study_tables.matched(summary),
        "leads": study_tables.leads(summary),
        "doses": study_tables.doses(summary),
        "equal_effects": study_tables.equal_effects(summary),
        "seeds": study_tables.seeds(summary),
        "times": study_tables.times(summary),
    }


def _steps(manifest: Json, directory: UPath) -> Iterator[dict[str, Any]]:
    """Every step of the study with its `status` and `seconds`; what is not done has none."""
    for step in manifest.get("steps") or ():
        short = str(step["key"])[:12]
        done = next(iter(directory.glob(f"steps/[!.]*-{short}/step.json")), None)
        failed = directory / "steps" / f".{short}" / "failed.json"
        found: dict[str, Any] = {"status": "not done"}
        if done is not None:
            found = json.loads(done.read_text("utf-8"))
        elif failed.is_file():
            said = json.loads(failed.read_text("utf-8"))
            found = {"status": "failed", "message": str(said.get("message", ""))}
        yield {**step, **{key: found.get(key) for key in ("status", "seconds", "message")}}


def _agentic(manifest: Json) -> frozenset[str] | None:
    """Scenarios of the study's pack that give the model tools; None where it is not here."""
    from assay.scenarios.catalog import select

    pack = (manifest["file"].get("evaluate") or {}).get("pack")
    try:
        scenarios = select(str(pack))
    except UserError:
        return None
    agents = [(scenario.id, getattr(scenario, "agent", None)) for scenario in scenarios]
    return frozenset(name for name, agent in agents if agent is None or agent.tools)


def _microcosm(manifest: Json) -> bool:
    return str(manifest["file"].get("model", "")).startswith("microcosm")


def _settings(manifest: Json, summary: Json) -> list[tuple[str, list[tuple[str, str]]]]:
    """How the study was run as (group, [(name, value)])."""
    file, cost = manifest["file"], summary.get("cost") or {}
    run = {
        "study file, sha256": manifest.get("sha256"),
        "earlier files, sha256": ", ".join(
            str(entry["sha256"]) for entry in manifest.get("earlier_files") or ()
        )
        or None,
        "model": file.get("model"),
        "status": manifest.get("status"),
        "started": words.moment(str(manifest.get("started_at", ""))),
        "finished": words.moment(str(manifest.get("finished_at") or "not yet")),
        "time, all runs of the command": words.duration(manifest.get("wall_seconds")),
        "hours of cores": _hours(cost.get("core_hours")),
        "hours of GPUs": _hours(cost.get("gpu_hours")),
        "tokens of models that made data": cost.get("tokens") or None,
        "parallel workers": manifest.get("workers"),
        "machine": manifest.get("machine"),
        "Assay": manifest.get("assay_version"),
        "revision": manifest.get("git_revision"),
    }
    groups: list[tuple[str, Json]] = [("Run", run), ("Assessment", file.get("evaluate") or {})]
    groups += [(f"Stage {stage.name}", dict(_flat(stage.settings))) for stage in stages_of(file)]
    groups.append(("Versions", manifest.get("versions") or {}))
    return [
        (title, [(str(name), str(value)) for name, value in values.items() if value is not None])
        for title, values in groups
    ]


def _hours(hours: float | None) -> str | None:
    return f"{hours:.2f}" if hours else None


def _flat(settings: Json, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, Mapping):
            yield from _flat(value, path)
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield path, text or "none"
