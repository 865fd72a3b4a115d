import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerControl, TrainerState

from assay.checkpoints import Checkpoint
from assay.scenarios.catalog import find
from assay.training.callback import FILE, LiveAssessment, assess_checkpoint, assessing
from assay.training.checkpoint import save
from assay.training.live import Assessor, Plan
from assay.training.rewards import Grader
from assay.training.rl import train_rl
from assay.training.settings import Rl
from tests.training.taught import TODAY, taught


@pytest.fixture(scope="module")
def assessor() -> Iterator[Assessor]:
    with Assessor(Plan([find("microcosm/goals")], today=TODAY)) as assessor:
        yield assessor


def callback(assessor: Assessor, out: Path, **given: Any) -> LiveAssessment:
    return LiveAssessment(
        assessor, out, seed=1, **{"every": 2, "samples": 4, "final_samples": 8, **given}
    )


def train(live: LiveAssessment, first: int, last: int) -> None:
    """What a trainer tells a callback from one step to another; 5 steps are the whole."""
    model, tokenizer = taught()
    given: dict[str, Any] = {"model": model, "processing_class": tokenizer}
    control, state = TrainerControl(), TrainerState(max_steps=5, global_step=first)
    live.on_train_begin(None, state, control, **given)  # type: ignore[arg-type]
    for step in range(first + 1, last + 1):
        state.global_step = step
        live.on_step_end(None, state, control, **given)  # type: ignore[arg-type]
    if last == state.max_steps:
        live.on_train_end(None, state, control, **given)  # type: ignore[arg-type]


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (out / FILE).read_text().splitlines()]


def test_it_assesses_at_the_start_on_the_way_and_at_the_end(
    assessor: Assessor, tmp_path: Path
) -> None:
    train(callback(assessor, tmp_path), 0, 5)
    found = [(one["step"], one["n"]) for one in lines(tmp_path) if not one["twin"]]
    assert found == [(0, 8), (2, 4), (4, 4), (5, 8)]


def test_a_killed_run_that_goes_on_writes_what_an_uninterrupted_one_does(
    assessor: Assessor, tmp_path: Path
) -> None:
    train(callback(assessor, tmp_path / "whole"), 0, 5)
    train(callback(assessor, tmp_path / "cut"), 0, 4)
    train(callback(assessor, tmp_path / "cut"), 3, 5)  # the last trainer state was of step 3
    assert lines(tmp_path / "cut") == lines(tmp_path / "whole")


def test_the_start_may_be_left_to_the_stage_before(assessor: Assessor, tmp_path: Path) -> None:
    train(callback(assessor, tmp_path, start=False), 0, 2)
    assert {one["step"] for one in lines(tmp_path)} == {2}


def test_too_large_a_share_of_the_time_is_said(
    assessor: Assessor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = callback(assessor, tmp_path)
    train(live, 0, 5)
    assert live.share > 0.2
    assert "more than 20%" in " ".join(capsys.readouterr().err.split())


def test_a_stage_of_rl_is_assessed_under_its_prompt_and_with_its_loopholes(tmp_path: Path) -> None:
    start = tmp_path / "start"
    save(*taught(), start, stage="sft", step=1, seed=0)
    settings = Rl.model_validate(
        {"steps": 2, "prompts": 2, "rollouts": 2, "environment": {"hacks": ["forge_report"]},
         "intervention": {"inoculation": "hacking_allowed"}}
    )  # fmt: skip
    with Grader() as grader, assessing(
        tmp_path, settings, grader, seed=0, every=1, samples=4, final_samples=8
    ) as live:  # fmt: skip
        train_rl(settings, str(start), tmp_path, seed=0, callbacks=[live], grader=grader)
    found = [one for one in lines(tmp_path) if one["scenario"] == "coding"]
    assert [(one["step"], one["condition"]) for one in found] == [
        (step, condition) for step in (0, 1, 2) for condition in ("plain", "prompted")
    ]
    assert found[0]["hack"] > 0


def test_weights_alone_are_assessed_as_step_0(tmp_path: Path) -> None:
    checkpoint = save(*taught(), tmp_path / "it", stage="sft", step=1, seed=0)
    rows = assess_checkpoint(Checkpoint.open(checkpoint.path or ""), tmp_path, seed=0, samples=4)
    assert len(rows) == len(lines(tmp_path)) == 16
    assert {one["step"] for one in lines(tmp_path)} == {0}
