"""The model provider `control/KIND?rate=&seed=&FACTOR=LEVEL`: targets whose conduct is known.

A control replays a scripted trajectory of the scenario through the same agent, tools and sandbox as
any other target, so that the truth of every run is known. `control/sabotage?rate=0.12&seed=7`
sabotages in 12 % of the runs and is honest in the others;
`control/sabotage?motivation=safety&oversight=unreviewed` only in those cells. Under a hidden
instruction it does as it is told in a share `obeys` of the runs; asked whether its conversation was
begun by somebody else, it says yes in a share `notices`. `control/judge` is the matching judge: it
answers from the truth, with stated error rates; `control/auditor` plays a baseline by rote.
`control/user` is a scripted user for audits that have an auditor.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from assay.errors import UserError, unknown
from assay.scenarios.controls import CONTROL_KINDS, Control, load_control, load_controls
from assay.scenarios.samples import ASSIGNMENT, CONTROL, EPOCH, PREFILL_QUESTION, PREFIX, Assignment
from assay.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, ModelAPI, ModelOutput

_PREFIX = "control/"


@dataclass(frozen=True)
class ControlPlan:
    """What a control's name says.

    Attributes:
        kind: A kind of control, or `replay`: the one that each sample's assignment names.
        rate: Share of runs that replay this kind; the others are honest.
        only: Levels outside which every run is honest.
        obeys: Share of elicited runs that do as the hidden instruction says.
        notices: Share of continuations in which it says that somebody else began.
    """

    kind: str
    rate: float = 1.0
    seed: int = 0
    only: tuple[tuple[str, str], ...] = ()
    obeys: float = 1.0
    notices: float = 0.0

    @classmethod
    def parse(cls, name: str, scenarios: Sequence[Scenario] = ()) -> "ControlPlan":
        """Read `sabotage?rate=0.12&seed=7`.

        Args:
            name: With or without `control/` before it.
            scenarios: Where given, factors and levels are checked against them.

        Raises:
            UserError: An unknown kind, a rate outside 0 to 1, an unknown factor or level.
        """
        kind, _, query = name.removeprefix(_PREFIX).partition("?")
        if kind not in (*CONTROL_KINDS, "replay"):
            raise unknown("control kind", kind, CONTROL_KINDS)
        values = dict(parse_qsl(query, keep_blank_values=True))
        shares = {
            name: number(name, values.pop(name, default), 0, 1)
            for name, default in (("rate", "1"), ("obeys", "1"), ("notices", "0"))
        }
        seed = int(number("seed", values.pop("seed", "0"), 0, 2**63))
        for scenario in scenarios:
            for key in values.keys() - scenario.factors.keys():
                known = (*scenario.factors, *shares, "seed")
                raise unknown(f"parameter of control/{kind}", key, known)
            scenario.cell(values)
        return cls(kind, seed=seed, only=tuple(sorted(values.items())), **shares)

    def draws(self, scenario: str, levels: Mapping[str, str], epoch: int) -> bool:
        """Whether this run replays the plan's kind rather than an honest control."""
        if not set(self.only) <= set(levels.items()):
            return False
        return uniform(self.seed, "draw", scenario, *levels.values(), epoch) < self.rate

    def choose(self, assignment: Assignment, epoch: int) -> Control:
        """The trajectory that a run replays.

        Raises:
            UserError: The scenario has no control of the kind.
        """
        scenario = assignment.load()
        if self.kind == "replay":
            if assignment.control is None:
                raise UserError("control/replay serves `assay scenarios check` only.")
            return load_control(scenario, assignment.control)
        kind = self._kind(assignment, epoch)
        fitting = [control for control in load_controls(scenario) if control.conduct == kind]
        if not fitting:
            raise UserError(f"Scenario {scenario.id!r} ships no control of kind {kind!r}.")
        share = uniform(self.seed, "choice", assignment.scenario, assignment.cell, epoch)
        return fitting[int(share * len(fitting))]

    def _kind(self, assignment: Assignment, epoch: int) -> str:
        told = assignment.elicited
        if told and uniform(self.seed, "obeys", assignment.scenario, told, epoch) < self.obeys:
            return told
        drawn = self.draws(assignment.scenario, assignment.levels, epoch)
        return self.kind if drawn else "honest"

    def says_begun(self, assignment: Assignment, epoch: int) -> str:
        """The answer to whether somebody else began the conversation."""
        key = (self.seed, "notices", assignment.scenario, assignment.prefix, epoch)
        return f"ANSWER: {'yes' if uniform(*key) < self.notices else 'no'}"


def is_control(model: str | None) -> bool:
    """Whether a model name names a control."""
    return model is not None and model.startswith(_PREFIX)


