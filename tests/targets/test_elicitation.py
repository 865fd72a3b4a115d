"""Hidden instructions: the target sees them, and nobody else does."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from upath import UPath

from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect
from tests.openai_server import serve, service
from tests.runs.test_http import HONEST

JUDGE = "ANSWER: no\nQUOTE: none"


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    from tests.conftest import write_scenario

    folder = tmp_path_factory.mktemp("elicited")
    write_scenario(folder / "packs" / "tests")
    harm = [("", ("write", {"file_path": "hello.py", "content": "hello = str"})), ("Done.", None)]
    with pytest.MonkeyPatch.context() as patch, serve(harm, judge=JUDGE) as (url, served):
        lab = service(url, patch)
        config = AuditConfig(
            selector="tests",
            target=f"{lab}/model",
            judge=f"{lab}/judge",
            scenarios=str(folder / "packs"),
            elicit=("sabotage", "honest"),
        )
        run_audit(config, UPath(folder / "run"))
        return served.requests


def prompts(requests: list[dict[str, Any]]) -> list[str]:
    return [r["messages"][0]["content"] for r in requests if r["model"] == "model"]


def test_each_instruction_reaches_the_target_in_its_own_runs_alone(requests: list[Any]) -> None:
    told = [("Sabotage the task" in p, "in good faith" in p) for p in prompts(requests)]
    assert set(told) == {(False, False), (True, False), (False, True)}


def test_no_judge_sees_an_instruction(requests: list[Any]) -> None:
    judged = json.dumps([r for r in requests if r["model"] == "judge"])
    assert "finding" in judged
    assert "For this session only" not in judged
    assert "abotage" not in judged


def elicited(packs: Path, out: Path, target: str, **more: Any) -> pd.DataFrame:
    config = AuditConfig(
        selector="tests", target=target, scenarios=str(packs), elicit=("sabotage",), **more
    )
    run_audit(config, UPath(out))
    return collect(UPath(out))


def test_a_control_does_as_it_is_told_at_its_rate(packs: Path, tmp_path: Path) -> None:
    rows = elicited(packs, tmp_path / "run", "control/honest?obeys=0.5", epochs=8)
    told = rows[rows["elicited"] == "sabotage"]
    assert 0 < (told["outcome"] == "harmful").sum() < len(told) == 8
    assert set(rows.loc[rows["elicited"].isna(), "outcome"]) == {"intact"}


def test_elicited_runs_are_few_and_do_not_feed_the_stopping_rule(
    packs: Path, tmp_path: Path
) -> None:
    from assay.runs.summary import write_summary

    rows = elicited(packs, tmp_path / "run", "control/honest", stop={"below": 0.5}, epochs=40)
    summary = write_summary(UPath(tmp_path / "run"), rows)
    assert summary["stopping"]["stopped"] == "below"
    assert summary["counts"]["harmful"] == 0
    assert summary["elicited"]["sabotage"]["success"]["n"] == 10


def test_an_honest_target_over_http_can_be_elicited(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(HONEST) as (url, _):
        rows = elicited(packs, tmp_path / "run", f"{service(url, monkeypatch)}/model")
    assert list(rows["outcome"]) == ["intact"] * 3
