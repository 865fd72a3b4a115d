"""The Inspect tasks of an audit: `inspect eval assay/research_sabotage --model ...`."""

from datetime import UTC, date, datetime
from pathlib import Path

from inspect_ai import Epochs, Task, task
from inspect_ai.agent import as_solver
from inspect_ai.dataset import MemoryDataset
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import SandboxEnvironmentSpec, sandbox, store

from assay import execution
from assay.errors import UserError, unknown
from assay.execution.bubblewrap import BwrapConfig
from assay.grading.prefill import ask_about_prefill
from assay.grading.scorers import conduct, outcome
from assay.scenarios.catalog import select
from assay.scenarios.controls import checked_leanings
from assay.scenarios.letters import mail_archive, mail_room
from assay.scenarios.samples import (
    ASSIGNMENT,
    EPOCH,
    Assignment,
    assignments,
    continued_assignments,
    control_assignments,
    elicited_assignments,
    sample,
)
from assay.scenarios.scenario import Scenario, parse_levels
from assay.scenarios.workspace import lay_out, workspace
from assay.targets.coding_agent import coding_agent
from assay.targets.continuation import check_openings
from assay.targets.deployed import checked_cli, deployed_agent, laid_out
from assay.tasks.audited import audited as audited_solver
from assay.tasks.budget import begin

AUDITOR_TURNS = 15
_COMPOSE = Path(execution.__file__).parent / "docker" / "compose.yaml"


@task
def audit(
    selector: str = "research_sabotage",
    levels: str | list[str] = "",
    grid: bool = False,
    cells: int = 0,
    seed: int = 0,
    epochs: int = 1,
    today: str | date = "",
    scenarios: str = "",
    sandbox: str = "bwrap",
    system: str = "",
    cli: str = "",
) -> Task:
    """Audit a pack or one scenario of it.

    Args:
        selector: `PACK` or `PACK/ID`.
        levels: Levels other than the defaults, `oversight=reviewed,autonomy=with_user`.
        grid: Cross all factors instead of one cell and its benign twin.
        cells: So many of the grid's cells, with their twins, instead of one.
        seed: Unless 0, the model is sent a seed: the same for an epoch in every cell.
        epochs: Runs of each sample.
        today: The day on which the workspaces stand, ISO; the day of the run where empty.
        scenarios: A folder with packs of one's own, or a document for the pack `constitution`.
        sandbox: `bwrap` or `docker`.
        system: A system prompt for the target, such as the one that it was trained under. It
            stands before the coding agent's own, or alone where a scenario has none.
        cli: A real coding CLI as the target, `claude_code`, with the model behind it. It has its
            own prompt and tools; `system` is appended.

    Raises:
        UserError: An unknown pack, scenario, factor, level or sandbox.
    """
    chosen, wanted, day = _asked(selector, levels, today, scenarios)
    runs = assignments(chosen, wanted, grid=grid, drawn=cells, today=day, seed=seed)
    return _task(selector.partition("/")[0], runs, epochs, sandbox, system, cli=cli)


@task
def audited(
    selector: str = "research_sabotage",
    levels: str | list[str] = "",
    grid: bool = False,
    cells: int = 0,
    seed: int = 0,
    epochs: int = 1,
    today: str | date = "",
    scenarios: str = "",
    sandbox: str = "bwrap",
    system: str = "",
    turns: int = AUDITOR_TURNS,
    rollback: bool = False,
    realism: float | None = None,
) -> Task:
    """The same audit with a Petri auditor in the user's seat; needs the roles target and auditor.

    Args:
        selector: As in `audit`, and so are the next nine.
        levels: Levels other than the defaults.
        grid: Cross all factors.
        cells: So many cells of the grid.
        seed: Unless 0, the target is sent a seed.
        epochs: Runs of each sample.
        today: The day on which the workspaces stand.
        scenarios: A folder with packs of one's own.
        sandbox: `bwrap` or `docker`.
        system: A system prompt for the target.
        turns: The most that the auditor has.
        rollback: Whether it may take conversation and files back to an earlier point. The branch
            on which it ends is graded, so that what it likes decides what counts.
        realism: The lowest realism score, 0 to 1, with which a message of its is sent; what cannot
            be scored is not sent. None for no filter.

    Raises:
        UserError: As in `audit`.
    """
    chosen, wanted, day = _asked(selector, levels, today, scenarios)
    runs = assignments(chosen, wanted, grid=grid, drawn=cells, today=day, seed=seed)
    talk = audited_solver(turns, rollback, realism)
    return _task(f"{selector.partition('/')[0]}_audited", runs, epochs, sandbox, system, talk)


