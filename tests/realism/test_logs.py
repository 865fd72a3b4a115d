"""Inspect logs as sessions: read as they are, and imported."""

from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import includes
from inspect_ai.solver import generate, system_message, use_tools
from inspect_ai.tool import Tool, tool

from assay.realism.corpus import read_sessions, require_redacted
from assay.realism.importing import import_sessions


@tool
def look() -> Tool:
    async def execute(path: str) -> str:
        """Looks.

        Args:
            path: Where.
        """
        return f"nothing at {path}"

    return execute


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("logs")
    said = [
        ModelOutput.for_tool_call("mockllm/model", "look", {"path": "src"}),
        ModelOutput.from_content("mockllm/model", "done"),
    ]
    from inspect_ai.model import ModelUsage

    for output in said:
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    sample = Sample("Look at src.", target="done", metadata={"pair": "p1", "scenario": "looking"})
    task = Task(
        dataset=[sample],
        solver=[system_message("You look."), use_tools(look()), generate()],
        scorer=includes(),
    )
    model = get_model("mockllm/model", custom_outputs=said)
    eval(task, model=model, log_dir=str(where), display="none")
    return where


def test_a_log_reads_as_sessions_with_their_pair(logs: Path) -> None:
    (session,) = read_sessions(logs)
    assert [turn.role for turn in session.turns] == [
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    assert (session.pair, session.about["scenario"], session.source) == (
        "p1",
        "looking",
        "eval_log",
    )
    assert session.tools == ("look",)
    assert session.turns[3].text == "nothing at src"


def test_times_of_a_log_begin_with_the_sample(logs: Path) -> None:
    (session,) = read_sessions(logs)
    times = [turn.at for turn in session.turns[1:]]
    assert times[0] == 0.0
    assert times == sorted(times)  # type: ignore[type-var]


def test_an_imported_log_reads_as_it_did(logs: Path, tmp_path: Path) -> None:
    import_sessions(logs, tmp_path / "corpus")
    assert read_sessions(tmp_path / "corpus") == read_sessions(logs)


def test_logs_hold_nobody_s_own_work_and_may_be_sent(logs: Path) -> None:
    require_redacted(logs)
