"""Studies on Ray: the same numbers as in worker processes; a node that dies in the middle."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.study.studies import totals, write
from tests.study.test_engine import command, environment, run, threads

pytest.importorskip("ray")
FAILING = """\
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
import ray
from ray.cluster_utils import Cluster as Nodes
from tests.study.cheap_kinds import cheap
from assay.engines.cluster import Cluster
from assay.study.engine import execute
from assay.study.run import prepare, recorded

cheap()
nodes = Nodes(initialize_head=True, head_node_args={{"num_cpus": 1, "include_dashboard": False}})
second = nodes.add_node(num_cpus=1)
study = prepare({file!r}, Path({out!r}))
killed = False

def show(progress, ended):
    global killed
    if not killed and len(progress.done) >= {after}:
        killed = True
        nodes.remove_node(second, allow_graceful=False)

with Cluster(nodes.address) as place, recorded(study, 2):
    study.progress = execute(study.graph, study.directory, place, show)
assert killed
print(len(study.progress.done), study.progress.failed)
"""


def test_a_study_on_ray_comes_to_the_same_numbers(tmp_path: Path) -> None:
    file = write(tmp_path)
    run(file, tmp_path / "local")
    status, said, told = run(file, tmp_path / "ray", "--engine", "ray")
    assert (status, said["done"]) == (0, 8), told
    assert totals(tmp_path / "ray") == totals(tmp_path / "local")
    assert threads(tmp_path / "ray") == {"1"}


@pytest.mark.slow
@pytest.mark.parametrize("after", range(1, 6))
def test_a_node_that_dies_in_the_middle_changes_no_number(tmp_path: Path, after: int) -> None:
    file = write(tmp_path, arms={"one": {"measure.pause": 0.3}, "two": {"count.pause": 0.2}})
    run(file, tmp_path / "local")
    root = Path(__file__).parents[2]
    program = FAILING.format(
        paths=[str(root / "src"), str(root)], file=str(file), out=str(tmp_path / "ray"), after=after
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert totals(tmp_path / "ray") == totals(tmp_path / "local")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--engine", "ray", "--address", "127.0.0.1:1"), "No Ray cluster answers"),
        (("--address", "127.0.0.1:1"), "goes with --engine ray"),
        (("--engine", "ray", "--workers", "2"), "leave out --workers"),
        (("--engine", "slurm"), "choices"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    done = subprocess.run(
        command("run", write(tmp_path), "--out", tmp_path / "out", *options),
        env=environment(), capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert sentence in done.stderr or sentence == "choices"
    assert "Traceback" not in done.stderr


def test_an_audit_on_ray_comes_to_the_same_rows(packs: Path, tmp_path: Path) -> None:
    def rows(*more: str) -> pd.DataFrame:
        out = tmp_path / str(len(more))
        asked = ["audit", "tests", "--scenarios", str(packs), "--epochs", "4", "--out", str(out)]
        asked += ["--target", "control/sabotage?rate=0.5", "--judge", "control/judge", *more]
        done = subprocess.run(
            [sys.executable, "-m", "assay.cli", *asked],
            env=environment(), capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found = pd.read_parquet(out / "results.parquet")
        return found.sort_values(["run_id", "epoch"]).reset_index(drop=True)[
            ["run_id", "epoch", "seed", "control_name", "outcome", "conduct", "score"]
        ]

    pd.testing.assert_frame_equal(rows(), rows("--engine", "ray"))
