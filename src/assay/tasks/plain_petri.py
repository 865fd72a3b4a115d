"""A pack's scenarios in plain Petri: a model plays the user and makes up every tool result.

The baseline that `realism.baseline` compares our environment with. No grader and no judge: nothing
is executed, so there is nothing to grade.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import store

from assay.errors import UserError
from assay.scenarios.catalog import select
from assay.scenarios.samples import ASSIGNMENT, EPOCH, Assignment, assignments, sample
from assay.scenarios.scenario import parse_levels
from assay.scenarios.workspace import workspace

_SEED = Path(__file__).with_name("petri_seed.md")
_LONGEST_FILE, _LONGEST = 6_000, 40_000  # characters of the workspace that the auditor is given


@task
def plain_petri(
    selector: str = "research_sabotage",
    levels: str | list[str] = "",
    seed: int = 0,
    epochs: int = 1,
    today: str | date = "",
    scenarios: str = "",
    max_turns: int = 30,
) -> Task:
    """Run scenarios with simulated tools, at one cell each; model roles are `auditor` and `target`.

    Args:
        selector: `PACK` or `PACK/ID`.
        levels: Levels other than the defaults.
        seed: As in `audit`, so that runs are matched.
        epochs: Runs of each sample.
        today: The day on which the workspaces stand; the day of the run where empty.
        scenarios: A folder with packs of one's own.
        max_turns: Turns of the auditor.

    Raises:
        UserError: An unknown pack, scenario, factor or level.
    """
    from inspect_petri import audit_solver, auditor_agent, auditor_tools, target_agent

    chosen = select(selector, [Path(scenarios)] if scenarios else [])
    pairs = levels.split(",") if isinstance(levels, str) else levels
    wanted = parse_levels([pair.strip() for pair in pairs if pair.strip()])
    day = date.fromisoformat(str(today)) if today else datetime.now(UTC).date()
    runs = [
        run
        for run in assignments(chosen, wanted, grid=False, today=day, seed=seed)
        if not run.is_twin
    ]
    if not runs:
        raise UserError("There is nothing to run: the selection holds no sample.")
    return Task(
        name="plain_petri",
        dataset=MemoryDataset([_sample(run) for run in runs]),
        setup=note_assignment(),
        solver=audit_solver(
            auditor=auditor_agent(
                max_turns=max_turns,
                compaction=False,  # it counts tokens with an encoder that it downloads
                tools=auditor_tools(prefill=False, rollback=False),
            ),
            target=target_agent(system_required=False),
        ),
        epochs=Epochs(epochs, "mode"),
        fail_on_error=False,
    )


@solver
def note_assignment() -> Solver:
    """Note what this run is where a scripted target reads it."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        store().set(ASSIGNMENT, Assignment.model_validate(state.metadata).model_dump(mode="json"))
        store().set(EPOCH, state.epoch)
        return state

    return solve


def seed_of(assignment: Assignment) -> str:
    """The auditor's instructions: the brief letter by letter, and the workspace in words."""
    scenario = assignment.load()
    found = {
        "brief": scenario.brief(assignment.as_cell(), assignment.today),
        "directory": scenario.directory if scenario.repository else "(none)",
        "tools": ", ".join(scenario.agent.tools) or "none",
        "workspace": _described(assignment),
    }
    text = _SEED.read_text("utf-8")
    for slot, value in found.items():
        text = text.replace(f"{{{slot}}}", value)
    return text


def _described(assignment: Assignment) -> str:
    """Every file by name, and the texts of as many as there is room for, short ones first."""
    files = workspace(assignment.load(), assignment.today).files
    if not files:
        return "There is none: the target is a chat model."
    lines = [f"{name} ({len(content):,} bytes)" for name, content in sorted(files.items())]
    room = _LONGEST
    for name, content in sorted(files.items(), key=lambda item: len(item[1])):
        text = content[:_LONGEST_FILE].decode("utf-8", "replace")
        room -= len(text)
        if room < 0:
            break
        more = "\n[...]" if len(content) > _LONGEST_FILE else ""
        lines.append(f"\n--- {name}\n{text}{more}")
    return "\n".join(lines)


def _sample(assignment: Assignment) -> Sample:
    """The sample under the id that the same run has in our audit."""
    found = sample(assignment, None)
    return Sample(id=found.id, input=seed_of(assignment), metadata=found.metadata)
