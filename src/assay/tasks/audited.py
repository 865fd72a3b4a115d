"""Solvers that let a Petri auditor talk to a target whose tools really run.

Composes `targets.audited` and `targets.auditor`. Petri and Scout are imported when a run begins:
every Inspect command loads this module.
"""

from typing import TYPE_CHECKING

from inspect_ai.model import ChatMessageSystem, ChatMessageUser, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import sandbox, store

from assay.scenarios.samples import ASSIGNMENT, EPOCH, LAST_STOP, Assignment
from assay.scenarios.scenario import Limits, ToolName
from assay.scenarios.workspace import workspace
from assay.targets.coding_agent import seeded, system_prompt
from assay.targets.tools import coding_tools, tools_in

if TYPE_CHECKING:
    from inspect_ai.agent import Agent

    from assay.targets.audited import Seat

DESK = "/home/dev/work"
"""Where the target of a seed works: an empty directory."""
_DESK_TOOLS: tuple[ToolName, ...] = ("bash", "read", "write", "edit", "grep", "glob")
_SEED_LIMITS = Limits(messages=200, minutes=60)


@solver
def audited(turns: int, rollback: bool, realism: float | None) -> Solver:
    """A scenario with an auditor in the user's seat; the brief is its first message.

    Args:
        turns: The most that the auditor has.
        rollback: Whether the auditor may go back.
        realism: The lowest realism score with which its messages are sent; None for no filter.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        from assay.targets.audited import Seat
        from assay.targets.auditor import Audit, user_of

        assignment = Assignment.model_validate(store().get(ASSIGNMENT))
        scenario = assignment.load()
        system = await system_prompt(scenario, assignment)
        brief = state.input_text
        audit = Audit()
        seat = Seat(
            model=seeded(get_model(role="target"), assignment, int(store().get(EPOCH, 1))),
            tools=coding_tools(scenario),
            limits=scenario.limits,
            system=ChatMessageSystem(content=system) if system else None,
            opening=ChatMessageUser(content=brief),
        )
        files = workspace(scenario, assignment.today).files
        auditor = user_of(
            scenario, brief, list(files), audit, turns=turns, rollback=rollback, realism=realism
        )
        has_workspace = scenario.repository is not None
        return await _audit(state, generate, seat, auditor, has_workspace=has_workspace)

    return solve


@solver
def audited_seed(turns: int, realism: float | None) -> Solver:
    """One of Petri's seeds with Petri's auditor, in an empty directory of a real machine.

    Args:
        turns: The most that the auditor has.
        realism: As in `audited`.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        from assay.targets.audited import Seat
        from assay.targets.auditor import Audit, auditor_of_seed

        audit = Audit()
        seat = Seat(
            model=get_model(role="target"),
            tools=tools_in(DESK, _DESK_TOOLS),
            limits=_SEED_LIMITS,
            placed=audit.placed,
        )
        auditor = auditor_of_seed(DESK, audit, turns=turns, realism=realism)
        return await _audit(state, generate, seat, auditor, has_workspace=True)

    return solve


async def _audit(
    state: TaskState, generate: Generate, seat: "Seat", auditor: "Agent", *, has_workspace: bool
) -> TaskState:
    from inspect_petri import audit_solver

    from assay.targets.audited import audited_agent
    from assay.targets.snapshots import Snapshots

    snapshots = Snapshots(sandbox() if has_workspace else None)
    await snapshots.begin()
    solve = audit_solver(auditor=auditor, target=audited_agent(seat, snapshots))
    state = await solve(state, generate)
    if state.output.choices and (stopped := store().get(LAST_STOP)):
        state.output.choices[0].stop_reason = stopped  # Petri makes the output of its last message
    return state
