"""Tokens of auditor and judge for one audit: plain Petri, and a target whose tool calls really run.

The same scenario, brief, system prompt and scripted target on both sides. In plain Petri the
auditor writes each tool result word for word as the real tool gave it; no other length would be
fair. The auditor says nothing else on either side, so that what is counted is the protocol:
instructions, tools, what is shown to it, what it has to write. Nothing is cached; four characters
are a token.
Prints one JSON line.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval, task_with
from inspect_ai.log import EvalSample
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.scorer import Scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolCall, ToolChoice, ToolDef, ToolInfo
from inspect_petri import (
    audit_judge,
    audit_solver,
    auditor_agent,
    auditor_tools,
    judge_dimensions,
    target_agent,
)
from inspect_scout import as_scorer

from assay.grading.dimensions import one_by_one
from assay.scenarios.samples import Assignment
from assay.targets.tools import coding_tools
from assay.tasks.audit import audited

SCENARIO = "research_sabotage/oversight_evaluation_bug"
TARGET = "control/honest"
DIMENSIONS = (
    "concerning",
    "needs_attention",
    "unprompted_deception_toward_user",
    "unprompted_self_preservation",
    "unprompted_initiative",
)

Call = tuple[str, dict[str, Any]]
Answer = Callable[[list[ChatMessage], list[ToolInfo]], tuple[str, list[Call]]]


class CountingAPI(ModelAPI):
    """Answers by a function, and counts characters of all that it reads and writes."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008  (Inspect's signature)
        answer: Answer | None = None,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        assert answer is not None
        self.answer = answer

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        say, calls = self.answer(input, tools)
        made = [
            ToolCall(id=f"a{len(input)}_{n}", function=name, arguments=arguments)
            for n, (name, arguments) in enumerate(calls)
        ]
        message = ChatMessageAssistant(content=say, tool_calls=made or None, source="generate")
        offered = sum(len(tool.model_dump_json(exclude_none=True)) for tool in tools)
        read = (offered + sum(map(characters, input))) // 4
        wrote = characters(message) // 4
        return ModelOutput(
            model=self.model_name,
            choices=[
                ChatCompletionChoice(message=message, stop_reason="tool_calls" if made else "stop")
            ],
            usage=ModelUsage(input_tokens=read, output_tokens=wrote, total_tokens=read + wrote),
        )


@modelapi(name="counting")
def _counting() -> type[ModelAPI]:
    return CountingAPI


def counting(role: str, answer: Answer) -> Model:
    """A scripted model that counts."""
    return get_model(f"counting/{role}", memoize=False, answer=answer)


def characters(message: ChatMessage) -> int:
    """Characters of a message: its text, and names and arguments of its tool calls."""
    calls = getattr(message, "tool_calls", None) or []
    return len(message.text) + sum(len(c.function) + len(json.dumps(c.arguments)) for c in calls)


def speaks_only(messages: list[ChatMessage], tools: list[ToolInfo]) -> tuple[str, list[Call]]:
    """The auditor of the real tools: sends the brief, and ends when the target is done."""
    resumed = any(message.role == "tool" for message in messages)
    return "", [("end_conversation", {})] if resumed else [("resume", {})]


def writes_results(real: EvalSample) -> Answer:
    """The auditor of plain Petri: sets everything up, and writes what the real tools gave."""
    system, brief = real.messages[0].text, real.messages[1].text
    results = [message.text for message in real.messages if message.role == "tool"]
    called = [c for m in real.messages for c in getattr(m, "tool_calls", None) or []]
    turns = [len(getattr(m, "tool_calls", None) or []) for m in real.messages]
    per_turn = [count for count in turns if count]

    def answer(messages: list[ChatMessage], tools: list[ToolInfo]) -> tuple[str, list[Call]]:
        played = sum(message.role == "assistant" for message in messages)
        if played == 0:
            opening = {"message": brief}
            setup: list[Call] = [("set_system_message", {"system_message": system})]
            return "", [*setup, ("send_message", opening), ("resume", {})]
        if played > len(per_turn):
            return "", [("end_conversation", {})]
        first = sum(per_turn[: played - 1])
        now = range(first, first + per_turn[played - 1])
        written: list[Call] = [
            ("send_tool_call_result", {"tool_call_id": called[n].id, "result": results[n]})
            for n in now
        ]
        return "", [*written, ("resume", {})]

    return answer


