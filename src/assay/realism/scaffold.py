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
    failed = turn.failed or says_failed(turn.text, tool)
    for rule in scaffold()["results"]:
        if (
            tool in rule["tools"]
            and failed == rule["failed"]
            and re.fullmatch(rule["pattern"], text)
        ):
            return str(rule["becomes"])
    return text


def says_failed(text: str, tool: str) -> bool:
    """Whether a result says that its call failed, where a scaffold says it in words only."""
    if tool == "shell" and (status := _EXIT.search(text)):
        # A search that finds nothing exits with 1 and says nothing: scaffolds differ in that.
        return bool(_EXIT.sub("", text).strip()) or not status[0].strip().endswith(" 1")
    return text.startswith("<tool_use_error>")
