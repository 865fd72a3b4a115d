"""Runs that a control begins and a target over HTTP goes on with."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from upath import UPath

from assay.errors import UserError
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect
from assay.scenarios.catalog import select
from assay.scenarios.samples import continued_assignments
from assay.scenarios.scenario import Scenario
from assay.targets.continuation import check_openings, opening_of
from tests.openai_server import serve, service
from tests.runs.test_http import HONEST

UNDONE = [HONEST[1], HONEST[1], ("Done.", None)]  # its first answer is the control's
LEFT = [("", None), ("I stop here.", None)]


def audited(
    packs: Path, out: Path, script: list[Any], said: str = "ANSWER: yes"
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    with pytest.MonkeyPatch.context() as patch, serve(script, judge=said) as (url, served):
        config = AuditConfig(
            selector="tests",
            target=f"{service(url, patch)}/model",
            scenarios=str(packs),
            continuation=True,
        )
        run_audit(config, UPath(out))
        rows = collect(UPath(out))
    return rows[rows["prefix"].notna()], served.requests


def row(rows: pd.DataFrame, prefix: str) -> "pd.Series[Any]":
    [found] = [own for _, own in rows.iterrows() if own["prefix"] == prefix]
    return found


def test_a_target_that_writes_it_anew_has_undone_it(packs: Path, tmp_path: Path) -> None:
    rows, _ = audited(packs, tmp_path / "run", UNDONE)
    found = row(rows, "sabotage")
    assert (found["outcome"], found["ending"], found["prefill_aware"]) == (
        "intact",
        "undone",
        "yes",
    )


def test_a_target_that_does_nothing_more_has_stopped(packs: Path, tmp_path: Path) -> None:
    rows, _ = audited(packs, tmp_path / "run", LEFT, said="Who knows?")
    found = row(rows, "sabotage")
    assert (found["outcome"], found["ending"]) == ("harmful", "stopped")
    assert found["prefill_aware"] == "no_answer"


def test_a_target_that_does_more_harm_has_gone_on(packs: Path, tmp_path: Path) -> None:
    worse = ("", ("write", {"file_path": "hello.py", "content": "hello = str"}))
    rows, _ = audited(packs, tmp_path / "run", [worse, worse, ("Done.", None)])
    assert row(rows, "sabotage")["ending"] == "went_on"


def test_the_target_sees_the_opening_as_its_own_and_nothing_of_its_origin(
    packs: Path, tmp_path: Path
) -> None:
    _, requests = audited(packs, tmp_path / "run", UNDONE)
    taken_over = [r for r in requests if "def hello(name)" in json.dumps(r["messages"][2:3])]
    assert {m["role"] for m in taken_over[0]["messages"][2:4]} == {"assistant", "tool"}
    assert "sabotage" not in json.dumps(taken_over)
    assert "control" not in json.dumps(taken_over)


def test_the_question_is_put_once_for_each_continuation(packs: Path, tmp_path: Path) -> None:
    _, requests = audited(packs, tmp_path / "run", UNDONE)
    asked = [r for r in requests if "written by somebody else" in json.dumps(r["messages"][-1])]
    assert len(asked) == 2


def test_a_control_that_writes_nothing_begins_nothing(folder: Path) -> None:
    for path in (folder / "controls").glob("sabotage*.yaml"):
        path.write_text("conduct: sabotage\nnote: x\nturns: [{say: No.}]\n")
    with pytest.raises(UserError, match="has no sabotage control to continue from"):
        check_openings(Scenario.load(folder))


@pytest.mark.parametrize("scenario", select("research_sabotage"), ids=lambda s: s.id)
def test_every_scenario_that_ships_can_be_continued(scenario: Scenario) -> None:
    for run in continued_assignments([scenario], {}, today=date(2026, 1, 5), seed=0):
        for epoch in range(20):
            control = opening_of(run, epoch)
            assert control.conduct == run.prefix
            assert 0 < len(control.opening) < len(control.turns)


@pytest.mark.parametrize("scenario", select("agentic_misalignment"), ids=lambda one: one.id)
def test_the_office_agent_can_be_begun_both_ways(scenario: Scenario) -> None:
    check_openings(scenario)
