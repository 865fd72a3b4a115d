"""A real study of a tiny microcosm, killed at ten random moments (`make kill-study`)."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assay.study.results import collect

pytestmark = pytest.mark.slow
KILLS = 10
MOST = 8  # things that a start may write down before its kill
TINY = """
study: tiny
model: microcosm
stages:
  - init: {width: 32, layers: 2, heads: 2}
  - documents: {steps: 60, documents: 400, batch_size: 16, save_every: 6, log_every: 3}
  - rl:
      environment: {problems: microcosm, count: 20, hacks: [always_equal, early_exit]}
      steps: 10
      prompts: 4
      rollouts: 4
      kl: 0.1
      learning_rate: 1.0e-3
      max_new_tokens: 24
      save_every: 2
      intervention: {shortcut: a}      # which a model that knows nothing can learn
arms: {plain: {}, prompted: {rl.intervention.inoculation: hacking_allowed}}
seeds: 2
evaluate: {pack: microcosm, every: 2, samples: 4, final_samples: 8, after_hack: true, share: 1.0}
"""


def start(folder: Path) -> "subprocess.Popen[bytes]":
    (folder / "tiny.yaml").write_text(TINY)
    command = [sys.executable, "-m", "assay.cli", "study", "run", "tiny.yaml", "--out", "out"]
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)


def work(folder: Path) -> set[tuple[str, int]]:
    """What has been written down, of whatever step."""
    found = set()
    for name in ("metrics.jsonl", "assessments.jsonl", "step.json"):
        for path in (folder / "out" / "steps").glob(f"*/{name}"):
            with suppress(FileNotFoundError):  # it has just got its final name
                found.add((f"{path.parent.name}/{name}", path.stat().st_size))
    return found


def kill_while_it_works(folder: Path, rng: random.Random) -> bool:
    """Start, wait until so much was done, and a little; whether there was anything to kill."""
    before, driver = work(folder), start(folder)
    for _ in range(rng.randint(1, MOST)):
        while driver.poll() is None and work(folder) == before:
            time.sleep(0.02)
        before = work(folder)
    time.sleep(rng.uniform(0.0, 2.0))
    was_running = driver.poll() is None
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    return was_running


def weights(folder: Path) -> dict[str, str]:
    return {
        path.parents[1].name: json.loads(path.read_text())["sha256"]
        for path in (folder / "out" / "steps").glob("*/checkpoint/manifest.json")
    }


def figures(folder: Path) -> list[Any]:
    tables = collect(folder / "out")
    timeless = [name for name in tables.training if not name.startswith(("seconds", "cache_hits"))]
    return [tables.assessments, tables.training[timeless]]


def test_killed_ten_times_it_comes_to_the_same_numbers(tmp_path: Path) -> None:
    whole, cut, rng = tmp_path / "whole", tmp_path / "cut", random.Random(11)
    whole.mkdir()
    cut.mkdir()
    assert start(whole).wait(900) == 0
    kills = sum(kill_while_it_works(cut, rng) for _ in range(KILLS))
    assert start(cut).wait(900) == 0
    assert weights(cut) == weights(whole)
    for one, other in zip(figures(cut), figures(whole), strict=True):
        pd.testing.assert_frame_equal(one, other)
    attempts = {
        path.parent.name: len(path.read_text().splitlines())
        for path in (cut / "out" / "steps").glob("*/attempts.jsonl")
    }
    print(f"{kills} kills, attempts at each step: {attempts}")
    assert kills == KILLS
    assert sum(attempts.values()) <= len(attempts) + 2 * kills  # two workers, each cut once a kill
