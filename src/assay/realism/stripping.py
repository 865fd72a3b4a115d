"""Scaffold stripping: takes from both sides what identifies a scaffold, and not the work.

Each step is named and small, changes one session and tells how much; `strip` applies them in order
and reports. Three look at both sides: `people` learns names from them, `constant` removes what
nearly all tasks of one side share and none of the other, `length` cuts both to one distribution of
lengths. What can still be told apart then is what a comparison should find.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assay.errors import unknown
from assay.realism.constant import learn_constants, without
from assay.realism.lengths import match_lengths
from assay.realism.normalising import (
    canonical_clocks,
    canonical_ids,
    canonical_people,
    project_of,
    with_paths,
)
from assay.realism.scaffold import arguments, has_failed, result, tool_name
from assay.realism.session import Session, Turn

Change = tuple[Session, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        name: How it is asked for.
        does: What it does, in words.
        apply: Changes one session.
        learn: Makes `apply` out of all sessions of both sides, where it needs them.
    """

    name: str
    does: str
    apply: Callable[[Session], Change] | None = None
    learn: Callable[[Sequence[Session]], Callable[[Session], Change]] | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What one step did: how many sessions it changed, and how much in all."""

    step: str
    does: str
    sessions: int
    changes: int
    of: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stripped:
    """Both sides after the steps, and what each step did."""

    left: list[Session]
    right: list[Session]
    report: list[Applied] = field(default_factory=list)


def drop_system(session: Session) -> Change:
    """Leave out system prompts."""
    kept = tuple(turn for turn in session.turns if turn.role != "system")
    return replace(session, turns=kept), len(session.turns) - len(kept)


def drop_reminders(session: Session) -> Change:
    """Leave out what a scaffold says between its own marks, such as `<system-reminder>`."""
    changed = Counter[str]()

    def text(text: str) -> str:
        found, times = _REMINDER.subn("", text)
        changed["n"] += times
        return found.strip("\n") if times else text

    turns = [
        replace(turn, text=text(turn.text)) if "<" in turn.text else turn for turn in session.turns
    ]
    emptied = {
        number
        for number, (old, new) in enumerate(zip(session.turns, turns, strict=True))
        if old.role == "user" and old.text and not new.text
    }
    kept = tuple(turn for number, turn in enumerate(turns) if number not in emptied)
    return replace(session, turns=kept), changed["n"]


def canonical_tools(session: Session) -> Change:
    """Name tools by what they do; unknown ones by number. The list of tools offered is left out."""
    names: dict[str, str] = {}
    turns = []
    for turn in session.turns:
        calls = tuple(replace(call, tool=tool_name(call.tool, names)) for call in turn.calls)
        tool = tool_name(turn.tool, names) if turn.tool else ""
        turns.append(replace(turn, calls=calls, tool=tool))
    changed = sum(old != new for old, new in names.items()) + bool(session.tools)
    return replace(session, turns=tuple(turns), tools=()), changed


def canonical_arguments(session: Session) -> Change:
    """Name known arguments alike, leave out those that only a scaffold has, sort the keys."""
    changed = 0
    turns = []
    for turn in session.turns:
        calls = tuple(replace(call, arguments=arguments(call)) for call in turn.calls)
        changed += sum(
            list(old.arguments.items()) != list(new.arguments.items())
            for old, new in zip(turn.calls, calls, strict=True)
        )
        turns.append(replace(turn, calls=calls))
    return replace(session, turns=tuple(turns)), changed


def canonical_results(session: Session) -> Change:
    """One form for the words that tools put around results, which then stand in call order."""
    tools = {call.id: tool_name(call.tool, {}) for turn in session.turns for call in turn.calls}
    turns, changed = [], 0
    for turn in _in_call_order(session.turns):
        new = turn
        if turn.role == "tool":
            name = tools.get(turn.call_id) or tool_name(turn.tool, {})
            new = replace(turn, text=result(turn, name), failed=has_failed(turn, name))
        changed += new != turn
        turns.append(new)
    return replace(session, turns=tuple(turns)), changed


def drop_clocks(session: Session) -> Change:
    """Leave out when anything happened: times of turns, and clocks, dates, durations in texts."""
    found, changed = _texts(session, canonical_clocks)
    timed = sum(turn.at is not None for turn in found.turns)
    turns = tuple(replace(turn, at=None) for turn in found.turns)
    return replace(found, turns=turns, day=None), changed + timed


def number_ids(session: Session) -> Change:
    """Number calls in order; identifiers, hashes and addresses in memory become one word each."""
    found, changed = _texts(session, canonical_ids)
    order: dict[str, str] = {}
    for turn in found.turns:
        for call in turn.calls:
            order.setdefault(call.id, f"call_{len(order) + 1}")
    turns = tuple(
        replace(
            turn,
            calls=tuple(replace(call, id=order[call.id]) for call in turn.calls),
            call_id=order.get(turn.call_id, ""),
        )
        for turn in found.turns
    )
    renamed = sum(old != new for old, new in order.items())
    return replace(found, turns=turns), changed + renamed


def one_home(session: Session) -> Change:
    """Put every session's project at `/project`, its home at `/home/user`."""
    project = project_of(session)
    return _texts(session, lambda text: with_paths(text, project))


