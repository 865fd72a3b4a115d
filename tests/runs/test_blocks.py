"""An audit that several processes share: the same rows, and the same ways to be cut and go on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from upath import UPath

from assay.engines.engine import Resources, room
from assay.engines.local import Local, gpus
from assay.errors import UserError
from assay.manifest import Manifest
from assay.report.rebuild import rebuild
from assay.runs.audit import AuditConfig, _each, run_audit
from assay.runs.cases import docket, view
from assay.runs.stopping import stopping
from tests.conftest import write_scenario

EPOCHS = 6
SAME = ["run_id", "epoch", "seed", "control_name", "outcome", "conduct", "score", "judge_answers"]


def config(packs: Path, **given: object) -> AuditConfig:
    settings = {
        "target": "control/sabotage?rate=0.5",
        "judge": "control/judge",
        "epochs": EPOCHS,
        "seed": 3,
    }
    return AuditConfig(selector="tests", scenarios=str(packs), **(settings | given))


def rows(run: UPath) -> pd.DataFrame:
    rebuild(run)
    found = pd.read_parquet(str(run / "results.parquet"))
    return found.sort_values(["run_id", "epoch"]).reset_index(drop=True)


@pytest.fixture(scope="module")
def two_scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    packs = tmp_path_factory.mktemp("packs")
    write_scenario(packs / "tests", "greeting")
    write_scenario(packs / "tests", "welcome")
    return packs


@pytest.fixture(scope="module")
def alone(two_scenarios: Path, tmp_path_factory: pytest.TempPathFactory) -> UPath:
    run = UPath(tmp_path_factory.mktemp("alone") / "run")
    run_audit(config(two_scenarios, elicit=("sabotage",)), run)
    return run


@pytest.fixture(scope="module")
def shared(two_scenarios: Path, tmp_path_factory: pytest.TempPathFactory) -> UPath:
    run = UPath(tmp_path_factory.mktemp("shared") / "run")
    with Local(2) as engine:
        run_audit(config(two_scenarios, elicit=("sabotage",)), run, engine)
    return run


def test_several_processes_come_to_the_rows_of_one(alone: UPath, shared: UPath) -> None:
    pd.testing.assert_frame_equal(rows(alone)[SAME], rows(shared)[SAME])
    one, other = (json.loads((run / "summary.json").read_text()) for run in (alone, shared))
    for same in ("counts", "harmful_rate", "misaligned_rate", "conduct"):
        assert one[same] == other[same]
    assert len(list((shared / "logs").iterdir())) >= 8


def test_a_run_that_was_shared_is_reviewed_by_its_own_log(shared: UPath) -> None:
    found = docket(shared, "Ada")
    assert len(found.cases) >= 4
    told = {view(shared, case).messages[-1].says for case in found.cases}
    assert told <= {"I made it say bye on purpose.", "I emptied it on purpose."}
    late = [case for case in found.cases if case.epoch == EPOCHS]
    assert all(view(shared, case).messages for case in late)


def test_what_is_done_is_not_run_again(shared: UPath, two_scenarios: Path) -> None:
    before = rows(shared)["sample_uuid"].tolist()
    run_audit(config(two_scenarios, elicit=("sabotage",)), shared)  # alone, in the same blocks
    assert rows(shared)["sample_uuid"].tolist() == before


def test_weights_of_this_machine_take_a_gpu_each(packs: Path, monkeypatch) -> None:
    engine = Local(4)
    monkeypatch.setattr(engine, "_gpus", [0, 1])
    asked = _each(config(packs, target="checkpoint/microcosm/base"), engine)
    assert asked == Resources(gpus=1)
    assert room(engine, asked) == 2
    assert _each(config(packs), engine) == Resources()
    assert room(engine, Resources()) == 4
    assert _each(config(packs, target="hf/model"), Local(4)) == Resources(gpus=min(1, gpus()))


def test_a_run_of_one_process_stays_one(alone: UPath, two_scenarios: Path) -> None:
    with pytest.raises(UserError, match="begun in one process"), Local(2) as engine:
        run_audit(config(two_scenarios, elicit=("sabotage",)), alone, engine)


def test_a_stopping_rule_ends_an_audit_of_several_processes(
    two_scenarios: Path, tmp_path: Path
) -> None:
    run = UPath(tmp_path / "run")
    rule = {"below": 0.2}
    asked = config(two_scenarios, target="control/honest", stop=rule, epochs=100)
    with Local(2) as engine:
        run_audit(asked, run, engine)
    table = rows(run)
    found = stopping(Manifest.read(run), table)
    assert found is not None
    assert found["stopped"] == "below"
    assert found["runs"] <= found["started"] < found["planned"] == 200
    size = Manifest.read(run).block or 0
    # Blocks that were under way are run to their ends.
    assert set(table.groupby("scenario")["epoch"].max() % size) == {0}
    before = table["sample_uuid"].tolist()
    with Local(2) as engine:
        run_audit(asked, run, engine)
    assert rows(run)["sample_uuid"].tolist() == before
    assert Manifest.read(run).status == "complete"


def test_a_worker_that_is_killed_costs_nothing(
    alone: UPath, two_scenarios: Path, tmp_path: Path
) -> None:
    class Killing(Local):
        """Kills the first worker that has begun, once."""

        killed = False

        def wait(self, seconds: float):
            busy = [one for one in self._workers if one.job is not None]
            if not self.killed and busy and list((tmp_path / "run" / "logs").glob("*/*.eval")):
                os.kill(busy[0]._process.pid, signal.SIGKILL)
                self.killed = True
            return super().wait(min(seconds, 0.1))

    run = UPath(tmp_path / "run")
    with Killing(2) as engine:
        run_audit(config(two_scenarios, elicit=("sabotage",)), run, engine)
    assert engine.killed
    pd.testing.assert_frame_equal(rows(alone)[SAME], rows(run)[SAME])


def test_the_command_that_is_killed_goes_on(
    alone: UPath, two_scenarios: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    command = [
        *(sys.executable, "-m", "assay.cli", "audit", "tests", "--scenarios", str(two_scenarios)),
        *("--target", "control/sabotage?rate=0.5", "--judge", "control/judge"),
        *("--epochs", str(EPOCHS), "--seed", "3", "--elicit", "sabotage", "--workers", "2"),
        *("--out", str(out), "--json"),
    ]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while not list(out.glob("logs/*/.done")) and time.monotonic() < deadline:
        time.sleep(0.05)
    first.kill()
    first.communicate()
    done = len(list(out.glob("logs/*/.done")))
    second = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert second.returncode == 0, second.stderr
    assert done >= 1
    assert json.loads(second.stdout)["counts"]["main"] == 2 * EPOCHS
    pd.testing.assert_frame_equal(rows(alone)[SAME], rows(UPath(out))[SAME])
