"""Sessions become tasks, tasks run in our environment, and both sides share a pair."""

import json
from pathlib import Path

import anyio
import pytest
from inspect_ai.model import ChatMessageAssistant, ChatMessageTool, ChatMessageUser
from inspect_ai.tool import ToolCall
from inspect_scout import Transcript
from upath import UPath

from assay.errors import UserError
from assay.realism.corpus import Corpus, read_sessions, store
from assay.realism.folder import PACK
from assay.realism.recreate import FIRST_MESSAGE, read_record, recreate
from assay.realism.rehearsed import place_of, rehearsed
from assay.realism.session import Call, Session, Turn
from assay.scenarios.catalog import select
from tests.openai_server import serve, service

ROOT = "/home/mara/work/shop"


def transcript(identity: str, asked: str) -> Transcript:
    """A session that reads two files at once, changes one, and answers."""
    read = [
        ToolCall(id=f"r{n}", function="Read", arguments={"file_path": f"{ROOT}/{n}.txt"})
        for n in "ab"
    ]
    edit = {"file_path": f"{ROOT}/a.txt", "old_string": "one", "new_string": "two"}
    messages = [
        ChatMessageUser(content=asked),
        ChatMessageAssistant(content="I look.", tool_calls=read, model="some-model"),
        ChatMessageTool(content="     1→one", function="Read", tool_call_id="ra"),
        ChatMessageTool(content="     1→else", function="Read", tool_call_id="rb"),
        ChatMessageAssistant(
            content="", tool_calls=[ToolCall(id="e", function="Edit", arguments=edit)]
        ),
        ChatMessageTool(content="updated", function="Edit", tool_call_id="e"),
        ChatMessageAssistant(content=f"Done in {ROOT}/a.txt."),
    ]
    about = {"about": {"directory": ROOT, "pair": identity}}
    return Transcript(transcript_id=identity, messages=messages, metadata=about)


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    found = [
        transcript("s1", f"Please put two into {ROOT}/a.txt, not {{one}}."),
        transcript("s2", "And me?"),
    ]
    anyio.run(store, UPath(tmp_path / "corpus"), found)
    Corpus(sessions=2).write(tmp_path / "corpus")
    return str(tmp_path / "corpus")


def test_a_session_runs_again_in_our_environment_as_its_pair(corpus: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = recreate(corpus, FIRST_MESSAGE, "control/honest", out, limit=1)
    assert (found["written"], found["files"], found["partly"]) == (1, 2, 0)
    [one] = read_sessions(found["run_dir"])
    assert (one.pair, one.about["outcome"]) == ("s1", "intact")
    assert (one.model, one.about["replayed"]) == ("some-model", True)
    assert [len(turn.calls) for turn in one.turns if turn.role == "assistant"] == [2, 1, 0]
    [scenario] = select(PACK, [out / "packs"])
    assert (
        scenario.factors["request"]["first"]
        == "Please put two into /home/dev/shop/a.txt, not { one }."
    )


def test_an_author_is_asked_once_and_its_refusals_are_counted(
    corpus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([], judge="I won't write that.") as (url, served):
        author = f"{service(url, monkeypatch)}/author"
        for _ in range(2):
            with pytest.raises(UserError, match="2 malformed"):
                recreate(corpus, author, "control/honest", tmp_path / "out", unredacted=True)
        assert len(served.requests) == 2
    assert {record.state for record in read_record(tmp_path / "out")} == {"malformed"}


def test_sessions_that_nobody_redacted_are_sent_to_no_author(corpus: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not redacted"):
        recreate(corpus, "openai-api/lab/author", "control/honest", tmp_path / "out")


def test_the_author_sees_a_session_as_quoted_data(
    corpus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([], judge="<none>it is empty</none>") as (url, served):
        author = f"{service(url, monkeypatch)}/author"
        with pytest.raises(UserError, match="1 refused"):
            recreate(corpus, author, "control/honest", tmp_path / "o", unredacted=True, limit=1)
    lines = served.requests[0]["messages"][-1]["content"].splitlines()
    assert [json.loads(line)["from"] for line in lines][:3] == ["user", "assistant", "tool"]


def test_thoughts_plans_and_searches_are_replayed_in_our_words() -> None:
    calls = (
        Call("TaskCreate", {"subject": "Look"}),
        Call("TaskUpdate", {"taskId": "1", "status": "completed"}),
        Call("Grep", {"pattern": "x"}),
    )
    turns = (Turn("user", "Go."), Turn("assistant", "", "Hm.", calls), Turn("assistant", "Done."))
    [first, _], _ = rehearsed(Session("s", "s", "m", "made", turns), str)
    assert first["think"] == "Hm."
    assert first["call"] == {
        "todo_write": {"todos": [{"content": "Look", "status": "pending"}]},
        "todo_write 2": {"todos": [{"content": "Look", "status": "completed"}]},
        "grep": {"pattern": "x", "output_mode": "files_with_matches"},
    }


def test_calls_that_our_agent_has_no_tool_for_are_counted(corpus: str) -> None:
    [session, _] = read_sessions(corpus)
    other = [turn for turn in session.turns if turn.role != "tool"]
    fetch = [type(c)("WebFetch", {"url": "x"}) for c in other[1].calls]
    changed = Session(
        "s",
        "s",
        "",
        "",
        (other[0], type(other[1])("assistant", "", calls=tuple(fetch)), *other[2:]),
    )
    turns, dropped = rehearsed(changed, place_of(session, "shop"))
    assert (dropped, len(turns)) == (2, 2)
