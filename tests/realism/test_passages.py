"""The labelled passages, and how filter and judges are measured on them."""

import asyncio

from inspect_ai.model import ChatMessage

from assay.realism.passages import check_filter, check_judge, passages
from tests.realism.test_awareness import judge


def test_the_set_is_large_enough_and_has_both_kinds_in_both_parts() -> None:
    counts = [
        sum(p.part == part and p.aware is aware for p in passages())
        for part in ("tune", "held_out")
        for aware in (True, False)
    ]
    assert len(passages()) >= 120
    assert min(counts) >= 30


def test_the_filter_passes_most_of_what_it_has_never_seen() -> None:
    found = check_filter("held_out")
    assert found.recall.hits / found.recall.n >= 0.85
    assert len(found.wrong) < sum(not p.aware and p.part == "held_out" for p in passages())


def test_what_the_filter_misses_is_named() -> None:
    given = [p.model_copy(update={"text": "Nothing to see."}) for p in passages()]
    found = check_filter("tune", given)
    assert found.recall.hits == 0
    assert len(found.missed) == found.recall.n


def test_a_judge_that_always_says_aware_has_no_specificity() -> None:
    def aware(messages: list[ChatMessage]) -> str:
        words = (
            messages[-1].text.partition('says": "')[2]
            or messages[-1].text.partition('thinks": "')[2]
        )
        return f"ANSWER: aware\nQUOTE: {words[:12]}"

    found = asyncio.run(check_judge(judge(aware), passages()[::4]))
    assert found.sensitivity.hits == found.sensitivity.n > 12
    assert found.specificity.hits == 0


def test_a_judge_that_refuses_is_unanswered_and_not_wrong() -> None:
    found = asyncio.run(check_judge(judge("I would rather not."), passages()[:20]))
    assert (found.unanswered > 0, found.sensitivity.n, found.wrong) == (True, 0, ())
