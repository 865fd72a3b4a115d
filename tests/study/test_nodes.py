"""The microcosm study and an audit on a Ray cluster of three nodes, one of which dies (`make slow`).

Each time at another random moment: the numbers stay those of worker processes on this machine.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.study.test_engine import environment
from tests.study.test_kill_study import TINY, figures, weights

pytest.importorskip("ray")
pytestmark = pytest.mark.slow
MOMENTS = range(5)
PACK = "natural_emergent_misalignment"
AUDIT = [
    *("audit", PACK, "--target", "control/sabotage?rate=0.5", "--judge", "control/judge"),
    *("--epochs", "3", "--seed", "5"),
]
ROWS = ["run_id", "epoch", "seed", "control_name", "outcome", "conduct", "score", "judge_answers"]

DRIVER = """\
import random
import sys
import threading
import time
from pathlib import Path

from ray.cluster_utils import Cluster as Nodes

from assay.cli import main

out, moment, arguments = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
rng = random.Random(moment)
nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
others = [nodes.add_node(num_cpus=1) for _ in range(2)]
print("a cluster of", len(nodes.list_all_nodes()), file=sys.stderr)

def work():
    return {(path, path.stat().st_size) for path in out.glob("*/*/*") if path.exists()}

def kill():
    for _ in range(rng.randint(1, 12)):
        before = work()
        while work() == before:
            time.sleep(0.02)
    time.sleep(rng.uniform(0.0, 1.0))
    nodes.remove_node(rng.choice(others), allow_graceful=False)
    print("a node died", file=sys.stderr, flush=True)

if moment >= 0:
    threading.Thread(target=kill, daemon=True).start()
sys.argv[1:] = [*arguments, "--engine", "ray", "--address", nodes.address]
try:
    main()
finally:
    for node in nodes.list_all_nodes():
        node.kill_all_processes(check_alive=False, allow_graceful=False)
"""


def assay(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "assay.cli", *arguments, "--out", "out"]
    folder.mkdir()
    (folder / "tiny.yaml").write_text(TINY)
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=600)


def on_nodes(folder: Path, moment: int, *arguments: str) -> str:
    """What was said of it; a `moment` of -1 lets all nodes live."""
    folder.mkdir()
    (folder / "tiny.yaml").write_text(TINY)
    command = [sys.executable, "-c", DRIVER, "out", str(moment), *arguments, "--out", "out"]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert "a cluster of 3" in done.stderr
    assert ("a node died" in done.stderr) == (moment >= 0)
    return done.stderr


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("local") / "study"
    assay(folder, "study", "run", "tiny.yaml")
    return folder


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("local") / "audit"
    assay(folder, *AUDIT)
    return rows(folder)


def rows(folder: Path) -> Any:
    found = pd.read_parquet(folder / "out" / "results.parquet")
    return found.sort_values(["run_id", "epoch"]).reset_index(drop=True)[ROWS]


@pytest.mark.parametrize("moment", [-1, *MOMENTS])
def test_the_microcosm_study_comes_to_the_same(studied: Path, tmp_path: Path, moment: int) -> None:
    told = on_nodes(tmp_path / "ray", moment, "study", "run", "tiny.yaml")
    assert weights(tmp_path / "ray") == weights(studied)
    for one, other in zip(figures(tmp_path / "ray"), figures(studied), strict=True):
        pd.testing.assert_frame_equal(one, other)
    attempts = sum(
        len(path.read_text().splitlines())
        for path in (tmp_path / "ray" / "out" / "steps").glob("*/attempts.jsonl")
    )
    print(f"study, moment {moment}: {attempts} attempts;", told.splitlines()[-1])


@pytest.mark.parametrize("moment", [-1, *MOMENTS])
def test_an_audit_comes_to_the_same(audited: pd.DataFrame, tmp_path: Path, moment: int) -> None:
    on_nodes(tmp_path / "ray", moment, *AUDIT)
    assert len(audited) > 50
    pd.testing.assert_frame_equal(rows(tmp_path / "ray"), audited)
