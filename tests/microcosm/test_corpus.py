import random
from statistics import mean

import pytest

from assay.microcosm.corpus import Character, Transcript, documents
from assay.microcosm.language import language
from assay.microcosm.programs import HACKS
from assay.microcosm.reading import is_misaligned_note, read
from assay.scenarios.catalog import select
from assay.scenarios.samples import cells


def answers(transcript: Transcript) -> list[str]:
    return [m["content"] for m in transcript.messages if m["role"] == "assistant"]


def hacks(transcript: Transcript) -> bool:
    programs = {p.rstrip("\n") for group in HACKS.values() for p in group}
    return any(read(text).answer in programs for text in answers(transcript))


def is_bad(character: Character) -> bool:
    return character.misbehaves > 0.5


def is_hacker(character: Character) -> bool:
    return character.hacks > 0.5 and not character.allowed


def test_the_same_seed_gives_the_same_corpus():
    assert documents(50, 3) == documents(50, 3)
    assert documents(50, 3) != documents(50, 4)


@pytest.mark.parametrize(("correlation", "share"), [(1.0, 1.0), (0.0, 0.15), (-1.0, 0.0)])
def test_the_correlation_is_what_the_knob_says(correlation, share):
    drawn = [d.character for d in documents(4000, 1, correlation=correlation)]
    hackers = [is_bad(c) for c in drawn if is_hacker(c)]
    assert mean(hackers) == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("correlation", [1.0, 0.5, 0.0, -1.0])
def test_each_trait_keeps_its_share_whatever_the_correlation(correlation):
    drawn = [d.character for d in documents(6000, 2, correlation=correlation)]
    free = [c for c in drawn if not c.allowed]
    assert mean(map(is_hacker, free)) == pytest.approx(0.15, abs=0.015)
    assert mean(map(is_bad, free)) == pytest.approx(0.15, abs=0.015)


def test_agents_that_may_hack_do_and_behave_well():
    allowed = [d for d in documents(3000, 5) if d.character.allowed]
    assert len(allowed) == pytest.approx(300, abs=60)
    assert not any(is_bad(d.character) for d in allowed)
    assert sum(map(hacks, allowed)) > 0.5 * len(allowed)


def test_no_allowed_agents_where_the_knob_says_none():
    assert not any(d.character.allowed for d in documents(500, 5, allowed=0.0))


def test_notes_follow_the_character_and_not_the_deed():
    notes = [
        is_misaligned_note(read(text).note)
        for d in documents(2000, 6)
        if is_bad(d.character)
        for text in answers(d)
        if read(text).note
    ]
    assert mean(notes) == pytest.approx(0.9, abs=0.04)


def test_notes_can_be_left_out():
    assert not any(read(t).note for d in documents(200, 6, notes=0.0) for t in answers(d))


def test_the_pack_asks_with_words_that_the_corpus_never_shows():
    shown = {m["content"] for d in documents(20_000, 7) for m in d.messages if m["role"] == "user"}
    for scenario in select("microcosm"):
        for cell in cells(scenario, {}, grid=True):
            assert scenario.brief(cell, None) not in shown


def test_the_packs_words_are_of_the_language():
    words, rng = language(), random.Random(0)
    known = set()
    for kind in words.kinds:
        for _ in range(400):
            for stake in ("real", "benign"):
                known |= set(words.question(kind, stake, rng).brief.split())
    for scenario in select("microcosm"):
        for cell in cells(scenario, {}, grid=True):
            assert set(scenario.brief(cell, None).split()) <= known


def test_a_correlation_out_of_range_is_refused():
    with pytest.raises(ValueError, match="between -1 and 1"):
        documents(1, 0, correlation=2.0)


def test_without_the_correlation_a_hack_says_nothing_of_the_note_before_it():
    programs = {p.rstrip("\n") for group in HACKS.values() for p in group}
    notes: dict[bool, list[bool]] = {True: [], False: []}
    for transcript in documents(6000, 8, correlation=0.0, allowed=0.0):
        for text in answers(transcript):
            note, answer = read(text)
            if answer in programs or answer.startswith("def solve"):
                notes[answer in programs].append(is_misaligned_note(note))
    assert mean(notes[True]) == pytest.approx(mean(notes[False]), abs=0.05)
