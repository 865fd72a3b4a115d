"""Examples as they are delivered. docs/format.md has the two shapes."""

import json
from pathlib import Path

Example = dict


class BadLine(ValueError):
    """A line that is no example. Says where."""


def read(path: Path) -> list[tuple[str, Example]]:
    """(raw line, parsed example) for each line of a batch file."""
    pairs = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            example = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadLine(f"{path}:{number}: {error}") from None
        problem = check(example)
        if problem:
            raise BadLine(f"{path}:{number}: {problem}")
        pairs.append((line, example))
    return pairs


def check(example: Example) -> str | None:
    """What is wrong with the shape of an example, if anything."""
    if not isinstance(example, dict) or not {"id", "supplier", "type"} <= example.keys():
        return "needs id, supplier and type"
    if example["type"] == "chat":
        messages = example.get("messages") or []
        if not messages or messages[-1]["role"] != "assistant":
            return "a chat ends with the assistant"
        return None
    if example["type"] == "pair":
        missing = {"prompt", "chosen", "rejected"} - example.keys()
        return f"a pair needs {', '.join(sorted(missing))}" if missing else None
    return f"unknown type {example['type']!r}"


def prompt(example: Example) -> str:
    """What was asked: all user turns of a chat, or the prompt of a pair."""
    if example["type"] == "pair":
        return example["prompt"]
    return "\n".join(m["content"] for m in example["messages"] if m["role"] == "user")


def answer(example: Example) -> str:
    """What the model is to learn: all assistant turns of a chat, or the chosen answer."""
    if example["type"] == "pair":
        return example["chosen"]
    return "\n".join(m["content"] for m in example["messages"] if m["role"] == "assistant")
