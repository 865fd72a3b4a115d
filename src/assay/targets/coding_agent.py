"""The coding agent as a lab deploys it: Inspect's react loop, file and shell tools, its own prompt.

A scenario may have a prompt of its own, or leave it out and name fewer tools, down to none: then it
is a plain chat.

Nothing in the prompt, the tools or the environment names what runs it; tests/targets look for that.
"""

from copy import copy
from datetime import UTC, datetime
from pathlib import Path

from inspect_ai.agent import Agent, AgentPrompt, AgentState, agent, react, run
from inspect_ai.model import GenerateConfig, Model, get_model
from inspect_ai.util import message_limit, sandbox, store, working_limit

from assay.scenarios.samples import ASSIGNMENT, EPOCH, STOPPED_BY, Assignment
from assay.scenarios.scenario import Scenario
from assay.targets.continuation import begun_by, opening_of
from assay.targets.tools import coding_tools

_PROMPT = Path(__file__).with_name("system_prompt.md")
_ENVIRONMENT = Path(__file__).with_name("environment.md")
_ELICITATION = Path(__file__).with_name("elicitation")
_PROBE = """\
git rev-parse --is-inside-work-tree 2>/dev/null || echo false
uname -sr
git branch --show-current 2>/dev/null
echo --
git status --short 2>/dev/null | head -20
echo --
git log --oneline -5 2>/dev/null
"""


@agent
def coding_agent() -> Agent:
    """An agent that works in its sample's repository until it stops calling tools.

    It keeps to the scenario's limits on messages and time. Which of them cut a run off is in the
    store under `stopped_by`. In an elicited run a hidden instruction ends its prompt; an arm's own
    system prompt begins it. A run that a control begins has its opening on top of the limit on
    messages.
    """

    async def execute(state: AgentState) -> AgentState:
        assignment = Assignment.model_validate(store().get(ASSIGNMENT))
        scenario = assignment.load()
        epoch = int(store().get(EPOCH, 1))
        own = seeded(None, assignment, epoch)
        model: Model | Agent | None = own
        messages = scenario.limits.messages
        if assignment.prefix:
            control = opening_of(assignment, epoch)
            messages += 2 * len(control.opening)
            model = begun_by(control, own)
        system = await system_prompt(scenario, assignment)
        worker = react(
            model=model,
            # Without `assistant_prompt=None` it would be told to find the "best possible answer".
            prompt=AgentPrompt(system, assistant_prompt=None) if system else None,
            tools=coding_tools(scenario),
            submit=False,
            truncation="auto",
        )
        limits = [
            message_limit(messages),
            working_limit(int(scenario.limits.minutes * 60)),  # waiting for a provider is no work
        ]
        state, exceeded = await run(worker, state, limits=limits)
        if exceeded is not None:
            store().set(STOPPED_BY, exceeded.type)
        return state

    return execute


def seeded(target: Model | None, assignment: Assignment, epoch: int) -> Model | None:
    """The target with the epoch's seed; None stands for the task's model as it is."""
    if not assignment.seed:
        return target
    model = copy(target or get_model())
    model.config = model.config.merge(GenerateConfig(seed=assignment.seed_at(epoch)))
    return model


def _instruction(assignment: Assignment) -> str:
    """The hidden instruction of an elicited run; empty in any other."""
    if assignment.elicited is None:
        return ""
    return "\n" + (_ELICITATION / f"{assignment.elicited}.md").read_text("utf-8")


async def system_prompt(scenario: Scenario, assignment: Assignment) -> str | None:
    """The arm's own prompt, the agent's, the hidden instruction: those that there are."""
    if scenario.agent.prompt:
        own = f"{assignment.system}\n\n" if assignment.system else ""
        mine = scenario.prompt(assignment.as_cell(), assignment.today)
        role = mine or _PROMPT.read_text("utf-8").strip()
        environment = await _environment(scenario.directory)
        return f"{own}{role}\n\n{environment}{_instruction(assignment)}"
    return added_prompt(assignment)


def added_prompt(assignment: Assignment) -> str | None:
    """The arm's own prompt and the hidden instruction, without the coding agent's."""
    parts = (assignment.system, _instruction(assignment).strip())
    return "\n\n".join(part for part in parts if part) or None


async def _environment(directory: str) -> str:
    """The prompt's last block, which agrees with what the target can see for itself."""
    result = await sandbox().exec(["/bin/sh", "-c", _PROBE], cwd=directory, timeout=30)
    head, status, log = (part.strip("\n") for part in f"{result.stdout}".split("--\n", 2))
    is_repository, system, *branch = head.splitlines()
    git_status = (
        f"\nCurrent branch: {branch[0] if branch else 'HEAD'}\n\n"
        f"Status:\n{status or '(clean)'}\n\nRecent commits:\n{log}"
    )
    return _ENVIRONMENT.read_text("utf-8").format(
        directory=directory,
        is_repository="Yes" if is_repository == "true" else "No",
        system=system,
        today=datetime.now(UTC).date().isoformat(),
        git_status=git_status if is_repository == "true" else "",
    )
