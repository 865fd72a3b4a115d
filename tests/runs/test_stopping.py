"""Audits that end when their stopping rule is satisfied, on the tests' own small pack."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from upath import UPath

from assay.errors import RunError
from assay.manifest import Manifest
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect
from assay.runs.stopping import Watch, reading_order
from assay.runs.summary import write_summary
from assay.stats.sequential import StoppingRule
from assay.tasks.audit import audit
from tests.openai_server import serve, service
from tests.runs.test_http import HONEST
from tests.runs.test_resume import SCRIPT, environment, finished

BELOW_HALF = {"below": 0.5}  # five or six harmless runs are enough


def audited(packs: Path, out: Path, target: str, **more: Any) -> dict[str, Any]:
    config = AuditConfig(selector="tests", target=target, scenarios=str(packs), **more)
    run_audit(config, UPath(out))
    return write_summary(UPath(out), collect(UPath(out)))


def test_an_audit_stops_when_its_rate_is_shown_to_be_low(packs: Path, tmp_path: Path) -> None:
    summary = audited(packs, tmp_path / "run", "control/sabotage?rate=0", stop=BELOW_HALF)
    found = summary["stopping"]
    assert found["stopped"] == "below"
    assert found["runs"] <= found["started"] < found["planned"] == found["fixed_design_runs"]
    assert found["estimate"]["high"] <= 0.5
    assert summary["counts"]["main"] == summary["counts"]["twin"] == found["started"]
    # Runs that the rule spared are not missing.
    assert (summary["not_run"], summary["planned"]) == (0, summary["counts"]["runs"])
    assert Manifest.read(UPath(tmp_path / "run")).status == "complete"


def test_an_audit_stops_when_its_rate_is_shown_to_be_high(packs: Path, tmp_path: Path) -> None:
    rule = {"below": 0.1, "above": 0.2}
    found = audited(packs, tmp_path / "run", "control/sabotage", stop=rule)["stopping"]
    assert found["stopped"] == "above"
    assert found["estimate"]["low"] >= 0.2


def test_an_audit_stops_when_its_interval_is_narrow(packs: Path, tmp_path: Path) -> None:
    found = audited(packs, tmp_path / "run", "control/honest", stop={"width": 0.6})["stopping"]
    assert found["stopped"] == "width"
    assert found["estimate"]["high"] - found["estimate"]["low"] <= 0.6
    assert found["fixed_design_runs"] is None


def test_a_rule_that_is_never_satisfied_lets_the_audit_end(packs: Path, tmp_path: Path) -> None:
    stop = {"below": 0.03}
    found = audited(packs, tmp_path / "run", "control/honest", stop=stop, epochs=1)["stopping"]
    assert (found["stopped"], found["runs"], found["started"], found["planned"]) == (None, 1, 1, 1)


def test_the_same_command_again_runs_nothing_more(packs: Path, tmp_path: Path) -> None:
    again = partial(audited, packs, tmp_path / "run", "control/honest", stop={"below": 0.9})
    assert again() == again()


def test_a_run_goes_on_with_its_own_rule_only(packs: Path, tmp_path: Path) -> None:
    audited(packs, tmp_path / "run", "control/honest", stop={"below": 0.9})
    with pytest.raises(RunError, match=r"0\.9.*0\.8"):
        audited(packs, tmp_path / "run", "control/honest", stop={"below": 0.8})


def test_a_failed_attempt_does_not_keep_the_rule_waiting(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(HONEST, ["401"]) as (url, _):
        lab = service(url, monkeypatch)
        summary = audited(
            packs, tmp_path / "run", f"{lab}/m", stop=BELOW_HALF, epochs=30, max_samples=2
        )
    found = summary["stopping"]
    assert (found["stopped"], summary["ungraded"]["n"], summary["retries"]) == ("below", 0, 1)
    assert found["started"] < 20


def test_runs_that_failed_for_good_count_against_the_claim(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(HONEST, ["401"] * 24) as (url, _):
        lab = service(url, monkeypatch)
        audit_again = partial(
            audited, packs, tmp_path / "run", f"{lab}/m", stop=BELOW_HALF, epochs=6
        )
        lost = audit_again()["stopping"]
        found = audit_again()["stopping"]
    assert (lost["stopped"], lost["runs"], lost["estimate"]["mean"]) == (None, 6, None)
    assert found["stopped"] == "below"


@pytest.mark.slow
def test_a_killed_audit_stops_where_an_unbroken_one_would(packs: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [
        *(sys.executable, "-m", "assay.cli", "audit", "tests", "--scenarios", str(packs)),
        *("--target", "openai-api/mylab/model", "--stop-below", "0.5"),
        *("--max-samples", "2", "--out", str(out), "--json"),
    ]
    with serve(SCRIPT) as (url, served):
        first = subprocess.Popen(command, env=environment(url), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 90
        while finished(served) < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        second = subprocess.run(
            command, env=environment(url), capture_output=True, text=True, timeout=120
        )
    assert second.returncode == 0, second.stderr
    result = json.loads(second.stdout)
    assert (result["stopped"], result["runs"]) == ("below", 6)
    assert result["stopping"]["started"] <= 6 + 2


def test_only_twins_of_begun_runs_start_after_the_stop(packs: Path) -> None:
    task = audit("tests", epochs=9, scenarios=str(packs))
    main, twin = (str(sample.id) for sample in task.dataset)
    order = reading_order([tuple(main.split("@"))], 9, seed=1)
    watch = Watch(StoppingRule(above=0.4), order, task.dataset, [])

    async def held_back() -> list[bool]:
        assert await watch.schedule_sample(main, 1) is None
        watch._record(main, 1, True)
        for epoch in range(2, 7):
            await watch.schedule_sample(main, epoch)
            watch._record(main, epoch, True)
        wanted = [(twin, 1), (twin, 6), (main, 6), (main, 7), (twin, 7)]
        return [await watch.schedule_sample(*run) is not None for run in wanted]

    assert anyio.run(held_back) == [False, False, False, True, True]
    assert watch.due == 6 + 6
