"""What Assay's agent in `bwrap` costs beside a bare Inspect agent in Inspect's `local` sandbox.

Both get the same scripted model and the same shell commands, in interleaved rounds of one process.
CPU is of this process and its children, over model calls; wall time is the median of tool calls.
Prints one JSON line.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from inspect_ai import Task, eval
from inspect_ai.agent import react
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    Model,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.tool import ToolCall
from inspect_ai.tool import bash as inspect_bash

from assay.tasks.audit import audit

COMMAND = "ls -la | wc -l"


def scripted(tool_calls: int) -> Model:
    """A model that asks for `COMMAND` a number of times, then stops."""

    def answer(messages: list, *_: object) -> ModelOutput:
        played = sum(message.role == "assistant" for message in messages)
        calls = [ToolCall(id=f"c{played}", function="bash", arguments={"command": COMMAND})]
        message = ChatMessageAssistant(
            content="ok", tool_calls=calls if played < tool_calls else None, source="generate"
        )
        usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return ModelOutput(
            model="scripted", choices=[ChatCompletionChoice(message=message)], usage=usage
        )

    return get_model("mockllm/scripted", custom_outputs=answer, memoize=False)


def assay_task(samples: int) -> Task:
    """Assay's agent; the grader is left out, for it has no counterpart on the other side."""
    task = audit("research_sabotage/oversight_evaluation_bug", epochs=1)
    first = task.dataset[0]
    copies = [first.model_copy(update={"id": f"s{n}"}) for n in range(samples)]
    return Task(dataset=copies, setup=task.setup, solver=task.solver)


def bare_task(samples: int) -> Task:
    """Inspect's own react agent with Inspect's own bash tool."""
    dataset = [Sample(input="Look around.", id=f"s{n}") for n in range(samples)]
    agent = react(tools=[inspect_bash(timeout=120)], submit=False)
    return Task(dataset=dataset, solver=agent, sandbox="local")


def measured(
    make: Callable[[int], Task], samples: int, tool_calls: int
) -> tuple[float, float, int]:
    """CPU seconds, median wall milliseconds of a tool call, and number of model calls."""
    before = cpu()
    with tempfile.TemporaryDirectory() as logs:
        [log] = eval(
            make(samples),
            model=scripted(tool_calls),
            log_dir=logs,
            display="none",
            log_realtime=False,
            max_samples=4,
        )
        assert log.status == "success", log.error
        used = cpu() - before
        return used, statistics.median(tool_walls(log)), samples * (tool_calls + 1)


def tool_walls(log: EvalLog) -> list[float]:
    """Milliseconds of every tool call of a log."""
    events = [event for sample in log.samples or [] for event in sample.events]
    return [
        (event.completed - event.timestamp).total_seconds() * 1000
        for event in events
        if event.event == "tool" and event.completed is not None
    ]


def cpu() -> float:
    """CPU seconds of this process and its finished children."""
    own, children = (
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--tool-calls", type=int, default=20)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    options = parser.parse_args()
    # A login shell of the host would read its owner's profile; the sandbox has none to read.
    os.environ.update(HOME=tempfile.mkdtemp(), PATH="/usr/local/bin:/usr/bin:/bin")
    sides = {"assay": assay_task, "bare": bare_task}
    for make in sides.values():
        measured(make, 1, 2)  # imports, the toolchain and the workspace are built once
    cpus: dict[str, list[float]] = {name: [] for name in sides}
    walls: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(options.rounds):
        for name, make in sides.items():
            seconds, wall, calls = measured(make, options.samples, options.tool_calls)
            cpus[name].append(seconds / calls * 1000)
            walls[name].append(wall)
    ratios = [a / b for a, b in zip(cpus["assay"], cpus["bare"], strict=True)]
    added = [a - b for a, b in zip(walls["assay"], walls["bare"], strict=True)]
    result = {
        "cpu_per_call_ratio": round(statistics.median(ratios), 3),
        "tool_call_added_ms": round(statistics.median(added), 2),
        "cpu_per_call_ms": {n: round(statistics.median(v), 2) for n, v in cpus.items()},
        "tool_call_ms": {n: round(statistics.median(v), 2) for n, v in walls.items()},
        "rounds": options.rounds,
        "samples": options.samples,
        "tool_calls": options.tool_calls,
    }
    print(json.dumps(result))
    if options.save:
        stamped = {"date": datetime.now(UTC).date().isoformat(), **result}
        path = Path(__file__).parent / "results" / "audit_overhead.json"
        path.write_text(json.dumps(stamped, indent=2) + "\n")


if __name__ == "__main__":
    main()
