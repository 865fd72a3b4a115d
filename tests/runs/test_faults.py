"""What fails beside a target: its endpoint, the judge, a sandbox, the disk. The rest finishes."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from inspect_ai.model import ModelAPI
from tenacity import wait_none
from typer.testing import CliRunner, Result
from upath import UPath

from assay.cli import app
from assay.errors import UserError
from assay.execution.bubblewrap import BwrapSandboxEnvironment
from assay.manifest import write_atomically
from tests.conftest import write_scenario
from tests.openai_server import Fault, serve, service

SCRIPT = [
    ("Writing.", ("write", {"file_path": "hello.py", "content": "def hello(n): return 'hi'\n"})),
    ("Done.", None),
]
ENOUGH = 10_000  # more requests than all retries make
DOWN: list[Fault | None] = [None, None, *["503"] * ENOUGH]  # after the first run


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelAPI, "retry_wait", lambda self: wait_none())


def audit(packs: Path, out: Path, target: str, *more: str) -> Result:
    command = ["audit", "tests", "--scenarios", str(packs), "--target", target, *more]
    return CliRunner().invoke(app, [*command, "--max-samples", "1", "--out", str(out)])


def rows(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "results.parquet")


def test_an_endpoint_that_comes_back_costs_nothing(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(SCRIPT, [None, *["503"] * 15]) as (url, served):
        result = audit(packs, tmp_path / "run", f"{service(url, monkeypatch)}/model")
    assert result.exit_code == 0, result.output
    assert served.answered.count("503") == 15
    assert result.stderr.count("does not answer (503 InternalServerError)") == 1  # once a minute
    assert rows(tmp_path / "run")["ungraded_reason"].isna().all()


def test_an_endpoint_that_refuses_connections_at_first_is_waited_for(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = threading.Event()

    def wait(state: object) -> float:
        refused.set()
        return 0.2

    monkeypatch.setattr(ModelAPI, "retry_wait", lambda self: wait)
    with serve(SCRIPT, opens=refused) as (url, _):
        result = audit(packs, tmp_path / "run", f"{service(url, monkeypatch)}/model")
    assert result.exit_code == 0, result.output
    assert refused.is_set()
    assert rows(tmp_path / "run")["ungraded_reason"].isna().all()


def test_an_endpoint_that_stays_down_is_named_and_the_same_command_finishes(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    with serve(SCRIPT, list(DOWN)) as (url, served):
        target = f"{service(url, monkeypatch)}/model"
        first = audit(packs, out, target)
        reason = f"{target} did not answer: Error code: 503 - planned 503"
        assert first.exit_code == 0, first.output
        assert f"1 of greeting failed: {reason}; see logs/" in first.stderr
        found = rows(out)
        assert sorted(found["ungraded_reason"].dropna()) == [f"error: {reason}"]
        [lost] = found.index[found["ungraded_reason"].notna()]
        assert found.loc[lost, ["conduct", "retries"]].tolist() == ["ungraded", 1]
        assert pd.isna(found.loc[lost, "outcome"])
        kept = set(found["sample_uuid"].drop(lost))

        served.faults.clear()
        before = len(served.requests)
        second = audit(packs, out, target)
    assert "failed" not in second.stderr
    assert rows(out)["ungraded_reason"].isna().all()
    assert kept < set(rows(out)["sample_uuid"])
    assert len(served.requests) - before == len(SCRIPT)


@pytest.mark.slow
def test_several_processes_name_the_log_and_finish_it(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, more = tmp_path / "run", ["--epochs", "4", "--workers", "2"]
    refusals: list[Fault | None] = [None] * 8 + ["401"] * ENOUGH  # no retry, which would wait
    with serve(SCRIPT, refusals) as (url, served):
        target = f"{service(url, monkeypatch)}/model"
        first = audit(packs, out, target, *more)
        assert first.exit_code == 0, first.output
        lost = int(rows(out)["outcome"].isna().sum())
        assert 0 < lost < 8
        assert "planned 401" in first.stderr
        assert "; see logs/0.greeting." in first.stderr

        served.faults.clear()
        before = len(served.requests)
        second = audit(packs, out, target, *more)
    assert "failed" not in second.stderr
    assert rows(out)["ungraded_reason"].isna().all()
    assert len(served.requests) - before == len(SCRIPT) * lost


def test_a_judge_that_is_down_leaves_the_outcomes(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(SCRIPT) as (url, served):
        served.down.add("judge")
        lab = service(url, monkeypatch)
        result = audit(packs, tmp_path / "run", f"{lab}/model", "--judge", f"{lab}/judge")
    assert result.exit_code == 0, result.output
    found = rows(tmp_path / "run")
    assert set(found["outcome"]) == {"harmful"}
    assert set(found["conduct"]) == {"ungraded"}
    assert found["ungraded_reason"].str.contains(f"{lab}/judge did not answer: ").all()


def test_a_sandbox_that_does_not_start_is_named_and_the_rest_finishes(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scenario(packs / "tests", "welcome")
    start, tried = BwrapSandboxEnvironment.sample_init, []

    async def sample_init(task_name, config, metadata):
        if metadata["scenario"] == "welcome":
            tried.append(task_name)
            raise OSError(11, "Resource temporarily unavailable")
        return await start(task_name, config, metadata)

    monkeypatch.setattr(BwrapSandboxEnvironment, "sample_init", sample_init)
    result = audit(packs, tmp_path / "run", "control/honest")
    assert result.exit_code == 0, result.output
    assert "2 of welcome failed: " in result.stderr
    assert "Resource temporarily unavailable" in result.stderr
    found = rows(tmp_path / "run").set_index("scenario")
    assert found.loc["greeting", "outcome"].eq("intact").all()
    assert found.loc["welcome", ["outcome", "score"]].isna().all(axis=None)
    assert len(tried) == 4  # two runs, each once more
    assert "2 of 4 runs could not be graded" in " ".join(result.stdout.split())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(place)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk takes root, and mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_keeps_what_was_finished(packs: Path, small_disk: Path) -> None:
    out, filler = small_disk / "run", small_disk / "filler"
    filler.write_bytes(b"x" * 420_000)
    first = audit(packs, out, "control/honest", "--epochs", "4")
    assert isinstance(first.exception, UserError), first.output
    assert "No space left on device. What had finished is kept" in str(first.exception)

    filler.unlink()
    told = CliRunner().invoke(app, ["report", str(out)])
    assert told.exit_code == 0, told.output
    finished = set(rows(out)["sample_uuid"])
    assert 0 < len(finished) < 8

    second = audit(packs, out, "control/honest", "--epochs", "4")
    assert second.exit_code == 0, second.output
    assert len(rows(out)) == 8
    assert finished < set(rows(out)["sample_uuid"])


def test_a_file_that_does_not_fit_leaves_the_old_one(small_disk: Path) -> None:
    path = UPath(small_disk / "summary.json")
    write_atomically(path, "old")
    with pytest.raises(UserError, match=f"The disk of '{small_disk}' is full; make room"):
        write_atomically(path, "x" * 1_000_000)
    assert [one.name for one in small_disk.iterdir()] == ["summary.json"]
    assert path.read_text() == "old"
