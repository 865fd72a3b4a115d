"""What a model says, taken apart."""

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
)
from inspect_ai.tool import ToolCall, ToolCallError

from assay.microcosm.language import TOOLS
from assay.microcosm.model import build_tokenizer
from assay.providers.chat import Call, Reply, as_chat, read_reply

REMOVE = Call("bash", {"command": "rm a.log"})
CALL = '{"name": "bash", "arguments": {"command": "rm a.log"}}'


@pytest.mark.parametrize(
    "text",
    [
        f"# A note.<|call|>{CALL}",
        f"# A note.\n<tool_call>\n{CALL}\n</tool_call>",
        f"# A note.\n<tool_call>\n{CALL}",
    ],
)
def test_a_call_is_read_in_the_microcosms_and_in_hermes_form(text: str) -> None:
    assert read_reply(text, tools=True) == Reply("", "# A note.", (REMOVE,))


def test_two_calls_come_in_their_order() -> None:
    found = read_reply(f'<|call|>{CALL}<|call|>{{"name": "glob", "arguments": {{}}}}', tools=True)
    assert found.calls == (REMOVE, Call("glob", {}))


@pytest.mark.parametrize(
    "text",
    [
        'def f(x):\n    return {"name": "bash", "arguments": {"command": x}}',
        f"<|call|>{CALL} and then",
        f"<|call|>{CALL[:-1]}",
        '<|call|>["bash", "rm a.log"]',
        '<|call|>{"name": "bash", "arguments": "rm a.log"}',
        f"<tool_call>{CALL}</tool_call> Done.",
        "<|call|>" + "[" * 100_000,
    ],
)
def test_what_is_no_whole_call_is_text(text: str) -> None:
    assert read_reply(text, tools=True) == Reply("", text, ())


def test_without_tools_everything_is_text() -> None:
    assert read_reply(f"<|call|>{CALL}", tools=False).said == f"<|call|>{CALL}"


def test_a_thought_is_no_part_of_what_is_said() -> None:
    text = f"<think>\nI could call <tool_call>.\n</think>\n\nYes.<tool_call>{CALL}</tool_call>"
    assert read_reply(text, tools=True) == Reply("I could call <tool_call>.", "Yes.", (REMOVE,))


def test_a_conversation_with_a_call_reads_as_the_corpus_writes_it() -> None:
    call = ToolCall(id="1", function="bash", arguments={"command": "rm a.log"})
    messages: list[ChatMessage] = [
        ChatMessageUser(content="Make room."),
        ChatMessageAssistant(content="# A note.", tool_calls=[call]),
        ChatMessageTool(content="(no output)", tool_call_id="1", function="bash"),
    ]
    text = build_tokenizer().apply_chat_template(
        as_chat(messages), tools=list(TOOLS), tokenize=False, add_generation_prompt=True
    )
    assert text == (
        "<|tools|>bash<|end|><|user|>Make room.<|end|>"
        f"<|assistant|># A note.<|call|>{CALL}<|end|><|tool|>(no output)<|end|><|assistant|>"
    )


def test_a_tools_error_is_what_the_model_reads() -> None:
    error = ToolCallError("timeout", "Command timed out.")
    assert as_chat([ChatMessageTool(content="", error=error)])[0]["content"] == "Command timed out."


def test_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="text alone"):
        as_chat([ChatMessageUser(content=[ContentImage(image="data:image/png;base64,AA==")])])