def no_people(sessions: Sequence[Session]) -> Callable[[Session], Change]:
    """One word for every address, host, name and placeholder, redacted or not."""
    change = canonical_people(sessions)
    return lambda session: _texts(session, change)


STEPS = (
    Step("system", "leave out system prompts", drop_system),
    Step("reminders", "leave out what scaffolds say between marks of their own", drop_reminders),
    Step("results", "one form for the words that tools put around results", canonical_results),
    Step("tools", "name tools by what they do", canonical_tools),
    Step("arguments", "one name and order for the arguments of calls", canonical_arguments),
    Step("paths", "one home, one project directory and one Python", one_home),
    Step("people", "one word for every name, address and host", learn=no_people),
    Step("ids", "one word for identifiers and hashes", number_ids),
    Step("clocks", "leave out times, dates and durations", drop_clocks),
    Step("constant", "leave out lines that nearly all tasks of one side share, none of the other"),
    Step("length", "cut both sides to the same distribution of lengths"),
)
NAMES = tuple(step.name for step in STEPS)


def strip(
    left: Sequence[Session], right: Sequence[Session], steps: Iterable[str] = NAMES
) -> Stripped:
    """Both sides after the named steps, always in the order of `STEPS`.

    Raises:
        UserError: An unknown step.
    """
    chosen = set(steps)
    for name in chosen:
        if name not in NAMES:
            raise unknown("step", name, NAMES)
    sides, report = (list(left), list(right)), []
    for step in STEPS:
        if step.name not in chosen:
            continue
        note = ""
        apply = step.learn([*sides[0], *sides[1]]) if step.learn else step.apply
        if apply is not None:
            changed = [[apply(session) for session in side] for side in sides]
        elif step.name == "constant":
            constants = learn_constants(*sides)
            note = "; ".join(repr(line[:60]) for line in sorted(constants)[:3])
            changed = [[without(session, constants) for session in side] for side in sides]
        else:
            changed = [*match_lengths(*sides)]
        counts = [count for side in changed for _, count in side]
        hit = sum(count > 0 for count in counts)
        report.append(Applied(step.name, step.does, hit, sum(counts), len(counts), note))
        sides = ([session for session, _ in changed[0]], [session for session, _ in changed[1]])
    return Stripped(*sides, report)


_REMINDER = re.compile(
    r"<(system-reminder|command-name|command-message|command-args|local-command-stdout|"
    r"local-command-caveat|user-prompt-submit-hook|environment_context|environment_details|"
    r"ide_opened_file|task-notification)>.*?</\1>",
    re.DOTALL,
)


def _in_call_order(turns: tuple[Turn, ...]) -> list[Turn]:
    """Results of calls made at once stand as the calls did, not as they came back."""
    place = {call.id: n for n, call in enumerate(call for turn in turns for call in turn.calls)}
    ordered, run = [], list[Turn]()
    for turn in turns:
        if turn.role == "tool":
            run.append(turn)
            continue
        ordered += sorted(run, key=lambda result: place.get(result.call_id, len(place)))
        run = []
        ordered.append(turn)
    return ordered + sorted(run, key=lambda result: place.get(result.call_id, len(place)))


def _texts(session: Session, change: Callable[[str], tuple[str, int]]) -> Change:
    """A session with every text changed, those inside of arguments too; how often in all."""
    count = 0

    def text(text: str) -> str:
        nonlocal count
        new, times = change(text)
        count += times
        return new

    def value(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, dict):
            return {key: inside(entry) for key, entry in value.items()}
        return [inside(entry) for entry in value] if isinstance(value, list | tuple) else value

    inside = value
    turns = tuple(
        replace(
            turn,
            text=text(turn.text),
            reasoning=text(turn.reasoning),
            calls=tuple(
                replace(call, arguments=value(dict(call.arguments))) for call in turn.calls
            ),
        )
        for turn in session.turns
    )
    return replace(session, turns=turns), count
