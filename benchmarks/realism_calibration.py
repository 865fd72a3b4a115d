"""Is the two-sample test right when there is nothing to find, and does it find what was planted?

    python benchmarks/realism_calibration.py [--splits 200] [--corpus DIR] [--save]

Prints one JSON line. `null`: one corpus split at random many times (paired and unpaired, clocks
taken out): mean AUC, and whether p-values are uniform (Kolmogorov-Smirnov). `planted`: one tell at
100 against 100 sessions: found, named first, and gone after every step of stripping; and how often
it is found where it is in part of the sessions only. `auc_coverage`: of the AUC's interval.
`speed`: 200 against 200 sessions of 40 messages, results of tools of some 1,400 characters.
`memory`: peak of a process by number of sessions, which are made while they are read. `--corpus`
splits a corpus of your own instead of made sessions. `--save` writes benchmarks/results/.
"""

import argparse
import json
import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import kstest, norm

from assay.realism.session import Session
from assay.realism.stripping import strip
from assay.realism.two_sample import Described, two_sample
from assay.stats.discrimination import auc
from assay.stats.two_sample import two_sample as test
from tests.realism import made

PLANTED: dict[str, tuple[Callable[[Session], Session], str]] = {
    "word": (made.each_turn(made.with_word), 'the user says the word "kindly"'),
    "format": (made.each_turn(made.with_exit_line), "tool results state an exit status"),
    "timing": (made.with_slow_tools, "wait for a tool's result, median"),
}


def timeless(sessions: list[Session]) -> list[Session]:
    return [made.each_turn(made.without_clock)(one) for one in sessions]


def null(corpus: list[Session], splits: int, *, paired: bool) -> dict[str, Any]:
    """What does not look at the sides is done once for all splits."""
    half = len(corpus) // 2
    described = Described(corpus[:half], corpus[half : 2 * half])
    rng = np.random.default_rng(1)
    areas, p_values, low = [], [], 0
    for seed in range(splits):
        if paired:
            first = rng.random(half) < 0.5
            side, cluster = np.concatenate([first, ~first]), np.tile(np.arange(half), 2)
        else:
            side, cluster = rng.permutation(described.side), np.arange(2 * half)
        found = test(described.rows, side, cluster, seed=seed, permutations=99)
        areas.append(found.auc.mean)
        p_values.append(found.p_value)
        low += found.auc.low <= 0.5 <= found.auc.high
    uniform = kstest(p_values, "uniform")
    return {
        "sessions": 2 * half,
        "splits": splits,
        "auc_mean": round(float(np.mean(areas)), 4),
        "auc_sd": round(float(np.std(areas)), 4),
        "ks_p": round(float(uniform.pvalue), 4),
        "p_below_5": round(float(np.mean(np.array(p_values) <= 0.05)), 4),
        "interval_holds_half": round(low / splits, 4),
    }


def planted(name: str, sessions: int) -> dict[str, Any]:
    change, words = PLANTED[name]
    deployment, plain = made.corpus("deployment", sessions), made.corpus("evaluation", sessions)
    changed = [change(one) for one in plain]
    found = two_sample(deployment, changed)
    both = strip(deployment, changed)
    stripped = two_sample(both.left, both.right)
    weaker = {}
    for share in (0.1, 0.2, 0.4):
        part = [change(one) if i < share * sessions else one for i, one in enumerate(plain)]
        weak = two_sample(deployment, part, permutations=199)
        weaker[str(share)] = {
            "p": weak.p_value,
            "auc": round(weak.auc.mean or 0, 3),
            "named": any(tell.words == words for tell in weak.tells),
        }
    return {
        "auc": round(found.auc.mean or 0, 4),
        "p": found.p_value,
        "first_tell": found.tells[0].words if found.tells else None,
        "named_first": bool(found.tells) and found.tells[0].words == words,
        "tells": len(found.tells),
        "stripped_auc": round(stripped.auc.mean or 0, 4),
        "stripped_p": stripped.p_value,
        "stripped_tells": len(stripped.tells),
        "in_part_of_the_sessions": weaker,
    }


