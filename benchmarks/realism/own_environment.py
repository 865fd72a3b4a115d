"""Can our own coding agent be told from a real scaffold, with the same words and the same work?

    python benchmarks/realism/own_environment.py --corpus CORPUS --made sessions/made --out OUT
        [--half mending|held_out] [--strip-only] [--save]

CORPUS is what `assay realism import` made of the sessions of make_sessions.py; `--made` is where
that script noted which kind of job each session begins with. The sessions are split into halves by
a seeded draw within each kind. A half is re-created without a model (`control/first_message`,
`control/honest`: the session's own words and calls, in our environment) and compared with itself,
stripped and not. Prints one JSON line for each half. While the environment is mended, name
`--half mending`, and a new OUT after each change of tools; `--save` runs both and writes
benchmarks/results/.

The scaffold in these sessions is real and the model is not: this says nothing about tasks.
"""

import argparse
import asyncio
import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from assay.realism.compare import Comparison, compare
from assay.realism.corpus import Corpus, read_sessions, store, transcripts
from assay.realism.recreate import FIRST_MESSAGE, RUN, recreate
from assay.realism.stripping import NAMES

SEED = 29
HALVES = ("mending", "held_out")


def kinds(made: Path) -> dict[str, str]:
    """Which kind of job each session begins with, by its id."""
    found = {}
    for path in sorted(made.glob("*.json")):
        noted = json.loads(path.read_text())
        found |= {Path(name).stem: noted["first"] for name in noted["files"]}
    return found


def halves(sessions: list[str], kind_of: dict[str, str], rng: Random) -> dict[str, set[str]]:
    """The sessions in two halves, each kind of job divided as evenly as its number allows."""
    strata: dict[str, list[str]] = defaultdict(list)
    for name in sorted(sessions):
        strata[kind_of[name]].append(name)
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


def measure(corpus: str, out: Path, permutations: int, *, unstripped: bool) -> dict[str, Any]:
    """A half against its own re-creation."""
    if not (out / RUN / "results.parquet").exists():
        recreate(corpus, FIRST_MESSAGE, "control/honest", out, max_samples=2)
    deployment, evaluation = read_sessions(corpus), read_sessions(str(out / RUN))
    ways = {"stripped": NAMES, **({"unstripped": ()} if unstripped else {})}
    return {
        "pairs": len(evaluation),
        **{
            way: figures(compare(deployment, evaluation, steps=steps, permutations=permutations))
            for way, steps in ways.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--made", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--half", choices=HALVES, help="only this one")
    parser.add_argument("--strip-only", action="store_true", help="leave out what is not stripped")
    parser.add_argument("--permutations", type=int, default=499)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    options = parser.parse_args()
    sessions = [one.transcript_id for one in transcripts(options.corpus)]
    split = halves(sessions, kinds(options.made), Random(SEED))
    result: dict[str, Any] = {"date": datetime.now(UTC).date().isoformat(), "seed": SEED}
    for half in [options.half] if options.half else HALVES:
        corpus = part(options.corpus, split[half], options.out / half / "corpus")
        result[half] = measure(
            corpus,
            options.out / half / "recreated",
            options.permutations,
            unstripped=not options.strip_only,
        )
        print(json.dumps({half: result[half]}))
    if options.save:
        path = Path(__file__).parents[1] / "results" / "realism_own_environment.json"
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
