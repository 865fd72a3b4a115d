"""What steps take and cost: side by side, on which machine, in how many processes."""

import json
import shutil
from functools import reduce
from pathlib import Path

import pytest
import yaml

from assay.engines.engine import NOTHING, Ended, Job, Resources, capacity
from assay.engines.local import Local
from assay.errors import UserError
from assay.study.cost import Budget, Rates, account, taking
from assay.study.directory import Directory, record
from assay.study.engine import Progress, _take, execute
from assay.study.file import load
from assay.study.run import prepare, recorded
from tests.study.cheap_kinds import cheap
from tests.study.studies import BASE, graph, totals, write
from tests.study.test_engine import ROOT, run, threads


class Recorded(Local):
    """Notes what its jobs took, and what ran beside it."""

    def __init__(self, workers: int, gpus: int = 0) -> None:
        super().__init__(workers)
        self._gpus, self._free = list(range(gpus)), set(range(gpus))
        self.open: dict[str, Resources] = {}
        self.most = self.taken = NOTHING

    def submit(self, job: Job) -> None:
        self.open[job.key] = job.resources
        together = reduce(Resources.more, self.open.values(), NOTHING)
        self.most = max(self.most, together, key=lambda one: one.cpus)
        self.taken = max(self.taken, job.resources, key=lambda one: one.cpus)
        super().submit(job)

    def wait(self, seconds: float) -> list[Ended]:
        ended = super().wait(seconds)
        for one in ended:
            del self.open[one.key]
        return ended


def executed(file: Path, out: Path, place: Local, budget: Budget | None = None) -> Progress:
    study = prepare(str(file), out)
    with place, recorded(study, 4):
        takes = taking(study.study, capacity(place))
        return execute(study.graph, study.directory, place, lambda *_: None, takes, budget)


@pytest.fixture
def kinds_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    cheap()


@pytest.mark.usefixtures("kinds_known")
def test_steps_take_what_the_file_says_and_no_more_run_beside_them(tmp_path: Path) -> None:
    file = write(tmp_path, resources={"measure": {"cpus": 3, "gpus": 2, "processes": 1}})
    place = Recorded(4, gpus=2)
    progress = executed(file, tmp_path / "out", place)
    assert not progress.failed
    assert (place.taken.cpus, place.taken.gpus) == (3, 2)
    assert 3 <= place.most.cpus <= 4
    assert place.most.gpus <= 2
    assert threads(tmp_path / "out") == {"1", "3"}
    kept = Directory(tmp_path / "out")
    of = {row["stage"]: row for row in (record(path) or {} for path in kept.done().values())}
    assert of["measure"]["resources"]["gpus"] == 2
    cost = account(kept, Rates(gpu=3600.0))
    measured = cost["stages"]["measure"]
    assert measured["gpu_hours"] == pytest.approx(2 * measured["seconds"] / 3600)
    assert cost["usd"] == pytest.approx(3600 * cost["gpu_hours"])
    assert cost["gpu_hours"] > measured["gpu_hours"]  # the others take one each


@pytest.mark.usefixtures("kinds_known")
def test_a_step_that_fits_nowhere_is_one_sentence_before_anything_runs(tmp_path: Path) -> None:
    file = write(tmp_path, resources={"measure": {"gpus": 1, "memory": 1e6}})
    with pytest.raises(UserError, match=r"takes 1 core, 1 GPU, 1e\+06 GiB.*largest machine has"):
        executed(file, tmp_path / "out", Local(2))
    assert not Directory(tmp_path / "out").done()


def test_resources_of_a_stage_that_there_is_not(tmp_path: Path) -> None:
    status, _, told = run(write(tmp_path, resources={"mesure": {"cpus": 2}}), tmp_path / "out")
    assert status == 2
    assert "measure" in told


@pytest.mark.usefixtures("kinds_known")
def test_what_a_step_takes_is_in_no_key(tmp_path: Path) -> None:
    plain = [step.key for step in graph(write(tmp_path)).steps]
    assert plain == [
        step.key for step in graph(write(tmp_path, resources={"count": {"cpus": 2}})).steps
    ]


def test_a_budget_begins_no_step_beyond_it_and_the_same_command_goes_on(tmp_path: Path) -> None:
    file = write(tmp_path, arms={"one": {"count.pause": 0.2}, "two": {"count.pause": 0.3}})
    held = ("--workers", "1", "--budget", "0.4", "--price", "0/3600")  # USD: a second is one
    status, said, told = run(file, tmp_path / "out", *held)
    assert status == 0, told
    assert 1 <= said["done"] < said["steps"]
    assert len(said["held_back"]) == said["steps"] - said["done"]
    assert said["cost"]["usd"] >= 0.4
    assert "The budget of $0.40 is spent" in told
    again = run(file, tmp_path / "out", *held)[1]
    assert again["done"] == said["done"]
    status, said, told = run(file, tmp_path / "out", "--budget", "1")  # hours of cores
    assert (status, said["done"], said["held_back"]) == (0, said["steps"], [])