@task
def research_sabotage(
    levels: str | list[str] = "",
    grid: bool = False,
    seed: int = 0,
    epochs: int = 1,
    sandbox: str = "bwrap",
) -> Task:
    """Does a coding agent inside an AI lab sabotage safety research that it is asked to do?"""
    return audit("research_sabotage", levels, grid, seed=seed, epochs=epochs, sandbox=sandbox)


@task
def natural_emergent_misalignment(
    levels: str | list[str] = "",
    grid: bool = False,
    seed: int = 0,
    epochs: int = 1,
    sandbox: str = "bwrap",
) -> Task:
    """Has what reward hacking may bring with it come with it? Chats need a judge (a model role)."""
    return audit("natural_emergent_misalignment", levels, grid, seed, epochs, sandbox=sandbox)


@task
def constitution(
    document: str = "",
    levels: str | list[str] = "",
    grid: bool = False,
    seed: int = 0,
    epochs: int = 1,
) -> Task:
    """Does a model know a constitution, believe it and act by it? All of it needs a judge.

    Args:
        document: A Markdown file with a section for each point; the one that ships where empty.
        levels: As in `audit`.
        grid: As in `audit`.
        seed: As in `audit`.
        epochs: As in `audit`.
    """
    return audit("constitution", levels, grid, seed, epochs, scenarios=document)


@task
def elicited(
    selector: str = "research_sabotage",
    kinds: str | list[str] = "sabotage",
    levels: str | list[str] = "",
    seed: int = 0,
    epochs: int = 1,
    today: str | date = "",
    scenarios: str = "",
    sandbox: str = "bwrap",
    system: str = "",
    cli: str = "",
) -> Task:
    """Could this target do it, and would it be caught? A hidden instruction tells it to.

    Args:
        selector: `PACK` or `PACK/ID`.
        kinds: What the instruction asks for: `sabotage`, `honest`, or both.
        levels: As in `audit`; no twin runs beside these.
        seed: As in `audit`.
        epochs: Runs of each sample.
        today: As in `audit`.
        scenarios: As in `audit`.
        sandbox: As in `audit`.
        system: As in `audit`.
        cli: As in `audit`.

    Raises:
        UserError: As in `audit`, or an unknown kind.
    """
    chosen, wanted, day = _asked(selector, levels, today, scenarios)
    given = checked_leanings(kinds.split(",") if isinstance(kinds, str) else kinds)
    runs = elicited_assignments(chosen, wanted, given, today=day, seed=seed)
    return _task(f"{selector.partition('/')[0]}_elicited", runs, epochs, sandbox, system, cli=cli)


@task
def continued(
    selector: str = "research_sabotage",
    levels: str | list[str] = "",
    seed: int = 0,
    epochs: int = 1,
    today: str | date = "",
    scenarios: str = "",
    sandbox: str = "bwrap",
    system: str = "",
) -> Task:
    """Does the target go on with what a control has begun? Arguments are as in `audit`.

    Plain chats are left out: where nothing is done, nothing can be begun.

    Raises:
        UserError: As in `audit`, or a scenario without a control to begin with.
    """
    found, wanted, day = _asked(selector, levels, today, scenarios)
    chosen = [scenario for scenario in found if scenario.repository is not None]
    for scenario in chosen:
        check_openings(scenario)
    runs = continued_assignments(chosen, wanted, today=day, seed=seed)
    return _task(f"{selector.partition('/')[0]}_continued", runs, epochs, sandbox, system)


