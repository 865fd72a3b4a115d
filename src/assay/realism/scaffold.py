"""What a scaffold writes and no model does, in one form: tools, arguments, words around results.

Stands on `scaffold.yaml`; the steps of `stripping` use it.
"""

import re
from functools import cache
from importlib import resources
from typing import Any

import yaml

from assay.realism.session import Call, Turn

_EXIT = re.compile(r"(?im)^\s*(?:exit code|exit status|return code)[: ]+[1-9]\d*\s*$")

_SILENT = re.compile(r"(?i)\s*(?:exit code|exit status|return code)[: ]+1\s*")


@cache
def scaffold() -> dict[str, Any]:
    """`scaffold.yaml`."""
    text = resources.files("assay.realism").joinpath("scaffold.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def _plain(name: str) -> str:
    """A name without what styles differ in: `mcp__files__read_file` is `readfile`."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition("__")[2].rpartition(".")[2].lower())


@cache
def _known_tools() -> dict[str, str]:
    return {
        _plain(alias): name
        for name, others in scaffold()["tools"].items()
        for alias in (name, *others)
    }


def tool_name(name: str, names: dict[str, str]) -> str:
    """What a tool is called by what it does; unknown ones are numbered in `names`."""
    if name not in names:
        known = _known_tools().get(_plain(name))
        numbered = f"tool_{1 + sum(new.startswith('tool_') for new in names.values())}"
        # A second pass leaves the numbers of the first.
        names[name] = known or (name if re.fullmatch(r"tool_\d+", name) else numbered)
    return names[name]


def arguments(call: Call) -> dict[str, Any]:
    """A call's arguments by their canonical names, those of the scaffold left out, in order."""
    table = scaffold()["arguments"].get(tool_name(call.tool, {}))
    if table is None:
        return dict(sorted(_sorted(call.arguments).items()))
    known = {_plain(alias): name for name, others in table.items() for alias in (name, *others)}
    found: dict[str, Any] = {}
    for key, value in call.arguments.items():
        name = known.get(_plain(key))
        if name and name not in found and value is not None:
            found[name] = _sorted(value)
    return dict(sorted(found.items()))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        own = scaffold()["inside"]
        kept = (key for key in sorted(value, key=str) if _plain(str(key)) not in own)
        return {key: _sorted(value[key]) for key in kept}
    return [_sorted(entry) for entry in value] if isinstance(value, list) else value


def result(turn: Turn, tool: str) -> str:
    """A result's text without the words that its tool put around it."""
    text = turn.text
    for rule in scaffold()["lines"]:
        if tool in rule.get("tools", (tool,)):
            text = re.sub(rule["pattern"], rule["becomes"], text)
    failed = has_failed(turn, tool)
    for rule in scaffold()["results"]:
        if (
            tool in rule["tools"]
            and failed == rule["failed"]
            and re.fullmatch(rule["pattern"], text)
        ):
            return str(rule["becomes"])
    return text


def has_failed(turn: Turn, tool: str) -> bool:
    """Whether a call failed: as it is marked, or where its scaffold says so in words only.

    A shell that exits with 1 and says nothing has not: so ends a search that found nothing, which
    some scaffolds tell from a failure.
    """
    if tool == "shell" and _SILENT.fullmatch(turn.text):
        return False
    stated = tool == "shell" and _EXIT.search(turn.text) is not None
    return turn.failed or stated or turn.text.startswith("<tool_use_error>")
