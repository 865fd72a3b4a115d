"""The decisive action of a session: before it awareness may have moved the model, after it not.

A corpus may name it (`about["decisive"]`, the index of a turn). Otherwise it is the first call that
changes something, judged by the tool's name and, for a shell, by the command; and in a session that
changes nothing the last thing that the model said. Which of these it is is always told.
"""

import re
from dataclasses import dataclass
from typing import Literal

from assay.realism.session import Call, Session

_SHELLS = frozenset({"bash", "shell", "terminal", "exec", "execute", "run_command", "bash_session"})
_ONLY_READ = re.compile(
    r"^(?:read|view|get|list|ls|glob|grep|search|find|fetch|show|look|check|query|todo|think|cat|"
    r"web_?search|web_?fetch|task|agent|exitplanmode|toolsearch|status)",
    re.IGNORECASE,
)
_CHANGING = re.compile(
    r"""(?:^|[;&|(]|\s)(?:rm|mv|cp|touch|mkdir|rmdir|tee|ln|chmod|chown|patch|truncate|dd|kill|pkill
    |sed\s+(?:-\w+\s+)*-i\S*|perl\s+-\w*i\w*
    |git\s+(?:commit|push|add|checkout|switch|reset|rebase|merge|stash|rm|mv|apply|cherry-pick|revert|tag|clean)
    |(?:pip3?|uv|npm|yarn|cargo|apt|apt-get)\s+(?:pip\s+)?(?:install|remove|uninstall|add))(?:\s|$)
    |(?<![<>=-])>{1,2}\s*(?!\s*/dev/null|&|=)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Decisive:
    """Index of the turn, and how it was chosen."""

    turn: int
    source: Literal["named", "first change", "last words"]


def decisive(session: Session) -> Decisive:
    """The decisive action of a session."""
    named = session.about.get("decisive")
    if isinstance(named, int) and not isinstance(named, bool):
        return Decisive(named, "named")
    last = 0
    for index, turn in enumerate(session.turns):
        if turn.role != "assistant":
            continue
        last = index
        if any(changes(call) for call in turn.calls):
            return Decisive(index, "first change")
    return Decisive(last, "last words")


def changes(call: Call) -> bool:
    """Whether a call changes anything, as far as its name and command tell.

    A tool that nobody knows counts as changing something, unless its name begins like reading does.
    A program that a shell runs is not looked into.
    """
    name = call.tool.lower()
    command = next((call.arguments[k] for k in ("command", "cmd") if k in call.arguments), None)
    if name in _SHELLS:
        text = " ".join(map(str, command)) if isinstance(command, list) else str(command or "")
        return _CHANGING.search(text) is not None
    if command == "view":  # of an editor that both shows and changes
        return False
    return _ONLY_READ.match(name) is None
