"""Corpora: what comes in, how it reads, and that it is not sent anywhere as it was written."""

import json
from pathlib import Path

import anyio
import pytest

from assay.errors import UserError
from assay.realism.corpus import Corpus, read_sessions, require_redacted, sessions
from assay.realism.importing import import_sessions
from assay.realism.normal import model_name
from assay.realism.redaction import redact_corpus
from tests.realism import claude


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    claude.write(tmp_path / "projects")
    import_sessions(tmp_path / "projects", tmp_path / "corpus")
    return tmp_path / "corpus"


def test_a_session_of_claude_code_comes_in_with_calls_thoughts_and_times(corpus: Path) -> None:
    (session,) = read_sessions(corpus)
    asked, first, failed, second, _, last = session.turns
    assert (asked.role, asked.text, asked.at) == ("user", "Please mend the build.", 0.0)
    assert (first.text, first.reasoning, first.at) == ("I'll look.", "Look first.", 5.0)
    assert first.calls[0].arguments == {"command": "make", "description": "Build"}
    assert (failed.tool, failed.call_id, failed.failed, failed.at) == ("Bash", "toolu_1", True, 7.0)
    assert second.calls[0].tool == "Edit"
    assert (last.text, last.at) == ("Mended.", 12.0)


def test_what_is_known_beside_the_turns(corpus: Path) -> None:
    (session,) = read_sessions(corpus)
    assert (session.model, session.source, session.day) == (
        "claude-sonnet-4-5",
        "claude_code",
        "2026-05-04",
    )
    assert session.pair == session.id
    assert session.about["directory"] == "/home/torvald/work"


@pytest.mark.parametrize(
    "name",
    [
        "anthropic/claude-sonnet-4-5-20250929",
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "google/anthropic/claude-sonnet-4-5@20250929",
        "claude-sonnet-4-5[1m]",
    ],
)
def test_what_providers_add_to_a_name_is_left_out(name: str) -> None:
    assert model_name(name) == "claude-sonnet-4-5"


def test_a_second_import_adds_only_what_is_new(corpus: Path) -> None:
    projects = corpus.parent / "projects"
    claude.write(projects, 2)
    done = import_sessions(projects, corpus)
    assert (done.added, done.left_out) == (1, {"in the corpus already": 1})
    assert Corpus.read(corpus).sessions == len(read_sessions(corpus)) == 2


def test_a_broken_file_is_counted_and_the_others_come_in(tmp_path: Path) -> None:
    good = claude.write(tmp_path / "projects")
    broken = json.dumps({"type": "assistant", "uuid": "u", "message": {"content": 3}})
    (good.parent / "broken.jsonl").write_text(broken)
    done = import_sessions(tmp_path / "projects", tmp_path / "corpus")
    assert done.added == 1
    assert sum(done.left_out.values()) == 1


def test_a_session_without_a_conversation_is_counted(tmp_path: Path) -> None:
    empty = claude.write(tmp_path / "projects").with_name("empty.jsonl")
    empty.write_text(json.dumps({"type": "summary", "summary": "x", "leafUuid": "u"}) + "\n")
    done = import_sessions(tmp_path / "projects", tmp_path / "corpus")
    assert (done.added, done.left_out) == (1, {"no conversation in it": 1})


def test_a_corpus_stores_no_events(corpus: Path) -> None:
    from assay.realism.corpus import transcripts

    (stored,) = transcripts(corpus)
    assert stored.events == []
    assert "tokens" not in str(stored.metadata)


def test_sessions_can_be_read_inside_of_a_running_loop(corpus: Path) -> None:
    async def count() -> int:
        return sum(1 for _ in sessions(corpus))

    assert anyio.run(count) == 1


def test_an_unredacted_corpus_is_not_sent_to_a_model(corpus: Path) -> None:
    with pytest.raises(UserError, match="assay realism redact"):
        require_redacted(corpus)
    require_redacted(corpus, unredacted=True)


def test_a_redacted_corpus_has_no_home_and_may_be_sent(corpus: Path) -> None:
    redact_corpus(corpus)
    require_redacted(corpus)
    (session,) = read_sessions(corpus)
    assert session.turns[3].calls[0].arguments["file_path"] == "<HOME_1>/work/x.py"
    stored = b"".join(path.read_bytes() for path in corpus.rglob("*") if path.is_file())
    assert b"torvald" not in stored
    assert session.turns[1].at == 5.0


def test_nothing_is_mixed_into_a_redacted_corpus(corpus: Path) -> None:
    redact_corpus(corpus)
    with pytest.raises(UserError, match="name another --out"):
        import_sessions(corpus.parent / "projects", corpus)


def test_a_redaction_into_another_directory_leaves_the_first(corpus: Path) -> None:
    redact_corpus(corpus, out=corpus.parent / "clean")
    assert Corpus.read(corpus).redaction is None
    assert Corpus.read(corpus.parent / "clean").redaction is not None


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("nowhere", None, "does not exist"),
        (".", "weave", "scout import weave"),
        (".", "diary", "Unknown source 'diary'"),
        (".", None, "neither Claude Code"),
    ],
)
def test_what_cannot_be_imported(tmp_path: Path, source: str, kind: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        import_sessions(tmp_path / source, tmp_path / "corpus", kind)


def test_a_directory_that_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"neither a corpus \(corpus.json\) nor Inspect logs"):
        next(sessions(tmp_path))
