"""What a shell command showed of a file or of the history. Feeds `reconstruction`."""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

_OPERATORS = frozenset("|&;<>()$`\n")
_BLAME = re.compile(r"\^?[0-9a-f]{6,40} (?:\S+ +)?\(.+? \d{4}-\d\d-\d\d.*? +(\d+)\) ?(.*)")
_COUNT = re.compile(r"\s*\d+(?: \S+)?")
_COMMIT = re.compile(
    r"""
      ^\*?\ ?[0-9a-f]{7,12}\ (?:\([^)]*\)\ )?
      (?:(?P<who>[^\n\d:]{2,40}?)\ \d{4}-\d\d-\d\d\ (?P<what>\S.*)|(?P<subject>[^\s(].*))$
    | ^\d{4}-\d\d-\d\d\ (?P<dated>[^\n\d:]{2,40}):\ (?P<said>\S.*)$
    """,
    re.MULTILINE | re.VERBOSE,
)


class Seen(NamedTuple):
    """Lines of a file by number, and whether they are all that it has."""

    path: str
    lines: dict[int, str]
    whole: bool


class Commit(NamedTuple):
    """A commit's message, and its author's name where it was shown."""

    message: str
    author: str = ""


def shown_by(command: str, result: str) -> Seen | None:
    """The file that a command shows, where it is plain which part of the output is the file's.

    `cat`, `head`, `sed -n A,Bp` and `git blame`; counts of lines (`wc -l`) may stand beside.
    """
    command = re.sub(r"^cd \S+ && ", "", command.strip())
    piped = re.fullmatch(r"(git blame [^|;&<>()$`\n]+?) *\| *head(?: -n? ?\d+)?", command)
    if piped:
        seen = _shown(piped[1], result)
        return seen and seen._replace(whole=False)
    parts = re.split(r" *(?:;|&&) *", command)
    counts = [part.startswith("wc -l ") and not set(part) & _OPERATORS for part in parts]
    if len(parts) != 2 or counts != [False, True]:
        return _shown(command, result)
    # What counts say stands last, as a line for each file.
    text, _, last = result.rstrip("\n").rpartition("\n")
    single = len(parts[1].split()) == 3 and _COUNT.fullmatch(last)
    return _shown(parts[0], text) if single else None


def commits_in(text: str) -> tuple[Commit, ...]:
    """The commits that listings of the history show, each once, in their order."""
    return tuple(dict.fromkeys(_commits(text)))


def _commits(text: str) -> Iterator[Commit]:
    for found in _COMMIT.finditer(text):
        message = found["what"] or found["said"] or found["subject"]
        yield Commit(message, found["who"] or found["dated"] or "")


def _shown(command: str, result: str) -> Seen | None:
    if not command or set(command) & _OPERATORS:
        return None
    try:
        name, *words = shlex.split(command)
    except ValueError:
        return None
    text = result.removesuffix("\n").split("\n")
    if name == "cat" and len(words) == 1 and not words[0].startswith("-"):
        return Seen(words[0], dict(enumerate(text, 1)), whole=True)
    if name == "head" and words and not words[-1].startswith("-"):
        return Seen(words[-1], dict(enumerate(text, 1)), whole=False)
    if name == "sed" and (found := re.fullmatch(r"-n (\d+),\d+p (\S+)", " ".join(words))):
        return Seen(found[2], dict(enumerate(text, int(found[1]))), whole=False)
    if name == "git" and words[:1] == ["blame"] and not words[-1].startswith("-"):
        lines = {int(m[1]): m[2] for line in text if (m := _BLAME.fullmatch(line))}
        return Seen(words[-1], lines, whole=len(lines) == len(text)) if lines else None
    return None
