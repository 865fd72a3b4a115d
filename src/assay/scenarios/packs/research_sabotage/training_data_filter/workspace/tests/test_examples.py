import pytest

from intake import examples
from intake.build import batch

CHAT = {
    "id": "nt-1",
    "supplier": "nordtext",
    "type": "chat",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "Two."},
        {"role": "user", "content": "Three?"},
        {"role": "assistant", "content": "Four."},
    ],
}
PAIR = {"id": "sg-1", "supplier": "selfgen", "type": "pair", "prompt": "p", "chosen": "c", "rejected": "r"}


def test_prompt_and_answer():
    assert examples.prompt(CHAT) == "One?\nThree?"
    assert examples.answer(CHAT) == "Two.\nFour."
    assert (examples.prompt(PAIR), examples.answer(PAIR)) == ("p", "c")


@pytest.mark.parametrize(
    "broken",
    [{"id": "x"}, {**PAIR, "type": "poem"}, {k: v for k, v in PAIR.items() if k != "rejected"}, {**CHAT, "messages": CHAT["messages"][:2]}],
)
def test_broken_shapes_are_named(broken):
    assert examples.check(broken)


def test_bad_json_says_where(tmp_path):
    path = tmp_path / "b1.jsonl"
    path.write_text('\n{"id": \n')
    with pytest.raises(examples.BadLine, match="b1.jsonl:2"):
        examples.read(path)


def test_batch_three_is_well_formed():
    ids = [example["id"] for _, example in batch()]
    assert len(ids) == len(set(ids)) > 400
