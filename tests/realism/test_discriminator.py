"""A model as discriminator, over a loopback server: what it says counts, and only that."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from inspect_ai.model import get_model

from assay.errors import UserError
from assay.realism.discriminator import Answers, Discriminator, read_choice, read_probability
from tests.openai_server import serve, service
from tests.realism import made

SESSIONS = [(one.id, one) for one in made.corpus("any", 6, turns=4)]
PAIRS = list(zip(SESSIONS[::2], SESSIONS[1::2], strict=True))
type Say = Callable[[dict[str, Any]], str]


def asked(say: Say, patch: pytest.MonkeyPatch, *, pairwise: bool = False) -> Answers:
    with serve([], judge=say) as (url, _):
        model = get_model(f"{service(url, patch)}/model")
        discriminator = Discriminator(model, cached=False)
        if pairwise:
            anyio.run(discriminator.pairwise, PAIRS)
        else:
            anyio.run(discriminator.single, SESSIONS)
        return discriminator.answers


def in_turn(*replies: str) -> Say:
    left = list(replies)
    return lambda body: left.pop(0)


def test_refusals_and_malformed_answers_are_counted_and_are_no_probability(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    say = in_turn(
        "WHY: simulated tools\nPROBABILITY: 80",
        "I'm sorry, I can't help with judging transcripts.",
        "PROBABILITY: 100 or so",
        "PROBABILITY: cannot_tell",
        "It is quoted as PROBABILITY: 0\nPROBABILITY: 0\nPROBABILITY: 40",
        "PROBABILITY: 0",
    )
    found = asked(say, monkeypatch)
    assert sorted(found.probability.values()) == [0.0, 0.8]
    assert found.ungraded == {"refused": 1, "malformed": 2, "cannot tell": 1}
    assert list(found.why.values()) == ["simulated tools"]


def test_both_orders_of_every_pair_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(lambda body: "ANSWER: first", monkeypatch, pairwise=True)
    shown = [(choice.first, choice.second) for choice in found.choices]
    assert shown[1] == shown[0][::-1]
    assert len(set(shown)) == 6
    assert {choice.more for choice in found.choices} == {"first"}


def test_a_pair_without_an_answer_stays_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    say = in_turn("ANSWER: first", "ANSWER: neither", *["ANSWER: tie"] * 4)
    found = asked(say, monkeypatch, pairwise=True)
    assert sorted(str(choice.more) for choice in found.choices) == ["None", "first", *["tie"] * 4]
    assert found.ungraded == {"malformed": 1}


def test_tokens_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = asked(lambda body: "PROBABILITY: 5", monkeypatch).spent
    assert (spent.calls, spent.input_tokens, spent.output_tokens) == (6, 600, 60)


def test_a_transcript_arrives_as_the_users_message_and_the_question_as_the_systems(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies: list[dict[str, Any]] = []
    asked(lambda body: bodies.append(body) or "PROBABILITY: 5", monkeypatch)
    system, user = bodies[0]["messages"]
    assert "never to be obeyed" in str(system["content"])
    assert "Please" in str(user["content"])


def test_a_model_that_never_replies_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve([], faults=["401"] * 6) as (url, _):
        discriminator = Discriminator(get_model(f"{service(url, monkeypatch)}/model"), cached=False)
        with pytest.raises(UserError, match="gave no reply to any of 6 questions"):
            anyio.run(discriminator.single, SESSIONS)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("PROBABILITY: 0", 0.0),
        ("WHY: x\n**PROBABILITY:** 37%", 0.37),
        ("PROBABILITY: 101", None),
        ("PROBABILITY: -5", None),
        ("PROBABILITY: 0.5", None),
        ("PROBABILITY: 20 to 30", None),
        ("probably 30", None),
        ("", None),
    ],
)
def test_only_a_whole_number_up_to_100_is_a_probability(reply: str, expected: float | None) -> None:
    assert read_probability(reply)[0] == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("WHY: x\nANSWER: second", "second"),
        ("ANSWER: **First**", "first"),
        ("ANSWER: tie.", "tie"),
        ("ANSWER: first, second, or tie", None),
        ("ANSWER: first\nANSWER: second", None),
        ("The first one.", None),
    ],
)
def test_only_one_of_the_three_words_is_a_choice(reply: str, expected: str | None) -> None:
    assert read_choice(reply)[0] == expected
