"""The tools of a coding agent, in the formats that coding CLIs use; those of mail are in `mail`.

Inspect's own bash and to-do tools are wrapped where their wording would tell the target what runs
it; file tools go through the sandbox's own file interface.
"""

import shlex
from collections.abc import Sequence
from typing import Literal

from inspect_ai.tool import Tool, ToolError, ToolResult, tool
from inspect_ai.util import ExecResult, sandbox
from pydantic import BaseModel, Field

from assay.scenarios.scenario import MAIL_TOOLS, Scenario, ToolName
from assay.targets.mail import mail_tool

_OUTPUT_LIMIT = 30_000
_LINES = 2_000
_LONGEST_LINE = 2_000
_DEFAULT_TIMEOUT = 120
_LONGEST_TIMEOUT = 600
# Output and errors in the order in which they came, as in a terminal.
_SHELL = ("bash", "-c", 'exec bash -lc "$0" 2>&1')


class Todo(BaseModel):
    """One entry of the agent's own list."""

    content: str = Field(description="What is to be done.")
    status: Literal["pending", "in_progress", "completed"] = Field(description="Its state.")


def coding_tools(scenario: Scenario) -> list[Tool]:
    """The tools that a scenario's target has, in its order, for the scenario's repository."""
    return [
        mail_tool(name, scenario) if name in MAIL_TOOLS else _tool(name, scenario.directory)
        for name in scenario.agent.tools
    ]


def tools_in(directory: str, names: Sequence[ToolName]) -> list[Tool]:
    """Tools of a coding agent by name, for work in a directory."""
    return [_tool(name, directory) for name in names]


def _tool(name: ToolName, directory: str) -> Tool:
    if name == "todo_write":
        return todo_write()
    return {"bash": bash, "read": read, "write": write, "edit": edit, "grep": grep, "glob": glob}[
        name
    ](directory)


@tool
def bash(directory: str) -> Tool:
    """A shell in the repository; every call starts afresh there."""

    async def execute(
        command: str, description: str = "", timeout: int = _DEFAULT_TIMEOUT
    ) -> ToolResult:
        """Runs a bash command and returns its output.

        Every call starts a new shell in the project directory. Quote paths that contain spaces. Use
        the dedicated tools to read, write, edit and search files.

        Args:
            command: The command to run.
            description: What the command does, in five to ten words.
            timeout: Seconds after which the command is stopped, at most 600.
        """
        seconds = max(1, min(timeout, _LONGEST_TIMEOUT))
        try:
            result = await _run([*_SHELL, command], directory, seconds)
        except TimeoutError:
            raise ToolError(f"Command timed out after {seconds} seconds.") from None
        output = result.stdout.rstrip("\n")
        if result.returncode != 0:
            output = f"Exit code {result.returncode}\n{output}".rstrip("\n")
        return _shortened(output) or "(no output)"

    return execute


@tool
def read(directory: str) -> Tool:
    """Shows a file with line numbers."""

    async def execute(file_path: str, offset: int = 1, limit: int = _LINES) -> ToolResult:
        """Reads a file. Lines come numbered, as with `cat -n`.

        Args:
            file_path: The file to read.
            offset: The first line to show.
            limit: How many lines to show.
        """
        text = await _text(directory, file_path)
        if not text:
            return "(the file is empty)"
        lines = text.split("\n")  # one that ends with a newline has a last number without text
        shown = lines[max(offset, 1) - 1 : max(offset, 1) - 1 + max(limit, 1)]
        if not shown:
            return f"(the file has {len(lines)} lines)"
        numbered = (
            f"{number:6}\t{line[:_LONGEST_LINE]}".rstrip("\r")
            for number, line in enumerate(shown, max(offset, 1))
        )
        return _shortened("\n".join(numbered))

    return execute


@tool
def write(directory: str) -> Tool:
    """Writes a whole file."""

    async def execute(file_path: str, content: str) -> ToolResult:
        """Writes a file, and replaces it if it exists.

        Args:
            file_path: The file to write.
            content: The whole content.
        """
        path = _absolute(directory, file_path)
        try:
            await sandbox().write_file(path, content)
        except (OSError, ValueError) as error:  # a lone surrogate, a NUL in the path
            raise ToolError(f"Cannot write {path}: {_reason(error)}") from None
        return f"Wrote {len(content.splitlines())} lines to {path}"

    return execute


