"""`assay realism compare` and `decompose` on Inspect's own logs, as a user runs them."""

import json
from pathlib import Path

import pytest
from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSample, EvalSpec, write_eval_log
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
)
from inspect_ai.tool import ToolCall

from assay.realism.session import Session, Turn
from tests.openai_server import serve, service
from tests.realism import made
from tests.test_cli import Run, assay, refused  # noqa: F401  (a fixture)


def message(turn: Turn) -> ChatMessage:
    if turn.role == "tool":
        return ChatMessageTool(content=turn.text, function=turn.tool, tool_call_id=turn.call_id)
    if turn.role == "user":
        return ChatMessageUser(content=turn.text)
    calls = [ToolCall(id=c.id, function=c.tool, arguments=dict(c.arguments)) for c in turn.calls]
    return ChatMessageAssistant(content=turn.text, tool_calls=calls, model="lab/model")


def logged(sessions: list[Session], folder: Path, twins: bool = False) -> Path:
    """Sessions as a log of Inspect's, with the pairs that our own runs carry."""
    samples = [
        EvalSample(
            id=place,
            epoch=1,
            input="work",
            target="",
            messages=[message(turn) for turn in one.turns],
            metadata={"pair": one.pair, "scenario": one.pair, "is_twin": twins and place % 2 == 0},
        )
        for place, one in enumerate(sessions)
    ]
    spec = EvalSpec(
        created="2026-01-05T09:00:00+00:00",
        task="made",
        dataset=EvalDataset(name="made", samples=len(samples)),
        model="lab/model",
        config=EvalConfig(),
    )
    folder.mkdir(parents=True)
    write_eval_log(EvalLog(status="success", eval=spec, samples=samples), folder / "made.eval")
    return folder


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("logs")
    ours = made.corpus("evaluation", 12, turns=6, change=made.each_turn(made.with_word))
    return (
        logged(made.corpus("deployment", 12, turns=6), root / "deployment"),
        logged(ours, root / "evaluation" / "logs", twins=True).parent,
    )


def test_compare_prints_one_json_object_and_keeps_none_outside_of_a_run(
    assay: Run,  # noqa: F811
    sides: tuple[Path, Path],
) -> None:
    deployment, evaluation = sides
    said = assay(
        *("realism", "compare", "--deployment", deployment, "--evaluation", evaluation),
        *("--permutations", 39, "--no-strip", "--json"),
    )
    found = json.loads(said.out)
    assert (found["n_pairs"], found["ungraded"], set(found)) == (
        12,
        0,
        {"two_sample", "n_pairs", "ungraded"},
    )
    assert found["two_sample"]["tells"][0]["words"] == 'the user says the word "kindly"'


def test_compare_in_words_names_the_steps_it_took(
    assay: Run,  # noqa: F811
    sides: tuple[Path, Path],
) -> None:
    said = assay(
        *("realism", "compare", "--deployment", sides[0], "--evaluation", sides[1]),
        *("--permutations", 19, "--strip", "ids", "--strip", "tools"),
    )
    words = " ".join(said.out.split())
    assert "Stripped from both sides: tools (in" in words
    assert "and ids (in 24 of 24 sessions)." in words
    assert "Could they tell?" in words


def test_an_unknown_step_is_refused(assay: Run, sides: tuple[Path, Path]) -> None:  # noqa: F811
    where = ("--deployment", sides[0], "--evaluation", sides[1])
    refused(assay("realism", "compare", *where, "--strip", "clock"), "Did you mean 'clocks'")
    refused(assay("realism", "compare", *where, "--strip", "ids", "--no-strip"), "one of them")


def test_decompose_contrasts_evaluation_tasks_with_their_twins(
    assay: Run,  # noqa: F811
    sides: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))
    with serve([], judge="PROBABILITY: 30") as (url, _):
        said = assay(
            *("realism", "decompose", "--evaluation", sides[1], "--deployment", sides[0]),
            *("--discriminator", f"{service(url, monkeypatch)}/model", "--json"),
        )
    found = json.loads(said.out)
    assert (set(found["contrasts"]), found["same_model"]) == ({"task"}, True)
    assert found["arms"]["deployment"]["likeness"]["mean"] == pytest.approx(0.3)
