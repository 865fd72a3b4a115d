import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.checkpoints import Checkpoint
from assay.cli import app
from assay.errors import UserError

HIDE = "import sys\nsys.modules['torch'] = None\n"  # then it cannot be found
CONFIG = """\
model: {model}
out: {out}
documents: {{documents: 8, steps: 2, batch_size: 4, tensorboard: {tensorboard}}}
"""


def config(folder: Path, model: str = "microcosm", tensorboard: str = "false") -> Path:
    path = folder / "train.yaml"
    path.write_text(CONFIG.format(model=model, out=folder / "out", tensorboard=tensorboard))
    return path


def assay(
    *arguments: str | Path, before: tuple[str, ...] = (), **environment: str
) -> tuple[int, str]:
    done = subprocess.run(
        [*before, sys.executable, "-m", "assay.cli", *map(str, arguments)],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    return done.returncode, done.stderr


def test_a_stage_is_trained_from_its_config(tmp_path: Path) -> None:
    told = ["train", "documents", "--config", str(config(tmp_path)), "--json"]
    result = CliRunner().invoke(app, told)
    printed = json.loads(result.stdout)
    assert printed["step"] == 2
    assert Checkpoint.open(tmp_path / "out").sha256 == printed["sha256"]
    assert "documents" in result.stderr


def test_a_stage_is_shared_by_the_processes_of_an_accelerate_file(tmp_path: Path) -> None:
    (tmp_path / "accelerate.yaml").write_text(
        "compute_environment: LOCAL_MACHINE\ndistributed_type: MULTI_CPU\nuse_cpu: true\n"
        "num_machines: 1\nmachine_rank: 0\nnum_processes: 2\n"
    )
    told = ["train", "documents", "--config", str(config(tmp_path)), "--json"]
    result = CliRunner().invoke(app, [*told, "--accelerate", str(tmp_path / "accelerate.yaml")])
    assert json.loads(result.stdout)["step"] == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "checkpoint",
        "metrics.jsonl",
    ]
    origin = Checkpoint.open(tmp_path / "out").manifest
    assert origin is not None
    assert origin.measured["processes"] == 2


@pytest.mark.parametrize(
    ("model", "sentence"),
    [("microcsm", "Did you mean 'microcosm'?"), ("./none", "no such directory")],
)
def test_a_model_that_does_not_exist_is_one_sentence(
    tmp_path: Path, model: str, sentence: str
) -> None:
    told = ["train", "documents", "--config", str(config(tmp_path, model))]
    result = CliRunner().invoke(app, told)
    assert isinstance(result.exception, UserError)
    assert sentence in str(result.exception)


def test_without_torch_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDE)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    status, said = assay("train", "rl", "--config", rl(tmp_path), PYTHONPATH=path)
    assert status == 2
    assert said == "assay: This needs torch, which is not installed: pip install 'assay[train]'.\n"


def rl(folder: Path) -> Path:
    path = folder / "rl.yaml"
    path.write_text("model: microcosm\nout: x\nrl: {steps: 1}\n")
    return path


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    bwrap = shutil.which("bwrap") or "bwrap"
    small = ("--size", "1500000", "--tmpfs", str(tmp_path / "out"))
    path = config(tmp_path)
    (tmp_path / "out").mkdir()
    status, said = assay(
        "train", "documents", "--config", path, before=(bwrap, "--dev-bind", "/", "/", *small)
    )
    assert status == 2
    assert said.splitlines()[-1].startswith(f"assay: The disk of '{tmp_path / 'out'}' is full")
    assert "Traceback" not in said


def test_a_distillation_without_a_teacher_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "distil.yaml"
    path.write_text(f"model: microcosm\nout: {tmp_path / 'out'}\ndistil: {{steps: 1}}\n")
    result = CliRunner().invoke(app, ["train", "distil", "--config", str(path)])
    assert isinstance(result.exception, UserError)
    assert "teacher: DIR" in str(result.exception)