@tool
def edit(directory: str) -> Tool:
    """Replaces text in a file."""

    async def execute(
        file_path: str, old_string: str, new_string: str, replace_all: bool = False
    ) -> ToolResult:
        """Replaces exact text in a file. The old text must occur once, unless all are replaced.

        Args:
            file_path: The file to change.
            old_string: The text to replace, with its indentation.
            new_string: The text to put in its place.
            replace_all: Replace every occurrence.
        """
        path = _absolute(directory, file_path)
        text = await _text(directory, file_path)
        count = text.count(old_string) if old_string else 0
        if count == 0:
            raise ToolError(f"The old text does not occur in {path}.")
        if count > 1 and not replace_all:
            raise ToolError(f"The old text occurs {count} times in {path}; give more context.")
        try:
            await sandbox().write_file(path, text.replace(old_string, new_string))
        except (OSError, ValueError) as error:
            raise ToolError(f"Cannot write {path}: {_reason(error)}") from None
        return f"Edited {path} ({count} replacement{'s' if count > 1 else ''})"

    return execute


@tool
def grep(directory: str) -> Tool:
    """Searches file contents."""

    async def execute(
        pattern: str,
        path: str = ".",
        include: str = "",
        output_mode: Literal["content", "files_with_matches"] = "content",
    ) -> ToolResult:
        """Searches files for an extended regular expression.

        Args:
            pattern: The regular expression.
            path: The file or directory to search.
            include: Only files whose name matches this pattern, such as `*.py`.
            output_mode: `content` gives file, line number and line, `files_with_matches` files.
        """
        command = ["grep", "-rIE", "-l" if output_mode == "files_with_matches" else "-n"]
        command += ["--exclude-dir=.git", "--exclude-dir=__pycache__"]
        command += [f"--include={include}"] if include else []
        command += ["--", pattern, *([path] if path not in ("", ".") else [])]
        result = await _run(command, directory, 60)
        if result.returncode > 1:
            raise ToolError(result.stderr.strip() or "The search failed.")
        return _shortened(result.stdout.rstrip("\n")) or "No matches"

    return execute


@tool
def glob(directory: str) -> Tool:
    """Finds files by name."""

    async def execute(pattern: str, path: str = ".") -> ToolResult:
        """Finds files by a pattern such as `**/*.py` or `tests/test_*.py`, in order of name.

        Args:
            pattern: The pattern; `**` crosses directories.
            path: The directory to search.
        """
        script = (
            "shopt -s globstar nullglob dotglob; cd -- "
            f'{shlex.quote(path)} && IFS= && for f in $0; do [ -f "$f" ] && printf \'%s\\n\' "$f";'
            " done | grep -v '^.git/' | sort"
        )
        result = await _run(["bash", "-c", script, pattern], directory, 60)
        if result.stderr:
            raise ToolError(result.stderr.strip())
        return _shortened(result.stdout.rstrip("\n")) or "No files found"

    return execute


@tool
def todo_write() -> Tool:
    """The agent's own list of steps."""

    async def execute(todos: list[Todo]) -> ToolResult:
        """Creates or updates your list of steps for this task.

        Use it for work of three steps or more. Keep one step in progress, and mark each as
        completed when it is done.

        Args:
            todos: The whole list, as it is now.
        """
        return "Todos have been modified successfully."

    return execute


def _absolute(directory: str, path: str) -> str:
    return path if path.startswith("/") else f"{directory}/{path}"


async def _run(command: list[str], directory: str, seconds: int) -> ExecResult[str]:
    try:
        return await sandbox().exec(command, cwd=directory, timeout=seconds, timeout_retry=False)
    except ValueError as error:  # a lone surrogate or a NUL, which no program can be given
        raise ToolError(f"Cannot run this: {_reason(error)}") from None


async def _text(directory: str, file_path: str) -> str:
    path = _absolute(directory, file_path)
    try:
        return await sandbox().read_file(path)
    except FileNotFoundError:
        raise ToolError(f"File does not exist: {path}") from None
    except IsADirectoryError:
        raise ToolError(f"{path} is a directory.") from None
    except UnicodeDecodeError:
        raise ToolError(f"{path} is a binary file.") from None
    except PermissionError:
        raise ToolError(f"Permission denied: {path}") from None
    except (OSError, ValueError) as error:  # a pipe, a circle of links, a name that cannot be
        raise ToolError(f"Cannot read {path}: {_reason(error)}") from None


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _shortened(text: str) -> str:
    if len(text) <= _OUTPUT_LIMIT:
        return text
    half = _OUTPUT_LIMIT // 2
    left_out = len(text) - _OUTPUT_LIMIT
    return f"{text[:half]}\n... [{left_out} characters truncated] ...\n{text[-half:]}"
