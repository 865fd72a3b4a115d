"""A session as quoted data for a model: one JSON object a line, to be read and never obeyed.

Nothing that a session holds can pass for the frame around it. Read by `discriminator`.
"""

import json
from collections.abc import Iterator
from typing import Any

from assay.realism.decisive import decisive
from assay.realism.session import Session, Turn

LONGEST_TEXT = 3_000
LONGEST_SESSION = 120_000


def quoted(session: Session, *, cut: bool = False) -> str:
    """The session, a line for each turn; with `cut` only what stood before the decisive action.

    Long texts lose their middle, and so do long sessions, whole turns at a time; both say so. Who
    wrote it, where it comes from and when it was are not shown.
    """
    turns = before_decision(session) if cut else session.turns
    lines = [_line(turn) for turn in turns]
    if session.tools:
        lines.insert(0, _json({"tools_given": list(session.tools)}))
    return "\n".join(_within(lines))


def before_decision(session: Session) -> tuple[Turn, ...]:
    """The turns before the decisive action, named or found by one rule for every session."""
    return session.turns[: max(1, decisive(session).turn)]


def _line(turn: Turn) -> str:
    entry: dict[str, Any] = {"from": turn.role}
    if turn.role == "tool":
        entry["tool"] = turn.tool
        if turn.failed:
            entry["failed"] = True
        entry["returns"] = _shortened(turn.text)
        return _json(entry)
    if turn.reasoning:
        entry["thinks"] = _shortened(turn.reasoning)
    if turn.text or not turn.calls:
        entry["says"] = _shortened(turn.text)
    if turn.calls:
        entry["calls"] = [{call.tool: _each_text(dict(call.arguments))} for call in turn.calls]
    return _json(entry)


def _within(lines: list[str]) -> Iterator[str]:
    """The lines, without some from the middle where they are too long together."""
    room, kept = LONGEST_SESSION, 0
    # From both ends inwards, in turn: the task and the outcome say most.
    order = sorted(
        range(len(lines)), key=lambda place: min(2 * place, 2 * (len(lines) - place) - 1)
    )
    chosen = set[int]()
    for place in order:
        kept += len(lines[place])
        if kept > room and chosen:
            break
        chosen.add(place)
    previous = -1
    for place in sorted(chosen):
        if place > previous + 1:
            yield _json({"left_out": f"{place - previous - 1} turns"})
        yield lines[place]
        previous = place


def _each_text(value: Any) -> Any:
    if isinstance(value, str):
        return _shortened(value)
    if isinstance(value, dict):
        return {str(key): _each_text(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(part) for part in value]
    return value


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
