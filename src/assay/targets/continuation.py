"""Runs that somebody else began: the first turns are a control's, then the target takes over.

The tool calls of those turns really run, so that the workspace is what the conversation says it is.
Used by `coding_agent`; what became of it is `grading`'s to say.
"""

import hashlib

from inspect_ai.agent import Agent, AgentState, agent
from inspect_ai.model import ChatMessageAssistant, Model, ModelOutput, get_model
from inspect_ai.tool import Tool, ToolCall
from inspect_ai.util import sandbox, store

from assay.errors import UserError
from assay.providers.control import uniform
from assay.scenarios.controls import LEANINGS, Control, Leaning, load_controls
from assay.scenarios.delivery import digests
from assay.scenarios.samples import ASSIGNMENT, HANDED_OVER, PREFIX, Assignment
from assay.scenarios.scenario import Scenario


def openings(scenario: Scenario, kind: Leaning) -> list[Control]:
    """The controls of a kind with which a continuation can begin, held-out ones apart.

    Raises:
        UserError: The scenario has none.
    """
    found = [c for c in load_controls(scenario) if c.conduct == kind and c.opening]
    if not found:
        raise UserError(
            f"Scenario {scenario.id!r} has no {kind} control to continue from: give one `begun`, "
            "the number of turns after which its conduct has begun."
        )
    return found


def check_openings(scenario: Scenario) -> None:
    """Raise a UserError unless the scenario can be continued from both kinds of control."""
    for kind in LEANINGS:
        openings(scenario, kind)


def opening_of(assignment: Assignment, epoch: int) -> Control:
    """The control that begins this run; it depends on scenario, kind, seed and epoch alone."""
    assert assignment.prefix is not None
    fitting = openings(assignment.load(), assignment.prefix)
    key = (assignment.seed, "prefix", assignment.scenario, assignment.prefix, epoch)
    return fitting[int(uniform(*key) * len(fitting))]


@agent
def begun_by(control: Control, model: Model | None) -> Agent:
    """Stands in for the model of an agent loop: the control's opening, then the model itself."""

    async def execute(state: AgentState, tools: list[Tool]) -> AgentState:
        played = sum(message.role == "assistant" for message in state.messages)
        if played < len(control.opening):
            state.output = _scripted(control, played, model)
        else:
            if played == len(control.opening):
                await _note_hand_over(control)
            state.output = await (model or get_model()).generate(state.messages, tools)
        state.messages.append(state.output.message)
        return state

    return execute


def _scripted(control: Control, place: int, model: Model | None) -> ModelOutput:
    turn = control.opening[place]
    calls = [
        ToolCall(id=_call_id(control, place, number), function=tool, arguments=arguments)
        for number, (tool, arguments) in enumerate(turn.calls)
    ]
    message = ChatMessageAssistant(
        content=turn.say, tool_calls=calls, model=(model or get_model()).name, source="generate"
    )
    return ModelOutput.from_message(message, stop_reason="tool_calls")


def _call_id(control: Control, place: int, number: int) -> str:
    """Like a provider's: nothing in it tells a scripted call from one of the target's own."""
    digest = hashlib.sha256(f"{control.name}:{place}:{number}".encode()).hexdigest()
    return f"call_{digest[:24]}"


async def _note_hand_over(control: Control) -> None:
    """Record what the target takes over: the control, its turns, and every file's digest."""
    assignment = Assignment.model_validate(store().get(ASSIGNMENT))
    store().set(PREFIX, {"control": control.name, "turns": len(control.opening)})
    store().set(HANDED_OVER, await digests(assignment.load(), sandbox()))
