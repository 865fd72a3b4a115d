"""Studies on Ray: the same numbers as in worker processes; a node that dies in the middle."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

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
from assay.engines.engine import capacity
from assay.study.cost import taking
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
    takes = taking(study.study, capacity(place))
    study.progress = execute(study.graph, study.directory, place, show, takes)
for node in nodes.list_all_nodes():
    node.kill_all_processes(check_alive=False, allow_graceful=False)
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


JOINED = """\
import sys
sys.path[:0] = {paths!r}
import ray
from ray.cluster_utils import Cluster as Nodes
from tests.study.cheap_kinds import cheap
from assay.cli import main
from assay.engines import cluster

cheap()
nodes = Nodes(initialize_head=True, head_node_args={{"num_cpus": 1, "include_dashboard": False}})
{before}
sys.argv[1:] = [*{arguments!r}, "--engine", "ray", "--address", nodes.address]
try:
    main()
finally:
    for node in nodes.list_all_nodes():
        node.kill_all_processes(check_alive=False, allow_graceful=False)
"""


def joined(file: Path, before: str, **changes: str) -> tuple[int, str]:
    """The exit status and what was said, on a cluster that is other than this machine."""
    root = Path(__file__).parents[2]
    arguments = ["study", "run", str(file), "--out", str(file.parent / "out")]
    program = JOINED.format(
        paths=[str(root / "src"), str(root)], before=before, arguments=arguments
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**environment(), **changes},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("ray.__version__ = '2.0.0'", "Version mismatch"),
        ("cluster.fingerprint = lambda: 'another'", "has another version of Assay"),
    ],
)
def test_another_version_is_one_sentence(tmp_path: Path, before: str, sentence: str) -> None:
    status, told = joined(write(tmp_path), before)
    assert status == 2
    assert sentence in told
    assert "Traceback" not in told


def test_what_a_node_has_is_what_steps_may_take(tmp_path: Path) -> None:
    more = "nodes.add_node(num_cpus=3, resources={'sandboxes': 2}, memory=4 << 30)"
    takes = {"measure": {"cpus": 2, "sandboxes": 2, "memory": 1.0}}
    status, told = joined(write(tmp_path, resources=takes), more)
    assert status == 0, told
    assert threads(tmp_path / "out") == {"1", "2"}
    takes = {"measure": {"sandboxes": 3}}
    status, told = joined(write(tmp_path, resources=takes, seeds=3), more)
    assert status == 2
    assert "takes 1 core, 3 sandboxes, and the largest machine has 3 cores" in " ".join(
        told.split()
    )


def test_a_server_that_is_not_ray_is_told_at_once(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            command("run", write(tmp_path), "--out", tmp_path / "out", "--engine", "ray",
                    "--address", f"127.0.0.1:{server.server_port}"),
            env=environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        server.shutdown()
    assert done.returncode == 2
    assert "is not Ray" in done.stderr


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
