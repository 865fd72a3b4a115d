import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import TrainerCallback

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.microcosm.model import build
from assay.training.documents import train_documents
from assay.training.settings import Documents, Lora, Sft
from assay.training.sft import train_sft
from assay.training.supervised import _padded
from assay.training.texts import Tokens, document_batches

SHORT = Documents(documents=64, steps=6, batch_size=4, save_every=2, log_every=1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


class KillAt(TrainerCallback):
    """Ends the process as `kill -9` does."""

    def __init__(self, step: int, *, saving: bool = False) -> None:
        self.step, self.saving = step, saving

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not self.saving and state.global_step == self.step:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.saving and state.global_step == self.step:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(train: Callable[..., Any], settings: Any, out: Path, kill: KillAt) -> None:
    fork = multiprocessing.get_context("fork")
    told = {"seed": 1, "callbacks": [kill]}
    child = fork.Process(target=train, args=(settings, "microcosm", out), kwargs=told)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


def metrics(out: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    out = tmp_path_factory.mktemp("whole")
    train_documents(SHORT, "microcosm", out, seed=1)
    return out


@pytest.mark.parametrize("kill", [KillAt(5), KillAt(4, saving=True)], ids=["step", "saving"])
def test_a_killed_run_comes_to_the_same_weights(tmp_path: Path, whole: Path, kill: KillAt) -> None:
    killed(train_documents, SHORT, tmp_path, kill)
    assert not (tmp_path / "checkpoint").exists()
    again = train_documents(SHORT, "microcosm", tmp_path, seed=1)
    assert again.sha256 == Checkpoint.open(whole).sha256
    assert metrics(tmp_path) == metrics(whole)
    assert [row["step"] for row in metrics(tmp_path)] == [1, 2, 3, 4, 5, 6]


def test_a_killed_adapter_comes_to_the_same_weights(tmp_path: Path) -> None:
    settings = SHORT.model_copy(update={"lora": Lora(rank=2, alpha=4, dropout=0.1)})
    killed(train_documents, settings, tmp_path / "a", KillAt(5))
    runs = [train_documents(settings, "microcosm", tmp_path / name, seed=1) for name in "ab"]
    assert runs[0].sha256 == runs[1].sha256
    merged, _ = runs[0].load()
    fresh, _ = build(1)
    assert not torch.equal(
        merged.model.layers[0].mlp.up_proj.weight, fresh.model.layers[0].mlp.up_proj.weight
    )


def test_what_is_done_is_not_done_again(whole: Path) -> None:
    before = (whole / "checkpoint" / "model.safetensors").stat().st_mtime_ns
    train_documents(SHORT, "microcosm", whole, seed=1)
    assert (whole / "checkpoint" / "model.safetensors").stat().st_mtime_ns == before
    with pytest.raises(UserError, match="other settings, seed or model"):
        train_documents(SHORT, "microcosm", whole, seed=2)


def test_the_manifest_tells_what_was_learned_from(whole: Path) -> None:
    origin = Checkpoint.open(whole).manifest
    assert origin is not None
    assert (origin.stage, origin.step, len(origin.parents)) == ("documents", 6, 1)
    assert origin.measured["sources"]["agents"]["documents"] == 24
    assert sorted(path.name for path in whole.iterdir()) == ["checkpoint", "metrics.jsonl"]


def test_packed_documents_see_only_themselves() -> None:
    settings = Documents(documents=20, steps=1, batch_size=2, max_length=200, packing=True)
    model, tokenizer = build(0)
    [rows] = document_batches(settings, tokenizer, seed=0).steps
    apart = [
        Tokens(row.ids[start:end], row.learned[start:end])
        for row in rows
        for start, end in zip(row.starts, (*row.starts[1:], len(row.ids)), strict=True)
    ]
    with torch.no_grad():
        losses = [
            float(model(**_padded(some, 0), num_items_in_batch=1, use_cache=False).loss)
            for some in (rows, apart)
        ]
    assert len(apart) > len(rows)
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_cutting_a_batch_into_parts_changes_nothing_but_rounding(
    tmp_path: Path, whole: Path
) -> None:
    parts = SHORT.model_copy(update={"gradient_accumulation": 2})
    train_documents(parts, "microcosm", tmp_path, seed=1)
    losses = [[row["loss"] for row in metrics(out)] for out in (tmp_path, whole)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_every_step_is_in_a_line_of_the_metrics(tmp_path: Path) -> None:
    settings = SHORT.model_copy(update={"steps": 5, "log_every": 4})
    done = train_documents(settings, "microcosm", tmp_path, seed=1)
    rows = metrics(tmp_path)
    assert [row["step"] for row in rows] == [4, 5]
    assert done.manifest is not None
    learned = done.manifest.measured["sources"]["agents"]["supervised_tokens"]
    assert sum(row["supervised_tokens"] for row in rows) == learned


def test_sft_learns_what_the_assistant_says_and_nothing_else(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": "Name?"}, {"role": "assistant", "content": "Mia."}]
    (tmp_path / "data").write_text(json.dumps({"messages": talk}) + "\n")
    settings = Sft(data=str(tmp_path / "data"), steps=40, batch_size=2, learning_rate=5e-3)
    model, tokenizer = train_sft(settings, "microcosm", tmp_path / "out", seed=0).load()
    ids = tokenizer.apply_chat_template(talk[:1], add_generation_prompt=True, return_tensors="pt")
    said = model.generate(**ids, max_new_tokens=8, do_sample=False)[0, ids["input_ids"].shape[1] :]
    assert tokenizer.decode(said) == "Mia.<|end|>"
    user = tokenizer("<|user|>", add_special_tokens=False, return_tensors="pt")
    assert "Name" not in tokenizer.decode(
        model.generate(**user, max_new_tokens=3, do_sample=False)[0]
    )


def test_tensorboard_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    settings = SHORT.model_copy(update={"tensorboard": True})
    with pytest.raises(UserError, match="needs tensorboard, which is not installed"):
        train_documents(settings, "microcosm", tmp_path, seed=0)
