"""The long tables are made from what lies in the study's directory, and from nothing else."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assay.errors import RunError
from assay.study.directory import Directory
from assay.study.graph import as_json
from assay.study.results import Tables, collect
from tests.study.studies import graph, write


def finished(folder: Path, **changes: Any) -> Path:
    """A study's directory with every step done, its figures written by hand."""
    file, out = write(folder, **changes), folder / "out"
    found = graph(file)
    out.mkdir()
    file_ = {"arms": {arm: {} for step in found.steps for arm in step.arms}}
    manifest = {"kind": "study", "study": "sums", "file": file_}
    manifest["steps"] = [as_json(step) for step in found.steps]
    (out / "manifest.json").write_text(json.dumps(manifest))
    for step in found.steps:
        where = Directory(out).final(step)
        where.mkdir(parents=True)
        (where / "step.json").write_text(json.dumps({**as_json(step), "seconds": 1.0}))
        if step.kind == "measure":
            write_figures(where, step.seed)
    return out


def write_figures(where: Path, seed: int) -> None:
    rows = [
        {"step": step, "condition": "plain", "scenario": "goals", "behaviour": "goals",
         "twin": False, "n": 10, "graded": 9, "harmful": seed + step, "intact": 1, "incoherent": 0}
        for step in (0, 2)
    ]  # fmt: skip
    coding = {"step": 2, "condition": "plain", "scenario": "coding", "n": 5, "graded": 5,
              "proxy": 4, "true": 3, "hack": 1, "overfit": 0, "hacks": {"always_equal": 1}}  # fmt: skip
    lines = [json.dumps(row) for row in [*rows, coding]]
    (where / "assessments.jsonl").write_text("\n".join(lines) + "\n")
    metrics = [
        {"step": step, "proxy_reward": step / 10, "hacks": {"early_exit": 0.5},
         "seconds": {"generate": 1.0, "rest": 0.5}}
        for step in (1, 2)
    ]  # fmt: skip
    (where / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in metrics))


def one(tables: Tables, arm: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    assessed, trained = (
        table[(table.arm == arm) & (table.seed == seed)] for table in (tables[0], tables[1])
    )
    return assessed, trained


def test_there_is_a_row_for_every_arm_seed_step_and_scenario(tmp_path: Path) -> None:
    assessed, trained = one(collect(finished(tmp_path)), "two", 1)
    assert list(zip(assessed.step, assessed.scenario, strict=True)) == [
        (0, "goals"), (2, "goals"), (2, "coding"),
    ]  # fmt: skip
    assert assessed.harmful.dropna().tolist() == [1, 3]
    assert json.loads(assessed.hacks.iloc[2]) == {"always_equal": 1}
    assert trained.seconds.tolist() == [1.5, 1.5]
    assert trained.seconds_generate.tolist() == [1.0, 1.0]


def test_what_was_written_twice_around_a_kill_counts_once_and_half_a_line_not_at_all(
    tmp_path: Path,
) -> None:
    out = finished(tmp_path)
    for path in out.glob("steps/measure-*/assessments.jsonl"):
        lines = path.read_text().splitlines()
        path.write_text("\n".join([*lines, lines[1][:40], lines[1], ""]))
    assert len(one(collect(out), "one", 0)[0]) == 3


def test_what_an_arm_learned_from_is_counted_over_the_lines_of_its_stage(tmp_path: Path) -> None:
    out = finished(tmp_path)
    far = {"evaluation": "microcosm", "nearest": 0.3, "floor": 0.8, "auc": None, "prompts": 9}
    for path in out.glob("steps/count-*"):
        lines = [{"step": step, "supervised_tokens": 100} for step in (10, 20, 20)]
        (path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (path / "distances.json").write_text(json.dumps([far]))
    data = collect(out).data
    assert {*zip(data.arm, data.seed, data.tokens, strict=True)} == {
        (arm, seed, 200) for arm in ("one", "two") for seed in (0, 1)
    }
    assert (data.nearest == 0.3).all()
    assert data.auc.isna().all()


def test_the_steps_of_a_second_stage_run_on_from_the_first(tmp_path: Path) -> None:
    stages = [{"measure": {"steps": 2}}, {"measure": {"steps": 2, "add": 4}, "as": "again"}]
    arms: dict[str, Any] = {"one": {}, "two": {"again.add": 2}}
    assessed, trained = one(collect(finished(tmp_path, stages=stages, arms=arms)), "one", 0)
    assert assessed[assessed.scenario == "goals"].step.tolist() == [0, 2, 4]
    assert trained.step.tolist() == [1, 2, 3, 4]
    assert assessed.stage_name.unique().tolist() == ["measure", "again"]


def test_a_seed_that_is_not_through_has_no_rows(tmp_path: Path) -> None:
    out = finished(tmp_path)
    shutil.rmtree(next(out.glob("steps/measure-one-s1-*")))
    tables = collect(out)
    assert one(tables, "one", 1)[0].empty
    assert not one(tables, "two", 1)[0].empty


def test_the_tables_on_disk_are_the_same_whenever_they_are_made(tmp_path: Path) -> None:
    out = finished(tmp_path)
    first = collect(out)
    bytes_ = (out / "assessments.parquet").read_bytes()
    collect(out)
    assert (out / "assessments.parquet").read_bytes() == bytes_
    pd.testing.assert_frame_equal(pd.read_parquet(out / "training.parquet"), first.training)


def test_a_directory_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no study's directory"):
        collect(tmp_path)