def auc_coverage(draws: int) -> dict[str, Any]:
    rng = np.random.default_rng(2)
    cells = []
    for pairs in (6, 12, 25, 100):
        for shift in (0.0, 1.0, 2.0, 3.0):
            for shared in (0.0, 2.0):
                truth = norm.cdf(shift / np.sqrt(2 + 2 * shared**2))
                hits, widths = 0, []
                for _ in range(draws):
                    scores = rng.normal(size=(2, pairs)) + shared * rng.normal(size=pairs)
                    scores[1] += shift
                    side, pair = np.repeat([False, True], pairs), np.tile(np.arange(pairs), 2)
                    found = auc(scores.ravel(), side, pair)
                    hits += found.low <= truth <= found.high
                    widths.append(found.high - found.low)
                cells.append(
                    {
                        "pairs": pairs,
                        "auc": round(float(truth), 3),
                        "shared": shared,
                        "coverage": round(hits / draws, 4),
                        "width": round(float(np.mean(widths)), 3),
                    }
                )
    lowest = min(cells, key=lambda cell: cell["coverage"])
    return {"draws": draws, "cells": len(cells), "lowest": lowest, "all": cells}


class Stored:
    """A corpus that is made while it is read, with results of some 2,000 characters."""

    def __init__(self, side: str, sessions: int) -> None:
        self._side, self._sessions = side, sessions

    def __iter__(self) -> Iterator[Session]:
        pool = [
            t.text for one in made.corpus("pool", 100, 40) for t in one.turns if t.role == "tool"
        ]
        for place in range(self._sessions):
            name = f"{self._side} {place}"
            one, rng = made.session(name, f"pair {place}", 40), random.Random(name)
            turns = [
                replace(turn, text="\n".join([turn.text, *rng.sample(pool, 6)]))
                if turn.role == "tool"
                else turn
                for turn in one.turns
            ]
            yield replace(one, turns=tuple(turns))


def _used(sessions: int, answers: Any) -> None:
    corpora = Stored("deployment", sessions // 2), Stored("evaluation", sessions // 2)
    two_sample(*corpora, permutations=19)
    answers.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def memory(sizes: tuple[int, ...]) -> dict[str, int]:
    """Peak resident megabytes of a fresh process for each size."""
    context, found = multiprocessing.get_context("spawn"), {}
    for size in sizes:
        answers = context.Queue()
        process = context.Process(target=_used, args=(size, answers))
        process.start()
        found[str(size)] = round(answers.get())
        process.join()
    return found


def speed() -> dict[str, Any]:
    deployment, evaluation = (list(Stored(side, 200)) for side in ("deployment", "evaluation"))
    texts = [turn.text for one in deployment for turn in one.turns if turn.role == "tool"]
    start, cpu = time.perf_counter(), time.process_time()
    found = two_sample(deployment, evaluation)
    return {
        "messages": round(float(np.mean([len(one.turns) for one in deployment])), 1),
        "result_characters": round(float(np.mean([len(text) for text in texts]))),
        "features": found.features,
        "permutations": found.permutations,
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "wall_seconds": round(time.perf_counter() - start, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--splits", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=100, help="on either side")
    parser.add_argument("--sizes", type=int, nargs="*", default=[400, 1000, 5000])
    parser.add_argument("--corpus", help="split this one instead of made sessions")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    options = parser.parse_args()
    n = options.sessions
    if options.corpus:
        from assay.realism.corpus import read_sessions

        corpus = timeless(read_sessions(options.corpus))
        kinds = {"null_unpaired": null(corpus, options.splits, paired=False)}
    else:
        corpus = timeless([*made.corpus("one", n), *made.corpus("two", n)])
        kinds = {
            "null_paired": null(corpus, options.splits, paired=True),
            "null_unpaired": null(corpus, options.splits, paired=False),
        }
    result: dict[str, Any] = {"date": datetime.now(UTC).date().isoformat(), **kinds}
    if not options.corpus:
        result["speed"] = speed()
        result["planted"] = {name: planted(name, n) for name in PLANTED}
        result["auc_coverage"] = auc_coverage(1000)
        result["memory_mb"] = memory(tuple(options.sizes))
    print(json.dumps(result))
    if options.save:
        name = "realism_calibration_corpus" if options.corpus else "realism_calibration"
        path = Path(__file__).parent / "results" / f"{name}.json"
        path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