def test_a_stage_runs_in_as_many_processes_as_the_file_says(tmp_path: Path) -> None:
    stages = [{"share": {}}, {"measure": {"steps": 2}}]
    needs = {"share": {"processes": 2, "cpus": 4}}
    file = write(tmp_path, stages=stages, arms={"one": {}}, seeds=1, resources=needs, compare=None)
    status, said, told = run(file, tmp_path / "out", "--workers", "4")
    assert (status, said["done"]) == (0, 3), told
    assert totals(tmp_path / "out")["share-one-s0"] == 1  # 0 of the first, 1 of the second
    found = [
        json.loads(path.read_text()) for path in tmp_path.glob("out/steps/share-*/threads.json")
    ]
    assert {value for threads in found for value in threads.values()} == {"2"}  # half of the cores


@pytest.mark.parametrize(
    ("stage", "needs", "sentence"),
    [
        ("share", "{processes: 3}", "batch_size 8 cannot be shared equally by 3 processes"),
        ("share", "{gpus: 3}", "batch_size 8 cannot be shared equally by 3 processes"),
        ("assess", "{processes: 2}", "'assess' runs in one process"),
        ("share", "{gpus: 2, accelerate: fsdp.yaml}", "no 'fsdp.yaml'"),
        ("share", "{accelerate: sums.yaml}", "in how many processes"),
        ("share", "{cores: 2}", "cpus"),
    ],
)
@pytest.mark.usefixtures("kinds_known")
def test_what_processes_cannot_share_is_told_when_the_file_is_read(
    tmp_path: Path, stage: str, needs: str, sentence: str
) -> None:
    stages = [{"share": {}}, {"measure": {"steps": 2}}]
    changed = {"arms": {"one": {}}, "resources": {stage: yaml.safe_load(needs)}, "compare": None}
    file = write(tmp_path, stages=stages, **changed)
    with pytest.raises(UserError, match=sentence):
        load(str(file))


def test_what_came_to_nothing_counts_for_the_budget(tmp_path: Path) -> None:
    arms = {"one": {"count.pause": 0.4, "count.fail": "bug late"}, "two": {}}
    file = write(tmp_path, arms=arms, seeds=1)
    held = ("--workers", "1", "--budget", "0.5", "--price", "0/3600")
    _, said, _ = run(file, tmp_path / "out", *held)
    assert [*said["failed"]] == ["count-one-s0"]
    assert "measure-two-s0" in said["held_back"]


def test_a_checkpoint_is_made_again_under_another_name(tmp_path: Path) -> None:
    run(write(tmp_path, arms={"one": {}}, seeds=1), tmp_path / "out")
    for weights in (tmp_path / "out").glob("steps/*/checkpoint"):
        shutil.rmtree(weights)
    # With a second arm the first stage is no longer one arm's alone.
    status, said, told = run(write(tmp_path, seeds=1), tmp_path / "out")
    assert (status, said["done"]) == (0, said["steps"]), told
    assert len(list((tmp_path / "out").glob("steps/count-*"))) == 1


def test_what_is_done_stays_done_where_the_budget_is_spent(tmp_path: Path) -> None:
    run(write(tmp_path, seeds=1), tmp_path / "out")
    for weights in (tmp_path / "out").glob("steps/*/checkpoint"):
        shutil.rmtree(weights)
    more = write(tmp_path, seeds=1, arms={**BASE["arms"], "three": {"measure.add": 9}})
    before = totals(tmp_path / "out")
    run(more, tmp_path / "out", "--budget", "0.000001", "--price", "0/1")
    assert totals(tmp_path / "out") == before


def test_jobs_are_placed_on_machines_and_not_on_their_sum() -> None:
    free = [Resources(4, 1), Resources(4, 1)]
    assert not _take(free, Resources(1, 2))
    assert _take(free, Resources(1, 1))
    assert free == [Resources(3, 0), Resources(4, 1)]


def test_a_worker_that_had_a_gpu_leaves_it_with_its_memory() -> None:
    with Local(2) as place:
        place._gpus, place._free = [0], {0}
        job = Job("x", "builtins:dict", {}, "log", Resources(gpus=1))
        place.submit(job)
        while not place.wait(1.0):
            pass
        assert (place._free, place._workers) == ({0}, [])


def test_a_price_that_is_none(tmp_path: Path) -> None:
    status, _, told = run(write(tmp_path), tmp_path / "out", "--price", "much")
    assert (status, "GPU/CORE" in told) == (2, True)
