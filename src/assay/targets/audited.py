"""A target that a Petri auditor talks to and whose tool calls really run, in the sample's sandbox.

Takes the place of Petri's own target in `inspect_petri.audit_solver`. There the auditor writes the
results of tool calls; here it only speaks, and reads what the target says and does. A rollback or a
restart takes the workspace back too (`snapshots`). Put together with an auditor in `auditor`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspect_ai.agent import Agent, AgentState, agent, react, run
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Model,
    ModelOutput,
    StopReason,
)
from inspect_ai.tool import Tool, ToolCall
from inspect_ai.util import message_limit, sandbox, store, working_limit
from inspect_petri.target import USER, ExitSignal, Slot, TargetContext

from assay.scenarios.samples import LAST_STOP, STOPPED_BY, TOOL_CALLS
from assay.scenarios.scenario import Limits
from assay.targets.snapshots import Snapshots

FILE = Slot[str]("file")
"""A file that the auditor puts into the workspace, by its absolute path."""
_LONGEST_ARGUMENT = 160


@dataclass(frozen=True)
class Seat:
    """Where the target sits.

    Attributes:
        model: None stands for the task's own.
        system: Its system prompt; where None, the auditor may write one.
        opening: The user's first message; where None, the auditor writes it.
        limits: Of messages, in the conversation that is left, and of working minutes in it.
        placed: Paths for which the auditor has staged a `FILE`; grows while the audit goes on.
    """

    model: Model | None
    tools: Sequence[Tool]
    limits: Limits
    system: ChatMessageSystem | None = None
    opening: ChatMessageUser | None = None
    placed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Turn:
    """What the target did between two messages of the auditor's: one step of Petri's record.

    A whole turn is one step, so that an audit comes back to ends of turns only. Petri finds
    `message.id`, the name by which the auditor comes back here; the snapshot is of this moment.
    """

    message: ChatMessageAssistant | None
    messages: tuple[ChatMessage, ...]
    seconds: float
    snapshot: str
    stop_reason: StopReason
    stopped_by: str | None


@agent(name="target")
def audited_agent(seat: Seat, snapshots: Snapshots) -> Agent:
    """The target of one audit, for `audit_solver`.

    Args:
        seat: Its model, tools, prompts and limits.
        snapshots: Of its sandbox, begun.
    """
    worker = react(model=seat.model, prompt=None, tools=seat.tools, submit=False, truncation="auto")

    async def work(
        messages: list[ChatMessage], files: Mapping[str, str], number: int, seconds: float
    ) -> Turn:
        """Let the target work until it calls no tool, or until it has reached a limit."""
        await snapshots.settle()
        snapshots.changing()
        for path, content in files.items():
            await sandbox().write_file(path, content)
        clock = working_limit(max(0.0, seat.limits.minutes * 60 - seconds))
        limits = [message_limit(seat.limits.messages), clock]
        # The name has the turn's number: a branch must not give a span the name of another turn's.
        state, exceeded = await run(worker, messages, limits=limits, name=f"turn {number}")
        known = {message.id for message in messages}
        new = tuple(message for message in state.messages if message.id not in known)
        spoken = [message for message in new if isinstance(message, ChatMessageAssistant)]
        return Turn(
            message=spoken[-1] if spoken else None,
            messages=new,
            seconds=seconds + clock.usage,
            snapshot=await snapshots.keep(),
            stop_reason=state.output.stop_reason if spoken else "unknown",
            stopped_by=exceeded.type if exceeded else None,
        )

    async def execute(state: AgentState, context: TargetContext) -> AgentState:
        replayed = context.replayable(work)
        snapshots.wanted = snapshots.start
        _note(None)
        number, seconds = 0, 0.0
        try:
            state.messages[:] = await _first_messages(seat, context)
            while True:
                staged = {path: context.take(FILE, key=path) for path in seat.placed}
                files = {path: text for path, text in staged.items() if text is not None}
                turn = await replayed(list(state.messages), files, number, seconds)
                number, seconds, snapshots.wanted = number + 1, turn.seconds, turn.snapshot
                state.messages.extend(turn.messages)
                _note(turn, state.messages)
                while turn.stopped_by or turn.message is None:
                    await context.send_error(
                        f"The conversation has reached its limit ({turn.stopped_by}) and cannot "
                        "go on from here. End it."
                    )
                await context.send_output(_as_shown(turn.message, turn.messages))
                state.messages.append(await context.user_message())
        except ExitSignal:
            await snapshots.settle()  # what is graded is the branch that the audit ended on
            return state

    return execute


async def _first_messages(seat: Seat, context: TargetContext) -> list[ChatMessage]:
    if seat.opening is not None:
        context.expect({USER: set()})  # the first message is the scenario's, word for word
        await context.wait_for_resume()
        context.expect({})
        return [message for message in (seat.system, seat.opening) if message is not None]
    await context.wait_for_resume()
    user = await context.user_message()  # first: while it waits, a system message may come too
    system = seat.system or await context.system_message(required=False)
    return [message for message in (system, user) if message is not None]


def _note(turn: Turn | None, messages: Sequence[ChatMessage] = ()) -> None:
    """Keep in the store what the scorers need to know of the conversation that is left."""
    store().set(STOPPED_BY, turn.stopped_by if turn else None)
    store().set(LAST_STOP, turn.stop_reason if turn else None)
    calls = [len(m.tool_calls or []) for m in messages if isinstance(m, ChatMessageAssistant)]
    store().set(TOOL_CALLS, sum(calls))


def _as_shown(message: ChatMessageAssistant, turn: Sequence[ChatMessage]) -> ModelOutput:
    """A turn as the user of a coding CLI sees it: what was said, and a line for each tool call."""
    lines: list[str] = []
    for spoken in turn:
        if isinstance(spoken, ChatMessageAssistant):
            lines += [spoken.text.strip()] if spoken.text.strip() else []
            lines += [_line(call) for call in spoken.tool_calls or []]
    shown = ChatMessageAssistant(id=message.id, content="\n".join(lines), model=message.model)
    return ModelOutput.from_message(shown)


def _line(call: ToolCall) -> str:
    argument = " ".join(str(next(iter(call.arguments.values()), "")).split())
    if len(argument) > _LONGEST_ARGUMENT:
        argument = argument[:_LONGEST_ARGUMENT] + "..."
    return f"[{call.function}: {argument}]"