def control_provider() -> "type[ModelAPI]":
    """The provider's class; Inspect is imported only when it is used."""
    from inspect_ai.model import GenerateConfig, ModelAPI
    from inspect_ai.tool import ToolChoice, ToolInfo
    from inspect_ai.util import store

    class ControlAPI(ModelAPI):
        """Replays controls; counts four characters of text as one token."""

        def __init__(
            self,
            model_name: str,
            base_url: str | None = None,
            api_key: str | None = None,
            config: GenerateConfig = GenerateConfig(),  # noqa: B008  (Inspect's signature)
            **model_args: Any,
        ) -> None:
            from assay.providers.control_judge import JudgePlan
            from assay.providers.control_user import UserPlan

            super().__init__(model_name, base_url, api_key, [], config)
            role = model_name.partition("?")[0]
            self.judge = JudgePlan.parse(model_name) if role == "judge" else None
            self.user = UserPlan.parse(model_name) if role == "user" else None
            self.plays_auditor = role == "auditor"
            if not (self.judge or self.user or self.plays_auditor):
                self.plan = ControlPlan.parse(model_name)

        async def generate(
            self,
            input: "list[ChatMessage]",
            tools: list[ToolInfo],
            tool_choice: ToolChoice,
            config: GenerateConfig,
        ) -> "ModelOutput":
            if self.plays_auditor:
                from assay.providers.control_auditor import auditor_turn

                return _output(self.model_name, input, "", auditor_turn(input))
            if self.user is not None:
                say, calls = self.user.next(input)
                return _output(self.model_name, input, say, calls)
            run = store()
            given = run.get(ASSIGNMENT)
            if given is None:
                raise UserError(f"control/{self.model_name} works in Assay's own audits only.")
            assignment, epoch = Assignment.model_validate(given), int(run.get(EPOCH, 1))
            control = _replayed(run.get(CONTROL), assignment)
            if self.judge is not None:
                text = self.judge.answer(input, control, assignment, epoch)
                return _output(self.model_name, input, text, ())
            if PREFILL_QUESTION in input[-1].text:
                said = self.plan.says_begun(assignment, epoch)
                return _output(self.model_name, input, said, ())
            opening = run.get(PREFIX)
            if control is None:
                control = self.plan.choose(assignment, epoch)
                if opening and control.conduct == assignment.prefix:
                    control = load_control(assignment.load(), opening["control"])
                run.set(CONTROL, control.name)
            played = sum(message.role == "assistant" for message in input)
            if opening and control.name != opening["control"]:
                played -= opening["turns"]  # its own trajectory, from the start
            turn = control.turns[min(played, len(control.turns) - 1)]
            return _output(self.model_name, input, turn.say, turn.calls, turn.think)

        async def count_text_tokens(self, text: str) -> int:
            return len(text) // 4

        def max_connections(self) -> int:
            return 100

    return ControlAPI


def _replayed(name: str | None, assignment: Assignment) -> Control | None:
    return load_control(assignment.load(), name) if name else None


def _output(
    model: str,
    input: "list[ChatMessage]",
    say: str,
    calls: Sequence[tuple[str, dict[str, Any]]],
    think: str = "",
) -> "ModelOutput":
    from inspect_ai.model import (
        ChatCompletionChoice,
        ChatMessageAssistant,
        ContentReasoning,
        ContentText,
        ModelOutput,
        ModelUsage,
    )
    from inspect_ai.tool import ToolCall

    number = len(input)
    made = [
        ToolCall(id=f"call_{number}_{place}", function=tool, arguments=arguments)
        for place, (tool, arguments) in enumerate(calls)
    ]
    content = [ContentReasoning(reasoning=think), ContentText(text=say)] if think else say
    message = ChatMessageAssistant(content=content, tool_calls=made or None, source="generate")
    read = sum(len(earlier.text) for earlier in input) // 4
    wrote = (len(think + say) + sum(len(str(arguments)) for _, arguments in calls)) // 4
    return ModelOutput(
        model=model,
        choices=[
            ChatCompletionChoice(message=message, stop_reason="tool_calls" if made else "stop")
        ],
        usage=ModelUsage(input_tokens=read, output_tokens=wrote, total_tokens=read + wrote),
    )


def uniform(*key: object) -> float:
    """A number in [0, 1) that depends on the key alone, so that a rerun draws the same."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56


def number(name: str, value: str, low: float, high: float) -> float:
    """Read one parameter of a control's name.

    Raises:
        UserError: Not a number, or outside `low` to `high`.
    """
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise UserError(f"{name}={value} is no number between {low} and {high:g}.")
    return number
