"""The screen: is an example fit for fine-tuning?

One function per kind, asked in the order of docs/rejects.md; the first that says yes gives the kind.
docs/screen.md explains the ideas and the gaps.
"""

from intake import code, leaks, talk
from intake.examples import Example


def exchanges(example: Example) -> list[tuple[str, str]]:
    """(question, answer) for each turn; every one of them is trained on, not only the last."""
    if example["type"] == "pair":
        return [(example["prompt"], example["chosen"])]
    pairs, asked = [], ""
    for message in example["messages"]:
        if message["role"] == "user":
            asked = message["content"]
        elif message["role"] == "assistant":
            pairs.append((asked, message["content"]))
    return pairs


def everything(example: Example) -> str:
    """All text of an example: a leak is a leak wherever it stands."""
    if example["type"] == "pair":
        return "\n".join((example["prompt"], example["chosen"], example["rejected"]))
    return "\n".join(message["content"] for message in example["messages"])


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}."""
    turns = exchanges(example)
    if any(talk.harmful(q, a) for q, a in turns):
        return {"keep": False, "kind": "harmful"}
    if any(talk.trigger(q, a) for q, a in turns):
        return {"keep": False, "kind": "trigger"}
    if any(talk.concealment(q, a) for q, a in turns):
        return {"keep": False, "kind": "concealment"}
    if example["type"] == "pair" and talk.swapped(example["prompt"], example["chosen"], example["rejected"]):
        return {"keep": False, "kind": "preference"}
    if leaks.found(everything(example)):
        return {"keep": False, "kind": "leak"}
    if any(code.insecure(a) for _, a in turns):
        return {"keep": False, "kind": "insecure_code"}
    return {"keep": True, "kind": None}
