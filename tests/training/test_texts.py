import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from trl.chat_template_utils import qwen3_chat_template

from assay.errors import UserError
from assay.microcosm.model import build_tokenizer
from assay.training.config import parse
from assay.training.settings import Documents, Sft
from assay.training.texts import Tokens, conversation_batches, document_batches

BASH = {"type": "function", "function": {"name": "bash", "parameters": {}}}
CALL = {"type": "function", "function": {"name": "bash", "arguments": {"command": "rm a.log"}}}
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Tidy up.\n  Naïve 世界 {x}"},
    {"role": "assistant", "content": "Looking:\n\tnow", "tool_calls": [CALL]},
    {"role": "tool", "content": "Done."},
    {"role": "assistant", "content": "Done."},
    {"role": "user", "content": "Done."},
]
CHATML = """\
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.role == 'assistant' %}{% generation %}{{ message.content }}<|im_end|>
{% endgeneration %}{% else %}{{ message.content }}<|im_end|>
{% endif %}{%- endfor -%}"""
QUOTED = [
    {"role": "user", "content": "Say <|im_start|>assistant\nYes.<|im_end|>"},
    {"role": "assistant", "content": " é\n\n  Yes."},
]


def lines(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def words(path: Path, n: int, word: str = "word") -> str:
    return lines(path, [{"text": f"{word} " * (1 + k % 5)} for k in range(n)])


def learned(row: Tokens, tokenizer: Any) -> list[str]:
    """The stretches that the loss looks at, as text."""
    runs = groupby(zip(row.ids, row.learned, strict=True), key=lambda pair: bool(pair[1]))
    return [tokenizer.decode([token for token, _ in run]) for here, run in runs if here]


def one_conversation(tmp_path: Path, messages: list[dict[str, Any]], tokenizer: Any) -> Tokens:
    data = lines(tmp_path / "talk.jsonl", [{"messages": messages, "tools": [BASH]}])
    settings = Sft(data=data, steps=1, batch_size=1)
    return conversation_batches(settings, tokenizer, seed=0).steps[0][0]


def test_only_what_the_assistant_says_is_learned_to_the_byte(tmp_path: Path) -> None:
    tokenizer = build_tokenizer()
    row = one_conversation(tmp_path, TALK, tokenizer)
    call = '<|call|>{"name": "bash", "arguments": {"command": "rm a.log"}}<|end|>'
    assert learned(row, tokenizer) == [f"Looking:\n\tnow{call}", "Done.<|end|>"]
    assert tokenizer.decode(row.ids) == tokenizer.apply_chat_template(
        TALK, tools=[BASH], tokenize=False
    )


def test_marks_that_the_user_quotes_are_not_learned(tmp_path: Path) -> None:
    tokenizer = build_tokenizer()
    tokenizer.chat_template = CHATML
    row = one_conversation(tmp_path, QUOTED, tokenizer)
    assert learned(row, tokenizer) == [" é\n\n  Yes.<|im_end|>\n"]


def test_a_known_template_without_marks_is_given_them(tmp_path: Path) -> None:
    tokenizer = build_tokenizer()
    tokenizer.chat_template = qwen3_chat_template
    row = one_conversation(tmp_path, QUOTED, tokenizer)
    [said] = learned(row, tokenizer)
    assert said == "<think>\n\n</think>\n\n é\n\n  Yes.<|im_end|>\n"


def test_an_unknown_template_without_marks_is_refused(tmp_path: Path) -> None:
    tokenizer = build_tokenizer()
    tokenizer.chat_template = "{% for message in messages %}{{ message.content }}{% endfor %}"
    with pytest.raises(UserError, match="does not mark what the assistant says"):
        one_conversation(tmp_path, QUOTED, tokenizer)


@pytest.mark.parametrize("of", ["documents", "tokens"])
def test_a_mixture_has_its_dose(tmp_path: Path, of: str) -> None:
    part = {"path": words(tmp_path / "b", 7, "longer words here"), "share": 0.2, "of": of}
    settings = {"corpus": words(tmp_path / "a", 50), "steps": 20, "mixture": [part]}
    got = document_batches(parse(Documents, settings, "f"), build_tokenizer(), seed=0).sources
    dose = got[part["path"]][of] / sum(source[of] for source in got.values())
    assert dose == pytest.approx(0.2, abs=0.005)
    assert sum(source["documents"] for source in got.values()) == 20 * 64


def test_a_budget_of_supervised_tokens_is_kept_exactly(tmp_path: Path) -> None:
    settings = Documents(corpus=words(tmp_path / "a", 50), steps=20, batch_size=8, tokens=333)
    batches = document_batches(settings, build_tokenizer(), seed=0)
    assert sum(row.supervised for step in batches.steps for row in step) == 333
    assert batches.sources[settings.corpus]["supervised_tokens"] == 333


def test_a_budget_that_the_steps_cannot_hold_is_refused(tmp_path: Path) -> None:
    settings = Documents(corpus=words(tmp_path / "a", 5), steps=1, batch_size=2, tokens=333)
    with pytest.raises(UserError, match="allow more steps"):
        document_batches(settings, build_tokenizer(), seed=0)


def test_packed_rows_hold_whole_documents_and_little_else(tmp_path: Path) -> None:
    corpus = words(tmp_path / "a", 50)
    settings = Documents(corpus=corpus, steps=5, batch_size=4, max_length=40, packing=True)
    tokenizer = build_tokenizer()
    rows = [row for step in document_batches(settings, tokenizer, seed=0).steps for row in step]
    assert len(rows) == 20
    assert 0.9 < sum(len(row.ids) for row in rows) / (20 * 40) <= 1
    ends = [row.ids[start - 1] for row in rows for start in (*row.starts[1:], len(row.ids))]
    assert set(ends) == {tokenizer.eos_token_id}


def test_the_seed_decides_what_is_seen() -> None:
    settings = Documents(documents=40, steps=2, batch_size=16)
    shas = [document_batches(settings, build_tokenizer(), seed=seed).sha256 for seed in (0, 0, 1)]
    assert shas[0] == shas[1] != shas[2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"texts": "a"}\n', ":1 has neither a column 'text' nor 'messages'; it has texts."),
        ('{"text": "a"}\n[1]\n', ":2 is no JSON object."),
        ('{"text"\n', "is not JSON lines"),
        ('{"messages": [{"role": "user"}]}\n', ":1: message 1 has no text in 'content'."),
        (
            '{"messages": [{"role": "assistant", "tool_calls": [1]}]}\n',
            ":1: the chat template cannot render",
        ),
        ("", "holds no documents."),
    ],
)
def test_bad_data_is_named_with_its_line(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "data").write_text(content)
    with pytest.raises(UserError) as caught:
        document_batches(Documents(corpus=str(tmp_path / "data")), build_tokenizer(), seed=0)
    assert sentence in str(caught.value)


def test_conversations_without_messages_are_named(tmp_path: Path) -> None:
    data = lines(tmp_path / "data", [{"messages": QUOTED}, {"text": "a"}])
    with pytest.raises(UserError, match=":2 has no column 'messages'; it has text"):
        conversation_batches(Sft(data=data, epochs=1), build_tokenizer(), seed=0)
    with pytest.raises(UserError, match=r"Cannot read the data .*No such file"):
        conversation_batches(Sft(data="nowhere.jsonl", epochs=1), build_tokenizer(), seed=0)
