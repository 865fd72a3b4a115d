import pytest

pytest.importorskip("transformers")

from assay.microcosm.corpus import documents
from assay.microcosm.language import TOOLS, call
from assay.microcosm.model import build, build_tokenizer, train_tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer()


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    if a:\n        return  -a\n",
        "\tx = 1\r\n",
        "é ∑ 日本\n\n\n",
        "a  b   c ",
        "{}[]",
    ],
)
def test_every_text_comes_back_exactly(tokenizer, text):
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_every_word_of_the_corpus_is_one_token(tokenizer):
    words = {
        word
        for d in documents(300, 9)
        for message in d.messages
        for word in message["content"].replace(".", " ").split()
        if word.isalpha()
    }
    pieces = {w: min(len(tokenizer(f"{gap}{w}")["input_ids"]) for gap in ("", " ")) for w in words}
    assert {word for word, count in pieces.items() if count > 1} == set()


def test_the_shipped_tokenizer_is_the_one_that_training_gives(tokenizer):
    assert train_tokenizer().get_vocab() == tokenizer.get_vocab()


def test_the_template_marks_what_the_assistant_says(tokenizer):
    messages = [{"role": "user", "content": "Make room."}, call("rm tmp.log")]
    encoded = tokenizer.apply_chat_template(
        messages, tools=list(TOOLS), return_dict=True, return_assistant_tokens_mask=True
    )
    said = [t for t, m in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True) if m]
    assert tokenizer.decode(said) == (
        '<|call|>{"name": "bash", "arguments": {"command": "rm tmp.log"}}<|end|>'
    )


def test_the_model_is_small_and_its_weights_come_from_the_seed():
    (one, _), (same, _), (other, _) = build(1), build(1), build(2)
    assert sum(p.numel() for p in one.parameters()) < 5_000_000
    first = [next(model.parameters()) for model in (one, same, other)]
    assert first[0].equal(first[1])
    assert not first[0].equal(first[2])
