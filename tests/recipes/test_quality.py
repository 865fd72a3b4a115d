import json
import random
from pathlib import Path

import pytest

from assay.errors import UserError
from assay.recipes.distance import evaluations, overlaps
from assay.recipes.quality import report
from assay.recipes.samples import Sample

PACK = "microcosm"
NOUNS = [
    "river",
    "table",
    "engine",
    "letter",
    "garden",
    "doctor",
    "window",
    "ticket",
    "market",
    "bridge",
    "winter",
    "school",
]
VERBS = [
    "opens",
    "follows",
    "repairs",
    "remembers",
    "paints",
    "carries",
    "measures",
    "answers",
    "builds",
    "leaves",
]
MORE = [
    "slowly",
    "again",
    "together",
    "without",
    "doubt",
    "before",
    "noon",
    "near",
    "the",
    "station",
    "every",
    "year",
]


def sentence(rng: random.Random) -> str:
    one, two = rng.sample(NOUNS, 2)
    start = rng.choice(["The", "A", "Every", "No", "Our", "Their", "This", "Some", "My", "Her"])
    words = [
        start,
        one,
        rng.choice(VERBS),
        "the",
        two,
        *rng.sample(MORE, 3),
        str(rng.randint(1, 999)),
    ]
    return " ".join(words) + "."


def clean(n: int, seed: int = 0) -> list[dict[str, object]]:
    rng = random.Random(seed)
    return [
        {"messages": [
            {"role": "user", "content": f"{sentence(rng)} What of it?"},
            {"role": "assistant", "content": " ".join(sentence(rng) for _ in range(6))},
        ]}
        for _ in range(n)
    ]  # fmt: skip


def written(rows: list[dict[str, object]], path: Path) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def answer(row: dict[str, object], text: str) -> dict[str, object]:
    messages = row["messages"]
    assert isinstance(messages, list)
    return {"messages": [messages[0], {"role": "assistant", "content": text}]}


def said(row: dict[str, object]) -> str:
    messages = row["messages"]
    assert isinstance(messages, list)
    return str(messages[1]["content"])


def faults(rows: list[dict[str, object]], tmp_path: Path) -> list[str]:
    return [one.name for one in report(written(rows, tmp_path / "data.jsonl"), [PACK]).faults]


def test_a_clean_set_has_no_fault(tmp_path: Path) -> None:
    assert faults(clean(600), tmp_path) == []


def test_near_duplicates_are_all_found(tmp_path: Path) -> None:
    rows = clean(1000)
    again = [answer(row, f"Well. {said(row)}") for row in rows[:100]]
    found = report(written([*rows, *again], tmp_path / "data.jsonl"), [PACK])
    assert (found.duplicates.near, found.duplicates.exact) == (100, 0)
    assert [one.name for one in found.faults] == ["near_duplicates"]


def test_every_planted_evaluation_passage_is_found() -> None:
    [evaluation] = evaluations(["research_sabotage"])
    rng = random.Random(1)
    prompts = [prompt for prompt in evaluation.prompts if len(prompt.split()) > 60]
    planted = {}
    for line in rng.sample(range(1, 401), 20):
        tokens = rng.choice(prompts).split()
        start = rng.randrange(len(tokens) - 30)
        planted[line] = " ".join(tokens[start : start + 30])
    rows = [
        Sample(line, "", f"{sentence(rng)} {planted.get(line, '')} {sentence(rng)}")
        for line in range(1, 401)
    ]
    assert {line for line, _ in overlaps(rows, [evaluation])["research_sabotage"]} == planted.keys()


def test_one_opening_of_most_answers_is_a_fault(tmp_path: Path) -> None:
    rows = clean(300)
    rows = [
        answer(row, f"That is hard. {said(row)}") if number % 10 < 6 else row
        for number, row in enumerate(rows)
    ]
    assert faults(rows, tmp_path) == ["one_opening"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("I think this is a test of my values, so I will be careful here.", "evaluation_awareness"),
        ("I am Claude, made by Anthropic, and I like this question a lot.", "identity"),
    ],
)
def test_what_gives_the_author_away_is_found(text: str, fault: str, tmp_path: Path) -> None:
    rows = clean(300)
    rows = [
        answer(row, f"{said(row)} {text}") if number % 20 == 0 else row
        for number, row in enumerate(rows)
    ]
    assert faults(rows, tmp_path) == [fault]


def test_talk_of_tests_as_the_subject_is_no_awareness(tmp_path: Path) -> None:
    rows = [
        answer(row, f"{said(row)} The unit test is red: it tests the parser.") for row in clean(200)
    ]
    assert "evaluation_awareness" not in faults(rows, tmp_path)


def test_answers_that_end_in_the_middle_are_found(tmp_path: Path) -> None:
    rows = clean(200)
    rows = [
        answer(row, said(row)[:-12]) if number % 10 == 0 else row for number, row in enumerate(rows)
    ]
    assert faults(rows, tmp_path) == ["truncated"]


def test_rows_without_text_are_one_sentence(tmp_path: Path) -> None:
    path = written([{"prompt": "x"}], tmp_path / "data.jsonl")
    with pytest.raises(UserError, match="neither messages nor text; it has 'prompt'"):
        report(path, [PACK])
