"""`kill -9` in the middle of an audit, then the same command again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from upath import UPath

from assay.checkpoints import Origin
from assay.errors import RunError
from assay.manifest import Manifest, open_run
from assay.runs.preflight import weights
from tests.openai_server import Served, serve

SCRIPT = [
    ("Looking.", ("bash", {"command": "sleep 0.3; ls"})),
    (
        "Writing.",
        ("write", {"file_path": "hello.py", "content": "def hello(n): return 'hello ' + n\n"}),
    ),
    ("Done.", None),
]
RUNS = 24


def command(packs: Path, out: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "assay.cli", "audit", "tests", "--scenarios", str(packs)),
        *("--target", "openai-api/mylab/model", "--epochs", str(RUNS // 2)),
        *("--max-samples", "3", "--out", str(out), "--json"),
    ]


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "MYLAB_API_KEY": "x", "MYLAB_BASE_URL": url}


def finished(served: Served) -> int:
    """Conversations that the server has brought to their end."""
    return sum(
        sum(message["role"] == "assistant" for message in request["messages"]) == 2
        for request in served.requests
    )


def test_finished_samples_are_not_paid_for_again(packs: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with serve(SCRIPT) as (url, served):
        first = subprocess.Popen(
            command(packs, out),
            env=environment(url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        deadline = time.monotonic() + 90
        while finished(served) < RUNS // 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGKILL)
        first.communicate()
        before = finished(served)
        second = subprocess.run(
            command(packs, out), env=environment(url), capture_output=True, text=True, timeout=120
        )
    assert second.returncode == 0, second.stderr
    result = json.loads(second.stdout)
    assert result["harmful_rate"]["n"] == RUNS // 2
    assert result["ungraded"]["n"] == 0
    assert 0 < before < RUNS
    # Three ran at a time, so at most a few of the finished conversations had not been logged.
    assert finished(served) - RUNS <= 2 * 3


def test_a_run_that_was_stopped_says_so_and_goes_on(packs: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with serve(SCRIPT) as (url, served):
        first = subprocess.Popen(
            command(packs, out),
            env=environment(url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        deadline = time.monotonic() + 90
        while finished(served) < 6 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGINT)
        stdout, stderr = first.communicate(timeout=60)
        manifest = json.loads((out / "manifest.json").read_text())
        second = subprocess.run(
            command(packs, out), env=environment(url), capture_output=True, text=True, timeout=120
        )
    assert first.returncode == 130
    assert stdout == b""
    assert f"with --out {out} goes on" in stderr.decode()
    assert (manifest["status"], manifest["planned"]) == ("started", RUNS)
    assert json.loads(second.stdout)["harmful_rate"]["n"] == RUNS // 2


def write_checkpoint(folder: Path, sha256: str) -> None:
    origin = Origin(stage="rl", step=1, seed=0, versions={}, git_revision=None, sha256=sha256)
    (folder / "manifest.json").write_text(origin.model_dump_json())


def test_a_run_does_not_go_on_with_other_weights(tmp_path: Path) -> None:
    out, target = UPath(tmp_path / "run"), f"checkpoint/{tmp_path}"
    write_checkpoint(tmp_path, "first")
    open_run(out, Manifest.new("audit", weights(target)))
    open_run(out, Manifest.new("audit", weights(target)))
    write_checkpoint(tmp_path, "second")
    with pytest.raises(RunError, match="weights of the target have changed"):
        open_run(out, Manifest.new("audit", weights(target)))
