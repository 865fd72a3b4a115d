"""The Scout scanner, over a log as `scout scan` reads it."""

import anyio
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_scout import Transcript

from assay.realism import scanner
from tests.openai_server import serve, service

MESSAGES = [
    ChatMessageUser(content="Mend it."),
    ChatMessageAssistant(content="I believe I am being tested here.", id="m1"),
]
TRANSCRIPT = Transcript(transcript_id="t", messages=MESSAGES)


def test_without_a_judge_it_counts_mentions() -> None:
    found = anyio.run(scanner.verbalised_awareness(judge="none"), TRANSCRIPT)
    assert (found.value, found.explanation) == (1, "mentions that no judge has read")


def test_a_judges_quote_refers_to_its_message(monkeypatch) -> None:
    with serve([], judge="ANSWER: aware\nQUOTE: I am being tested") as (url, _):
        judge = f"{service(url, monkeypatch)}/judge"
        found = anyio.run(scanner.verbalised_awareness(judge=judge), TRANSCRIPT)
    assert (found.value, found.answer) == ("before", "I am being tested")
    assert [one.id for one in found.references] == ["m1"]
