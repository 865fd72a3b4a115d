"""Studies through the real engine: worker processes, kills, failures, restarts."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assay.study.directory import ATTEMPTS, Directory
from tests.study.studies import BASE, graph, totals, write

ROOT = Path(__file__).parents[2]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.study.cheap_kinds", "study", *map(str, arguments)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


def run(file: Path, out: Path, *more: object) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        command("run", file, "--out", out, "--json", *more),
        env=environment(), cwd=file.parent, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def threads(out: Path) -> set[str | None]:
    """What the steps of a study were told of threads."""
    found = [json.loads(path.read_text()) for path in out.glob("steps/*/threads.json")]
    assert found
    return {value for told in found for value in told.values()}


def test_every_step_is_run_once_and_arms_share_what_they_share(tmp_path: Path) -> None:
    status, said, _ = run(write(tmp_path), tmp_path / "out")
    assert status == 0
    assert (said["done"], said["run"]) == (8, 8)
    assert totals(tmp_path / "out") == {
        "count-s0": 6, "assess-s0": 6, "measure-one-s0": 8, "measure-two-s0": 10,
        "count-s1": 7, "assess-s1": 7, "measure-one-s1": 10, "measure-two-s1": 12,
    }  # fmt: skip


def test_a_step_computes_with_one_thread(tmp_path: Path) -> None:
    run(write(tmp_path, seeds=1), tmp_path / "out")
    assert threads(tmp_path / "out") == {"1"}


def test_what_is_done_is_not_done_again_and_a_changed_arm_runs_alone(tmp_path: Path) -> None:
    run(write(tmp_path), tmp_path / "out")
    _, same, _ = run(tmp_path / "sums.yaml", tmp_path / "out")
    file = write(tmp_path, arms={"one": {}, "two": {"measure.add": 5}})
    _, changed, told = run(file, tmp_path / "out")
    assert (same["run"], changed["run"]) == (0, 2)
    assert "has changed" in told
    assert "6 of its 8 steps are done and stay, 2 are to run" in told


def test_a_failed_step_is_named_its_dependants_left_out_and_the_rest_is_run(tmp_path: Path) -> None:
    arms = {"one": {"count.fail": "bug"}, "two": {}}
    status, said, told = run(write(tmp_path, arms=arms, seeds=1), tmp_path / "out")
    assert status == 1
    assert list(said["failed"]) == ["count-one-s0"]
    assert "KeyError" in told
    assert said["skipped"] == ["assess-one-s0", "measure-one-s0"]
    assert "measure-two-s0" in totals(tmp_path / "out")


def test_what_a_person_can_mend_exits_2_and_the_same_command_tries_again(tmp_path: Path) -> None:
    file = write(tmp_path, arms={"one": {"measure.fail": "user"}}, seeds=1)
    status, _, told = run(file, tmp_path / "out")
    (tmp_path / "out" / "cache" / "mended").touch()
    again, said, _ = run(file, tmp_path / "out")
    assert (status, again, said["run"]) == (2, 0, 1)
    assert "have no column 'text'" in told.splitlines()[-1]


def test_a_step_whose_process_dies_is_begun_again(tmp_path: Path) -> None:
    arms = {"one": {"count.fail": "killed once"}, "two": {}}
    status, said, told = run(write(tmp_path, arms=arms, seeds=1), tmp_path / "out")
    assert (status, said["done"], said["failed"]) == (0, 6, {})
    assert "was lost: The process that ran it was ended by SIGKILL" in " ".join(told.split())


def test_a_worker_that_dies_is_a_failed_step_and_not_the_end(tmp_path: Path) -> None:
    arms = {"one": {"count.fail": "killed"}, "two": {}}
    status, said, _ = run(write(tmp_path, arms=arms, seeds=1), tmp_path / "out", "--workers", 1)
    assert status == 1
    assert "SIGKILL" in said["failed"]["count-one-s0"]
    assert said["done"] == 3


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 4 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_the_study_with_one_sentence(tmp_path: Path, small_disk: Path) -> None:
    file = write(tmp_path, arms={"one": {"count.fail": "full"}, "two": {}}, seeds=1)
    status, _, told = run(file, small_disk / "out", "--workers", 1)
    assert status == 2
    assert "is full; make room" in told.splitlines()[-1]
    assert "Traceback" not in told
    write(tmp_path, seeds=1)
    assert run(file, small_disk / "out")[0] == 2  # what was half written is still in the way
    for much in small_disk.rglob("much"):
        much.unlink()
    assert run(file, small_disk / "out")[0] == 0


def test_another_full_disk_of_a_machine_fails_its_steps_by_name_and_no_others(
    tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMALL_DISK", str(small_disk))
    arms = {
        "one": {"count.fail": "full elsewhere"},
        "two": {},
        "three": {"count.fail": "full once"},
    }
    status, said, told = run(write(tmp_path, arms=arms, seeds=1), tmp_path / "out")
    assert status == 2
    assert [*said["failed"]] == ["count-one-s0"]
    assert "is full, not the study's" in said["failed"]["count-one-s0"]
    assert said["done"] == 6
    assert "count-three-s0 was lost" in " ".join(told.split())


def test_two_runs_of_one_directory_do_not_mix(tmp_path: Path) -> None:
    stages = [{"count": {"pause": 1.0}}, {"measure": {}}]
    file = write(tmp_path, stages=stages, seeds=1)
    first = subprocess.Popen(
        command("run", file, "--out", tmp_path / "out"),
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: (tmp_path / "out" / "manifest.json").exists())
        status, _, told = run(file, tmp_path / "out")
    finally:
        first.kill()
        first.wait()
    assert status == 2
    assert "another process" in told


def wait_for(true: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_killed_at_ten_random_moments_it_comes_to_the_same(tmp_path: Path) -> None:
    stages = [{"count": {"steps": 6, "pause": 0.1}}, {"measure": {"steps": 6, "pause": 0.1}}]
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole = write(tmp_path / "whole", stages=stages)
    cut = write(tmp_path / "cut", stages=stages)
    run(whole, tmp_path / "whole" / "out")
    out, rng, kills = tmp_path / "cut" / "out", random.Random(7), 0
    for _ in range(10):
        driver = subprocess.Popen(
            command("run", cut, "--out", out), env=environment(), stderr=subprocess.DEVNULL
        )
        time.sleep(rng.uniform(0.6, 1.6))
        kills += driver.poll() is None
        os.kill(driver.pid, signal.SIGKILL)
        driver.wait()
    status, said, _ = run(cut, out)
    assert (status, said["done"]) == (0, 8)
    assert totals(out) == totals(tmp_path / "whole" / "out")
    attempts = Counter({
        path.parent.name: len(path.read_text().splitlines()) for path in out.glob(f"steps/*/{ATTEMPTS}")
    })  # fmt: skip
    assert kills > 3
    assert sum(attempts.values()) <= 8 + 2 * kills
    rows = [path.read_text().splitlines() for path in out.glob("steps/*/metrics.jsonl")]
    assert [len({json.loads(line)["step"] for line in lines}) for lines in rows] == [6] * 6


def test_workers_end_with_the_driver(tmp_path: Path) -> None:
    stages = [{"count": {"steps": 600, "pause": 0.1}}, {"measure": {}}]
    file = write(tmp_path, stages=stages, seeds=1)
    driver = subprocess.Popen(
        command("run", file, "--out", tmp_path / "out"),
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    directory = Directory(tmp_path / "out")
    short = graph(file).steps[0].short
    wait_for(lambda: directory.progress(short) is not None)
    driver.kill()
    driver.wait()
    wait_for(lambda: not directory.running(short), seconds=3.0)


def test_an_interrupt_stops_at_once_and_says_how_to_go_on(tmp_path: Path) -> None:
    stages = [{"count": {"steps": 600, "pause": 0.1}}, {"measure": {}}]
    file = write(tmp_path, stages=stages, seeds=1)
    driver = subprocess.Popen(
        command("run", file, "--out", tmp_path / "out"),
        env=environment(), stderr=subprocess.PIPE, text=True,
        # A shell's background jobs ignore interrupts, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    short = graph(file).steps[0].short
    wait_for(lambda: Directory(tmp_path / "out").progress(short) is not None)
    driver.send_signal(signal.SIGINT)
    _, told = driver.communicate(timeout=10)
    assert driver.returncode == 130
    assert "goes on where it was" in told


def test_steps_that_only_finished_ones_need_are_not_made_again(tmp_path: Path) -> None:
    file, out = write(tmp_path), tmp_path / "out"
    run(file, out)
    for path in out.glob("steps/count-*"):
        shutil.rmtree(path)
    _, said, _ = run(file, out)
    assert said["run"] == 0


def test_weights_that_were_deleted_are_made_again_where_somebody_needs_them(tmp_path: Path) -> None:
    stages = [{"count": {}}, {"measure": {}}, {"measure": {"add": 5}, "as": "after"}]
    file, out = write(tmp_path, stages=stages, arms={"one": {}}, seeds=1), tmp_path / "out"
    run(file, out)
    whole, done = totals(out), Directory(out).done()
    first, middle, last = (done[step.short] for step in graph(file).steps if step.stage != "assess")
    shutil.rmtree(middle / "checkpoint")
    _, said, _ = run(file, out)
    assert said["run"] == 0
    shutil.rmtree(last)
    _, said, _ = run(file, out)
    assert said["run"] == 2
    shutil.rmtree(first)
    _, said, _ = run(file, out)
    assert said["run"] == 0
    assert totals(out) == {name: total for name, total in whole.items() if name in totals(out)}
    assert {*whole} - {*totals(out)} == {"count-one-s0"}


def test_status_and_plan_tell_what_is_done_and_what_a_step_takes(tmp_path: Path) -> None:
    run(write(tmp_path), tmp_path / "out")
    file = write(tmp_path, arms={**BASE["arms"], "three": {"measure.add": 4}})
    plan = subprocess.run(
        command("plan", file, "--out", tmp_path / "out", "--json"),
        env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(plan.stdout)
    assert found["stages"]["measure"]["to_run"] == 2
    assert found["seconds"] >= 0
    assert found["unmeasured"] == {}
    beside = subprocess.run(
        command("plan", file, "--out", tmp_path / "other", "--json"),
        env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(beside.stdout)["unmeasured"] == {}
    status = subprocess.run(
        command("status", tmp_path / "out", "--json"),
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert json.loads(status.stdout)["counts"] == {"done": 8}