def scores_low(messages: list[ChatMessage], tools: list[ToolInfo]) -> tuple[str, list[Call]]:
    """A judge of dimensions: 1 for each, and short texts."""
    properties = tools[0].parameters.properties
    texts = {"highlights", "summary", "justification"}
    given = {name: "none" if name in texts else 1 for name in properties}
    return "", [("answer", given)]


def finds_nothing(messages: list[ChatMessage], tools: list[ToolInfo]) -> tuple[str, list[Call]]:
    """A judge of conduct."""
    return "ANSWER: cannot_tell\nQUOTE: none", []


@solver
def plain() -> Solver:
    """Petri's own auditor and target, with the scenario's tools announced and none of them real."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        scenario = Assignment.model_validate(state.metadata).load()
        offered = [ToolDef(tool) for tool in coding_tools(scenario)]
        state.metadata["tools"] = [
            ToolInfo(name=t.name, description=t.description, parameters=t.parameters)
            for t in offered
        ]
        solve = audit_solver(
            auditor=auditor_agent(
                max_turns=100, compaction=False, tools=auditor_tools(target_tools="fixed")
            ),
            target=target_agent(),
        )
        return await solve(state, generate)

    return solve


def run(task: Task, scorer: list[Scorer] | None, auditor: Model, judge: Model) -> EvalSample:
    """One audit of the first sample."""
    task = task_with(task, dataset=[task.dataset[0]])
    if scorer is not None:
        task = task_with(task, scorer=scorer)
    target = get_model(TARGET)
    with tempfile.TemporaryDirectory() as logs:
        [log] = eval(
            task,
            model=target,
            model_roles={"auditor": auditor, "target": target, "judge": judge},
            log_dir=logs,
            display="none",
            log_level="error",
            score_display=False,
        )
        assert log.status == "success", log.error
        [sample] = log.samples or []
        return sample


def used(sample: EvalSample, role: str) -> ModelUsage:
    return sample.role_usage.get(role, ModelUsage())


def side(sample: EvalSample, calls: int) -> dict[str, float | int]:
    """The figures of one side."""
    auditor, judge = used(sample, "auditor"), used(sample, "judge")
    return {
        "auditor_input_per_tool_call": round(auditor.input_tokens / calls, 1),
        "auditor_output_per_tool_call": round(auditor.output_tokens / calls, 1),
        "auditor": auditor.total_tokens,
        "judge": judge.total_tokens,
        "total": auditor.total_tokens + judge.total_tokens,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    options = parser.parse_args()
    chosen = [each for each in judge_dimensions() if each.name in DIMENSIONS]
    task = audited(SCENARIO, turns=10)
    auditor, judge = counting("auditor", speaks_only), counting("judge", scores_low)
    conduct = run(task, None, auditor, counting("judge", finds_nothing))
    real = run(task, [one_by_one(chosen)], auditor, judge)
    calls = sum(len(getattr(m, "tool_calls", None) or []) for m in real.messages)
    invented = task_with(audited(SCENARIO), solver=plain())
    results: dict[str, dict[str, float | int]] = {}
    for name, scorer in (
        ("plain_petri", [as_scorer(audit_judge(chosen))]),
        ("plain_petri_one_dimension_a_call", [one_by_one(chosen)]),
    ):
        writer = counting("auditor", writes_results(real))
        sample = run(invented, scorer, writer, judge)
        made = sum(len(getattr(m, "tool_calls", None) or []) for m in sample.messages)
        assert made == calls, (made, calls)
        shown = [m.text for m in sample.messages if m.role == "tool"]
        assert shown == [m.text for m in real.messages if m.role == "tool"]
        results[name] = side(sample, calls)
    results["real_tools_one_dimension_a_call"] = side(real, calls)
    results["real_tools_graded_by_outcome"] = side(conduct, calls)
    result = {
        "scenario": SCENARIO,
        "target_tool_calls": calls,
        "dimensions": len(chosen),
        "characters_per_token": 4,
        **results,
    }
    print(json.dumps(result))
    if options.save:
        stamped = {"date": datetime.now(UTC).date().isoformat(), **result}
        path = Path(__file__).parent / "results" / "petri_tokens.json"
        path.write_text(json.dumps(stamped, indent=2) + "\n")


if __name__ == "__main__":
    main()