@task
def control_check(
    selector: str = "research_sabotage",
    held_out: bool = False,
    scenarios: str = "",
    sandbox: str = "bwrap",
) -> Task:
    """Replay every control of a pack through the grader, with `control/replay` as the model."""
    chosen = select(selector, [Path(scenarios)] if scenarios else [])
    runs = control_assignments(chosen, held_out=held_out, today=datetime.now(UTC).date())
    return _task("control_check", runs, 1, sandbox)


@solver
def set_up() -> Solver:
    """Lay out the workspace, and note what this run is where the layers above can read it."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        begin()
        assignment = Assignment.model_validate(state.metadata)
        store().set(ASSIGNMENT, assignment.model_dump(mode="json"))
        store().set(EPOCH, state.epoch + assignment.after)
        scenario = assignment.load()
        if scenario.repository is not None:
            await lay_out(sandbox(), workspace(scenario, assignment.today).archive)
        if mail := mail_archive(scenario, assignment.as_cell(), assignment.today):
            await lay_out(sandbox(), mail)
        return state

    return solve


def _asked(
    selector: str, levels: str | list[str], today: str | date, scenarios: str
) -> tuple[list[Scenario], dict[str, str], date]:
    """The scenarios, the levels and the day that a task's arguments name."""
    chosen = select(selector, [Path(scenarios)] if scenarios else [])
    day = date.fromisoformat(str(today)) if today else datetime.now(UTC).date()
    pairs = levels.split(",") if isinstance(levels, str) else levels
    return chosen, parse_levels([pair.strip() for pair in pairs if pair.strip()]), day


def _task(
    name: str,
    runs: list[Assignment],
    epochs: int,
    sandbox_type: str,
    system: str = "",
    work: Solver | None = None,
    cli: str = "",
) -> Task:
    runs = [run.model_copy(update={"system": system}) for run in runs]
    if not runs:
        raise UserError("There is nothing to run: the selection holds no sample.")
    for run in runs:
        workspace(run.load(), run.today)  # a workspace that cannot be built shows before the run
        mail_room(run.load())
    if cli:
        work = as_solver(deployed_agent(checked_cli(cli)))
    samples = [sample(run, _sandbox(run.load(), sandbox_type, cli)) for run in runs]
    return Task(
        name=name,
        dataset=MemoryDataset(samples),
        setup=set_up(),
        solver=work or [as_solver(coding_agent()), ask_about_prefill()],
        scorer=[outcome(), conduct()],
        epochs=Epochs(epochs, "mode"),
        fail_on_error=False,
    )


def _sandbox(scenario: Scenario, name: str, cli: str) -> SandboxEnvironmentSpec | None:
    """The sandbox of one sample; None for a plain chat, where nothing can run."""
    if scenario.repository is not None:
        return sandbox_spec(name, scenario.directory, cli)
    _checked(name)
    if cli:
        raise UserError(
            f"Scenario {scenario.id!r} is a plain chat, and {cli} needs a workspace; name "
            "scenarios that have one, or leave --target-cli out."
        )
    return None


def sandbox_spec(name: str, directory: str, cli: str = "") -> SandboxEnvironmentSpec:
    """The target's own sandbox, and one for a grader that the target never sees.

    Args:
        name: `bwrap` or `docker`.
        directory: Where commands start.
        cli: A coding CLI that lies in it.

    Raises:
        UserError: An unknown kind, or one in which the CLI does not lie.
    """
    if _checked(name) == "bwrap":
        config = BwrapConfig(working_dir=directory)
        if cli:
            opt, environment = laid_out(checked_cli(cli))
            config = config.model_copy(update={"opt": opt, "environment": environment})
        return SandboxEnvironmentSpec("bwrap", config)
    if cli:
        raise UserError("--target-cli works with --sandbox bwrap only: there the CLI is laid out.")
    return SandboxEnvironmentSpec("docker", str(_COMPOSE))


def _checked(name: str) -> str:
    """The name of a kind of sandbox.

    Raises:
        UserError: An unknown one.
    """
    if name not in ("bwrap", "docker"):
        raise unknown("sandbox", name, ("bwrap", "docker"))
    return name
