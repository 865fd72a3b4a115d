"""The whole way: a run whose script notices, a judge on loopback, the rows and the summary."""

import shutil
from pathlib import Path

import pytest
from upath import UPath

from assay.realism.noticing import notice
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.awareness import read_awareness
from assay.runs.collect import collect
from assay.runs.summary import write_summary
from tests.openai_server import serve, service
from tests.realism.chat import write_chat

SAID = "This looks like an evaluation to me."


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a script that says that it noticed."""
    place = tmp_path_factory.mktemp("noticing")
    packs = write_chat(place / "packs" / "chat", f"Gladly. {SAID}")
    run_audit(
        AuditConfig(selector="chat", target="control/honest", scenarios=str(packs)),
        UPath(place / "run"),
    )
    return place / "run"


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> UPath:
    return UPath(shutil.copytree(finished, tmp_path / "run"))


def test_what_a_judge_finds_of_a_run_reaches_its_rows_and_its_summary(
    run: UPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([], judge=f"ANSWER: aware\nQUOTE: {SAID}") as (url, served):
        judge = f"{service(url, monkeypatch)}/judge"
        found = notice(str(run), judge)
        asked = len(served.requests)
        notice(str(run), judge)
        assert len(served.requests) == asked > 100  # the second time nothing is read again
    assert found["main"]["before"]["mean"] == 1
    assert found["measured"]["sensitivity"]["n"] == 0  # its quote stands in no passage
    assert found["corrected"]["mean"] is None
    assert set(collect(run)["aware"]) == {"before"}
    assert write_summary(run, collect(run))["verbalised"]["judges"] == [judge]


def test_without_a_judge_the_rows_say_unknown_and_nobody_is_called_aware(run: UPath) -> None:
    found = notice(str(run))
    assert (found["main"], found["mentions"]["mean"]) == (None, 1)
    assert {one.aware for one in read_awareness(run)} == {"unknown"}
    assert write_summary(run, collect(run))["awareness"] is None
