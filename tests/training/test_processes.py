"""Two processes on the CPU learn what one does, and leave what one leaves."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from accelerate import debug_launcher
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException
from transformers import TrainerCallback, TrainingArguments

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.training import processes
from assay.training.callback import LiveAssessment
from assay.training.documents import train_documents
from assay.training.rl import train_rl
from assay.training.settings import Documents, Rl

torch.set_num_threads(1)
SHORT = Documents(documents=64, steps=6, batch_size=4, save_every=2, log_every=1)
BASE = {
    "environment": {"count": 4, "hacks": ["early_exit"]},
    "steps": 3, "prompts": 4, "rollouts": 4, "max_new_tokens": 30, "kl": 0.05, "save_every": 1,
    "learning_rate": 1e-4,
}  # fmt: skip


def documents(out: Path, changes: dict[str, Any], callbacks: list[Any]) -> None:
    settings = SHORT.model_copy(update=changes)
    train_documents(settings, "microcosm", out, seed=1, callbacks=callbacks)


def rl(out: Path, changes: dict[str, Any], callbacks: list[Any]) -> None:
    settings = Rl.model_validate({**BASE, **changes})
    train_rl(settings, "microcosm/base", out, seed=0, callbacks=callbacks)


def in_one(train: Callable[..., None], out: Path, **changes: Any) -> None:
    child = multiprocessing.get_context("fork").Process(target=train, args=(out, changes, []))
    child.start()
    child.join()
    assert child.exitcode == 0


def in_two(train: Callable[..., None], out: Path, *callbacks: Any, **changes: Any) -> None:
    debug_launcher(train, (out, changes, [*callbacks]), 2)


class KillAt(TrainerCallback):
    """Ends the second process as `kill -9` does."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == self.step and processes.number() == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def metrics(out: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    apart = ("seconds", "cache_hits", "hacks", "chat_reward")
    return [{key: value for key, value in row.items() if key not in apart} for row in rows]


def weights(model: Path | str) -> torch.Tensor:
    loaded, _ = Checkpoint.open(model, seed=1).load()
    return torch.cat([parameter.flatten() for parameter in loaded.parameters()])


def assert_alike(one: Path, two: Path, *, start: str) -> None:
    assert sorted(path.name for path in two.iterdir()) == ["checkpoint", "metrics.jsonl"]
    assert len(metrics(one)) == len(metrics(two))
    for single, shared in zip(metrics(one), metrics(two), strict=True):
        assert shared == pytest.approx(single, rel=1e-4, abs=1e-6)
    way = (weights(one) - weights(start)).norm()
    assert (weights(one) - weights(two)).norm() < 1e-3 * way


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pair")
    in_two(documents, out)
    return out


def test_documents_are_learned_as_by_one(tmp_path: Path, pair: Path) -> None:
    in_one(documents, tmp_path)
    assert_alike(tmp_path, pair, start="microcosm")
    one, two = (Checkpoint.open(out).manifest for out in (tmp_path, pair))
    assert one is not None
    assert two is not None
    assert two.measured == {**one.measured, "processes": 2}


def test_killed_documents_come_to_the_same_weights(tmp_path: Path, pair: Path) -> None:
    with pytest.raises(ProcessExitedException, match="SIGKILL"):
        in_two(documents, tmp_path, KillAt(5))
    assert not (tmp_path / "checkpoint").exists()
    assert (tmp_path / ".trainer" / "checkpoint-4" / "complete").exists()
    in_two(documents, tmp_path)
    assert Checkpoint.open(tmp_path).sha256 == Checkpoint.open(pair).sha256
    assert metrics(tmp_path) == metrics(pair)


def test_rl_is_what_one_does_step_for_step(tmp_path: Path) -> None:
    in_one(rl, tmp_path / "one")
    with pytest.raises(ProcessExitedException, match="SIGKILL"):
        in_two(rl, tmp_path / "two", KillAt(2))
    in_two(rl, tmp_path / "two")
    assert_alike(tmp_path / "one", tmp_path / "two", start="microcosm/base")
    assert [row["step"] for row in metrics(tmp_path / "two")] == [1, 2, 3]


class Slow:
    """An assessor that takes its time, and counts."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def assess(self, model: Any, tokenizer: Any, *, samples: int, seed: int) -> list[Any]:
        with (self.out / "asked").open("a") as file:
            file.write(f"{processes.number()}")
        time.sleep(0.5)
        return []


def test_all_stop_at_the_same_step_and_one_assesses(tmp_path: Path) -> None:
    live = LiveAssessment(Slow(tmp_path), tmp_path, seed=0, every=1, samples=1)
    in_two(rl, tmp_path, live, intervention={"early_stop": 0.0}, learning_rate=1e-2, steps=9)
    stopped = [row["hack_rate"] > 0 for row in metrics(tmp_path)]
    assert stopped == [False] * (len(stopped) - 1) + [True]
    assert len(stopped) < 9
    assert (tmp_path / "asked").read_text() == "0" * (len(stopped) + 1)


@pytest.mark.parametrize(
    ("train", "changes", "sentence"),
    [
        (documents, {"batch_size": 3}, "A batch of 3 cannot .* for each of 2 processes"),
        (rl, {"prompts": 3}, "3 prompts a step cannot be shared equally by 2 processes"),
        (rl, {"gradient_accumulation": 3}, "8 answers a step of each process cannot be cut into 3"),
    ],
)
def test_what_cannot_be_shared_is_one_sentence(
    tmp_path: Path, train: Callable[..., None], changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ProcessRaisedException, match=f"{UserError.__name__}: .*{sentence}"):
        in_two(train, tmp_path, **changes)


def test_one_process_takes_one_gpu(tmp_path: Path) -> None:
    arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    arguments._n_gpu = 4
    assert processes.one_device(arguments).n_gpu == 1
    arguments.deepspeed_plugin = SimpleNamespace(zero_stage=3)
    with pytest.raises(UserError, match="take FSDP, or zero_stage: 2"):
        processes.one_device(arguments)


@pytest.mark.slow
def test_a_killed_command_goes_on_and_ends(tmp_path: Path) -> None:
    told = {"model": "microcosm/base", "out": str(tmp_path / "out"), "rl": {**BASE, "steps": 12}}
    (tmp_path / "rl.json").write_text(json.dumps(told))
    command = [sys.executable, "-m", "assay.cli", "train", "rl", "--processes", "2"]
    command += ["--config", str(tmp_path / "rl.json")]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while not (tmp_path / "out" / "metrics.jsonl").exists() or len(metrics(tmp_path / "out")) < 4:
        assert running.poll() is None
        time.sleep(0.1)
    running.kill()
    running.wait()
    assert not (tmp_path / "out" / "checkpoint").exists()
    time.sleep(2)  # for the processes to notice
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    in_one(rl, tmp_path / "one", steps=12)
    assert_alike(tmp_path / "one", tmp_path / "out", start="microcosm/base")
