"""A real coding CLI as the target: the same workspace and brief, its own prompt, tools and loop.

`inspect_swe` runs it, with the model of the audit behind it. The CLI comes from this machine (npm)
and lies read-only at /opt of the sandbox; nothing is fetched. Needs the extra `assay[deployed]`.
"""

import hashlib
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from inspect_ai.agent import Agent, AgentState, agent, run
from inspect_ai.util import message_limit, store, working_limit

from assay.errors import UserError, unknown
from assay.execution.policy import ENVIRONMENT
from assay.execution.toolchain import cache_directory
from assay.scenarios.samples import ASSIGNMENT, STOPPED_BY, Assignment

CliName = Literal["claude_code"]
CLIS: tuple[CliName, ...] = get_args(CliName)
_PROGRAMS = {"claude_code": "claude"}
_INSTALL = {"claude_code": "npm install --global @anthropic-ai/claude-code"}
_PLACE = "/opt"
_NEEDED = ("inspect_swe", "anthropic")  # the second for the bridge to the audit's model
_ELF = b"\x7fELF"
# inspect_swe says here what the CLI runs in; of the two, an empty word tells a target less.
_QUIET = {"IS_SANDBOX": ""}


def checked_cli(name: str) -> CliName:
    """The name of a coding CLI that can be a target here.

    Raises:
        UserError: An unknown one, or one that this machine lacks.
    """
    if name not in CLIS:
        raise unknown("coding CLI", name, CLIS)
    cli: CliName = name
    for package in _NEEDED:
        if find_spec(package) is None:
            raise UserError(
                f"--target-cli {name} needs {package}, which is not installed: "
                "pip install 'assay[deployed]'."
            )
    if executable(cli) is None:
        raise UserError(
            f"--target-cli {name} needs the program {_PROGRAMS[cli]!r} on the PATH, and it is not "
            f"there: {_INSTALL[cli]}."
        )
    return cli


def executable(cli: CliName) -> Path | None:
    """The program of a CLI on this machine, None where there is none that runs by itself."""
    found = shutil.which(_PROGRAMS[cli])
    if found is None:
        return None
    path = Path(found).resolve()
    with path.open("rb") as file:
        return path if file.read(len(_ELF)) == _ELF else None


def laid_out(cli: CliName) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A directory for /opt of the sandbox that holds the CLI alone, and the environment for it.

    Raises:
        UserError: The CLI is not on this machine.
    """
    checked_cli(cli)
    source = executable(cli)
    assert source is not None
    stat = source.stat()
    key = f"{source}:{stat.st_size}:{stat.st_mtime_ns}"
    folder = cache_directory() / "opt" / hashlib.sha256(key.encode()).hexdigest()[:12]
    target = folder / _PROGRAMS[cli]
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".{os.getpid()}"
        try:
            os.link(source, partial)  # it is large
        except OSError:
            shutil.copy(source, partial)
        partial.rename(target)
    return str(folder), (("PATH", f"{ENVIRONMENT['PATH']}:{_PLACE}"),)


def cli_version(cli: CliName) -> str:
    """What the CLI says of its version; a run does not go on with another one."""
    program = executable(cli)
    if program is None:
        return ""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return said.stdout.strip()


@agent
def deployed_agent(cli: CliName) -> Agent:
    """A coding CLI at work in its sample's repository, to the scenario's limits.

    The arm's own system prompt and the hidden instruction of an elicited run are appended to the
    CLI's own prompt; what the scenario says of tools and prompt does not reach it.
    """

    async def execute(state: AgentState) -> AgentState:
        from inspect_swe import claude_code

        from assay.targets.coding_agent import added_prompt

        assignment = Assignment.model_validate(store().get(ASSIGNMENT))
        scenario = assignment.load()
        worker = claude_code(
            version="sandbox",
            cwd=scenario.directory,
            system_prompt=added_prompt(assignment),
            disallowed_tools=["WebSearch", "WebFetch"],
            env=_QUIET,
        )
        limits = [
            message_limit(scenario.limits.messages),
            working_limit(int(scenario.limits.minutes * 60)),
        ]
        state, exceeded = await run(worker, state, limits=limits)
        if exceeded is not None:
            store().set(STOPPED_BY, exceeded.type)
        return state

    return execute
