import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.errors import UserError
from assay.training.launch import launch

ROOT = Path(__file__).parents[2]
HERE = "tests.training.together"
MACHINE = "compute_environment: LOCAL_MACHINE\nnum_machines: 1\nmachine_rank: 0\n"
ON_CPU = f"{MACHINE}distributed_type: MULTI_CPU\nuse_cpu: true\nnum_processes: 2\n"
ON_GPUS = f"{MACHINE}distributed_type: MULTI_GPU\nuse_cpu: false\nnum_processes: 64\n"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


def test_a_single_one_is_this_process() -> None:
    assert launch(f"{HERE}:pid", {}, processes=1) == os.getpid()


@pytest.mark.parametrize(
    ("function", "error", "sentence"),
    [
        ("refuses", UserError, "^Not so.$"),
        pytest.param(
            "breaks", RuntimeError, "Process 2 of 2:\n(.*\n)*ValueError: a bug",
            marks=pytest.mark.slow,
        ),
        ("dies", UserError, "Process 2 of 2 was ended by SIGKILL, as when memory runs out"),
    ],
)  # fmt: skip
def test_what_goes_wrong_in_one_ends_all_and_is_told(
    function: str, error: type[Exception], sentence: str
) -> None:
    began = time.monotonic()
    with pytest.raises(error, match=sentence):
        launch(f"{HERE}:{function}", {}, processes=2)
    assert time.monotonic() - began < 300  # nobody slept to the end


def test_they_end_with_whoever_started_them(tmp_path: Path) -> None:
    script = f"""
from assay.training.launch import launch
launch("{HERE}:sleeps", {{"folder": {str(tmp_path)!r}}}, processes=2)
"""
    starter = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while len(pids := [int(path.stem) for path in tmp_path.glob("*.pid")]) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "There is no file .*; `accelerate config` writes one"),
        ("[1, 2]", "is no configuration of accelerate"),
        (f"{ON_CPU}shards: 3\n", "is no configuration of accelerate.*shards"),
        (ON_GPUS, "64 processes want a GPU each, and this machine has 0"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / "accelerate.yaml").write_text(text)
    with pytest.raises(UserError, match=sentence):
        launch(f"{HERE}:told", {}, config=tmp_path / "accelerate.yaml")
