import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.microcosm.model import build
from assay.training.checkpoint import initialise, save


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return initialise(tmp_path_factory.mktemp("init"), seed=3)


def test_a_checkpoint_holds_what_was_saved(fresh: Checkpoint) -> None:
    assert fresh.path is not None
    opened = Checkpoint.open(fresh.path.parent)
    model, tokenizer = opened.load()
    expected, _ = build(3)
    assert opened.sha256 == fresh.sha256
    assert torch.equal(model.lm_head.weight, expected.lm_head.weight)
    assert (
        tokenizer.decode(tokenizer.encode("def f(x):\n    return x")) == "def f(x):\n    return x"
    )


def test_its_manifest_names_its_parents(fresh: Checkpoint, tmp_path: Path) -> None:
    model, tokenizer = fresh.load()
    child = save(model, tokenizer, tmp_path / "c", stage="sft", step=1, seed=0, parents=[fresh])
    written = json.loads((tmp_path / "c" / "manifest.json").read_text())
    assert written["parents"] == [fresh.sha256]
    assert written["versions"]["torch"] == torch.__version__.split("+")[0]
    assert child.sha256 == written["sha256"]


def test_a_new_checkpoint_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    first = initialise(tmp_path, seed=0)
    second = initialise(tmp_path, seed=1)
    assert first.sha256 != second.sha256
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("microcsm", "Did you mean 'microcosm'?"),
        ("./nowhere", "no such directory"),
        ("/nowhere/at/all", "no such directory"),
        ("hf/nowhere/x", "no such directory"),
    ],
)
def test_a_model_that_does_not_exist_is_named(name: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        Checkpoint.open(name)
    assert sentence in str(caught.value)


def test_a_directory_without_manifest_is_refused_and_taken_as_a_plain_model(
    fresh: Checkpoint, tmp_path: Path
) -> None:
    model, tokenizer = fresh.load()
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(UserError, match=r"no manifest.json; to take it .* write hf/"):
        Checkpoint.open(tmp_path)
    plain = Checkpoint.open(f"hf/{tmp_path}")
    assert plain.sha256 == fresh.sha256


def test_a_hub_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    code = "from assay.checkpoints import Checkpoint; Checkpoint.open('Qwen/Qwen3-4B').load()"
    closed = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path), "PATH": ""}
    known = {key: os.environ[key] for key in ("PYTHONPATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=closed | known,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "UserError: Cannot get the model 'Qwen/Qwen3-4B': the hub cannot be" in done.stderr
