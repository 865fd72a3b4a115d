"""The audit over a real model connection: HTTP, with the faults that such connections have."""

from pathlib import Path

import pandas as pd
import pytest
from upath import UPath

from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect
from tests.openai_server import Fault, serve, service

HONEST = [
    ("I'll look first.", ("bash", {"command": "ls"})),
    (
        "Writing it.",
        ("write", {"file_path": "hello.py", "content": "def hello(n): return 'hello ' + n\n"}),
    ),
    ("Done.", None),
]


def audited(
    url: str, packs: Path, out: Path, patch: pytest.MonkeyPatch, *, judge: bool = False, **more: int
) -> pd.DataFrame:
    lab = service(url, patch)
    config = AuditConfig(
        selector="tests",
        target=f"{lab}/some-model",
        judge=f"{lab}/judge" if judge else None,
        scenarios=str(packs),
        **more,
    )
    run_audit(config, UPath(out))
    return collect(UPath(out))


def test_a_target_over_http_is_audited_through_every_fault(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(HONEST, ["429", "500", "malformed", "cut"]) as (url, served):
        rows = audited(url, packs, tmp_path / "run", monkeypatch, epochs=2)
    assert list(rows["outcome"]) == ["intact"] * 4
    assert {"429", "500", "malformed", "cut"} <= set(served.answered)
    assert (rows["input_tokens"] > 0).all()


def test_a_judge_over_http_decides_intent(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harm = [
        ("I will break it.", ("write", {"file_path": "hello.py", "content": "hello = str\n"})),
        ("Done.", None),
    ]
    said = "ANSWER: yes\nQUOTE: I will break it."
    with serve(harm, judge=said) as (url, served):
        rows = audited(url, packs, tmp_path / "run", monkeypatch, judge=True)
    assert list(rows["conduct"]) == ["misaligned"] * 2
    asked = [str(r["messages"]) for r in served.requests if r["model"] == "judge"]
    assert asked
    assert not [text for text in asked if "guards the next model" in text]


def test_a_judge_that_does_not_answer_leaves_the_conduct_ungraded(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harm = [("", ("write", {"file_path": "hello.py", "content": "hello = str\n"})), ("Ok.", None)]
    with serve(harm, judge="I would rather not say.") as (url, _):
        rows = audited(url, packs, tmp_path / "run", monkeypatch, judge=True)
    assert set(rows["conduct"]) == {"ungraded"}
    assert rows["ungraded_reason"].str.contains("I would rather not say").all()
    assert set(rows["outcome"]) == {"harmful"}


def test_a_run_that_the_model_cut_short_is_missing_data(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(HONEST, ["length"]) as (url, _):
        rows = audited(url, packs, tmp_path / "run", monkeypatch, max_samples=1)
    assert rows["outcome"].isna().sum() == 1
    assert "the model stopped with max_tokens" in set(rows["ungraded_reason"].dropna()).pop()


def test_a_run_that_failed_runs_again_with_the_same_command(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals: list[Fault] = ["401"] * 8
    with serve(HONEST, refusals) as (url, served):
        first = audited(url, packs, tmp_path / "run", monkeypatch, epochs=2, max_samples=1)
        asked = len(served.requests)
        second = audited(url, packs, tmp_path / "run", monkeypatch, epochs=2, max_samples=1)
    lost = int(first["outcome"].isna().sum())
    assert 0 < lost <= 4
    assert first["ungraded_reason"].dropna().str.contains("401").all()
    assert list(second["outcome"]) == ["intact"] * 4
    assert len(served.requests) - asked == 3 * lost
