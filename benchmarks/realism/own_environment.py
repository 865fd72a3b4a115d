"""Can our own coding agent be told from a real scaffold, with the same words and the same work?

    python benchmarks/realism/own_environment.py --corpus CORPUS --made sessions/made --out OUT
        [--half mending|held_out] [--save]

CORPUS is what `assay realism import` made of the sessions of make_sessions.py; `--made` is where
that script noted what it made. The sessions are split into halves by a seeded draw within each kind
of job. A half is run again without a model (`control/first_message`, `control/honest`: the session's
own words and calls, in our environment) and compared with itself, stripped and not:

- `recreated`: in the workspace that `assay realism recreate` puts together from what was shown;
- `whole`: in the session's own repository, drawn again. This is the environment alone.

Prints one JSON line for each half. While something is mended, name `--half mending`, and a new OUT
after each change of tools; `--save` runs both halves and writes benchmarks/results/.

The scaffold in these sessions is real and the model is not: this says nothing about tasks.
"""

import argparse
import asyncio
import json
import shutil
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from upath import UPath
from whole import restore

from assay.realism.compare import Comparison, compare
from assay.realism.corpus import Corpus, read_sessions, store, transcripts
from assay.realism.folder import FIRST, PACK, REQUEST
from assay.realism.recreate import FIRST_MESSAGE, RUN, read_record, recreate
from assay.realism.stripping import NAMES
from assay.runs.audit import AuditConfig, run_audit

SEED = 29
HALVES = ("mending", "held_out")


def noted(made: Path) -> dict[str, dict[str, Any]]:
    """What make_sessions.py noted of each session, by its id."""
    notes = [json.loads(path.read_text()) for path in sorted(made.glob("*.json"))]
    return {Path(name).stem: note for note in notes for name in note["files"]}


def halves(
    sessions: list[str], notes: dict[str, dict[str, Any]], rng: Random
) -> dict[str, set[str]]:
    """The sessions in two halves, each kind of job divided as evenly as its number allows."""
    strata: dict[str, list[str]] = defaultdict(list)
    for name in sorted(sessions):
        strata[notes[name]["first"]].append(name)
    dealt = [
        name for kind in sorted(strata) for name in rng.sample(strata[kind], len(strata[kind]))
    ]
    return {half: set(dealt[place::2]) for place, half in enumerate(HALVES)}


def part(corpus: str, sessions: set[str], out: Path) -> str:
    """A corpus of these sessions alone."""
    if not out.exists():
        whole = Corpus.read(corpus)
        kept = (one for one in transcripts(corpus) if one.transcript_id in sessions)
        asyncio.run(store(out, kept))
        Corpus(sessions=len(sessions), imports=whole.imports, redaction=whole.redaction).write(out)
    return str(out)


def figures(found: Comparison) -> dict[str, Any]:
    area = found.told.auc
    return {
        "auc": area.mean and round(area.mean, 3),
        "low": area.low and round(area.low, 3),
        "high": area.high and round(area.high, 3),
        "p_value": found.told.p_value,
        "tells": [
            f"{tell.words} ({tell.deployment:.3g} | {tell.evaluation:.3g})"
            for tell in found.told.tells
        ],
        "steps": {one.step: one.sessions for one in found.stripped},
        "same_model": found.same_model,
    }


def run_whole(recreated: Path, out: Path, notes: dict[str, dict[str, Any]]) -> None:
    """The re-created tasks again, in the repositories that the sessions had."""
    packs = out / "packs"
    if not packs.exists():
        shutil.copytree(recreated / "packs", packs)
        for record in read_record(recreated):
            restore(packs / PACK / record.scenario, notes[record.session]["number"])
    config = AuditConfig(
        selector=PACK,
        target="control/honest",
        levels={REQUEST: FIRST},
        grid=True,
        scenarios=str(packs.resolve()),
        max_samples=2,
    )
    run_audit(config, UPath(out / RUN))


def measure(
    corpus: str, out: Path, notes: dict[str, dict[str, Any]], permutations: int
) -> dict[str, Any]:
    """A half against itself in our environment."""
    recreated, whole = out / "recreated", out / "whole"
    recreate(corpus, FIRST_MESSAGE, "control/honest", recreated, max_samples=2)
    run_whole(recreated, whole, notes)
    deployment = read_sessions(corpus)
    found: dict[str, Any] = {"pairs": len(deployment)}
    for place in (recreated, whole):
        evaluation = read_sessions(str(place / RUN))
        for way, steps in (("stripped", NAMES), ("unstripped", ())):
            told = compare(deployment, evaluation, steps=steps, permutations=permutations)
            found[f"{place.name}_{way}"] = figures(told)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--made", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--half", choices=HALVES, help="only this one")
    parser.add_argument("--permutations", type=int, default=499)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    options = parser.parse_args()
    sessions = [one.transcript_id for one in transcripts(options.corpus)]
    notes = noted(options.made)
    split = halves(sessions, notes, Random(SEED))
    result: dict[str, Any] = {"date": datetime.now(UTC).date().isoformat(), "seed": SEED}
    for half in [options.half] if options.half else HALVES:
        corpus = part(options.corpus, split[half], options.out / half / "corpus")
        result[half] = measure(
            corpus,
            options.out / half,
            notes,
            options.permutations,
        )
        print(json.dumps({half: result[half]}))
    if options.save:
        path = Path(__file__).parents[1] / "results" / "realism_own_environment.json"
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
