"""A session's workspace as it stood before, from what the session read and wrote. No model.

What was read before it was changed stood there so. What was read only afterwards is taken back to
the start through the edits in between, backwards. A file of which parts were shown is completed as
they were shown, and the record says which. Feeds `recreate`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from assay.realism.decisive import changes
from assay.realism.session import Call, Session, Turn
from assay.realism.shelled import Commit, commits_in, shown_by

_NUMBERED = re.compile(r"^ *(\d+)(?:→|\t)(.*)$")
_REMINDER = re.compile(r"\n*<system-reminder>.*?</system-reminder>\s*\Z", re.DOTALL)
_AUTHOR = re.compile(r"^Author:\s+(\S.* <\S+>)$", re.MULTILINE)
_NAMED = re.compile(r"^(?:\./)?((?:[\w.-]+/)*[\w-]+\.\w{1,8})$", re.MULTILINE)
_READS = frozenset({"read", "view", "read_file", "cat"})
_WRITES = frozenset({"write", "create", "write_file", "create_file"})
_EDITS = frozenset({"edit", "str_replace", "multiedit", "edit_file"})
_EDITORS = frozenset({"str_replace_editor", "str_replace_based_edit_tool", "text_editor"})
_COMMITS = 12
_LISTS = frozenset({"glob", "ls", "list"})


@dataclass(frozen=True)
class Reconstruction:
    """What is known of the workspace at the session's start.

    Attributes:
        directory: The project's directory as the session has it.
        files: Text by path below it.
        partly: Of files that were not seen whole, which lines were seen.
        created: Files that the session made; they are not in `files`.
        commits: The history as far as it was shown, newest first.
        author: Who committed, as `Name <mail>`, where it was shown.
        named: How many further files were listed and never shown.
        notes: What could not be put back, in sentences.
    """

    directory: str
    files: Mapping[str, str]
    partly: Mapping[str, str]
    created: tuple[str, ...]
    commits: tuple[Commit, ...]
    author: str | None
    named: int
    notes: tuple[str, ...]


@dataclass
class _File:
    """What is known of one file so far: its start, and the edits since."""

    start: str | None = None
    created: bool = False
    overwritten: bool = False  # what is read from now on says nothing about the start
    edits: list[tuple[str, str, bool]] = field(default_factory=list)
    lines: dict[int, str] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    late: bool = False  # first seen after a shell command that may have changed it


def reconstruct(session: Session) -> Reconstruction:
    """Put a session's workspace back together."""
    directory = directory_of(session)
    files: dict[str, _File] = {}
    notes: dict[str, None] = {}
    shown: list[str] = []
    outside: set[str] = set()
    shell_changed = False
    for call, result in _calls(session):
        text = _REMINDER.sub("", result.text)
        if call.tool.lower() in ("bash", "shell"):
            shown.append(text)
        elif call.tool.lower() in _LISTS:
            shown.append(text.replace(f"{directory}/", ""))
        for path, action, given in _actions(call, text):
            name = _inside(path, directory)
            if name is None:
                outside.add(path)
                continue
            file = files.setdefault(name, _File(late=shell_changed))
            _apply(file, action, given, text, name, notes)
        shell_changed |= call.tool.lower() in ("bash", "shell") and changes(call)
    if outside:
        notes[f"Left out: {len(outside)} files outside of the project's directory."] = None
    late = sum(file.late and not file.created and _known(file) for file in files.values())
    if late:
        notes[
            f"{late} files were first seen after a shell command that may have changed them; they "
            "are as they stood then."
        ] = None
    whole = {name: file.start for name, file in files.items() if file.start is not None}
    parts = {
        name: _pieces(file)
        for name, file in files.items()
        if file.start is None and (file.lines or file.fragments)
    }
    listed = {found for text in shown for found in _NAMED.findall(text)}
    told = "\n".join(shown)
    author = _AUTHOR.search(told)
    return Reconstruction(
        directory=directory,
        files={**whole, **{name: text for name, (text, _) in parts.items()}},
        partly={name: which for name, (_, which) in parts.items()},
        created=tuple(name for name, file in files.items() if file.created),
        commits=commits_in(told)[:_COMMITS],
        author=author[1] if author else None,
        named=len(listed - files.keys()),
        notes=tuple(notes),
    )


def directory_of(session: Session) -> str:
    """The project's directory: what the source noted, or what the paths have in common."""
    if noted := str(session.about.get("directory") or ""):
        return noted.rstrip("/")
    paths = [path for call, _ in _calls(session) for path, _, _ in _actions(call, "")]
    parents = [PurePosixPath(path).parent for path in paths if path.startswith("/")]
    if not parents:
        return "/project"
    common = parents[0]
    while not all(parent.is_relative_to(common) for parent in parents):
        common = common.parent
    return str(common) if len(common.parts) > 1 else "/project"


def _calls(session: Session) -> Iterator[tuple[Call, Turn]]:
    """Every call that did not fail, with its result."""
    results = {turn.call_id: turn for turn in session.turns if turn.role == "tool"}
    for turn in session.turns:
        for call in turn.calls:
            result = results.get(call.id)
            if result is not None and not result.failed:
                yield call, result


type _Given = dict[str, object]


def _actions(call: Call, result: str) -> Iterator[tuple[str, str, _Given]]:
    """What a call reads or changes: path, `read`, `write` or `edit`, and what goes with it."""
    tool, given = call.tool.lower(), dict(call.arguments)
    path = str(given.get("file_path") or given.get("path") or "")
    if tool in _EDITORS:
        tool = str(given.get("command") or "")
    if tool in ("bash", "shell"):
        command = str(given.get("command") or given.get("cmd") or "")
        if seen := shown_by(command, result):
            yield seen.path, "read", {"lines": seen.lines, "whole": seen.whole}
    elif not path:
        return
    elif tool in _READS:
        lines = dict(_lines(result))
        yield path, "read", {"lines": lines, "whole": _is_whole(lines, given, result)}
    elif tool in _WRITES:
        yield path, "write", {"content": str(given.get("content", given.get("file_text", "")))}
    elif tool in _EDITS:
        many = given.get("edits")
        for edit in many if isinstance(many, list) else [given]:
            if isinstance(edit, Mapping):
                old = str(edit.get("old_string", edit.get("old_str", "")))
                new = str(edit.get("new_string", edit.get("new_str", "")))
                yield path, "edit", {"old": old, "new": new, "all": edit.get("replace_all") is True}


def _lines(result: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a `Read`; anything else around them is not the file's."""
    for line in result.split("\n"):
        if found := _NUMBERED.match(line):
            yield int(found[1]), found[2]


def _is_whole(lines: Mapping[int, str], given: Mapping[str, object], result: str) -> bool:
    windowed = any(given.get(key) for key in ("offset", "limit", "view_range"))
    return bool(lines) and min(lines) == 1 and not windowed and "truncated" not in result[-400:]


def _apply(
    file: _File, action: str, given: _Given, result: str, name: str, notes: dict[str, None]
) -> None:
    if action == "read":
        lines = given["lines"]
        assert isinstance(lines, dict)
        _read(file, lines, bool(given["whole"]), name, notes)
    elif action == "write" or not given["old"]:
        _written(file, result, name, notes)
    else:
        old, new = str(given["old"]), str(given["new"])
        seen = file.created or file.overwritten or file.start is not None
        if not seen and old not in "\n".join(file.lines.values()):
            file.fragments.append(_undone(file, old, name, notes))
        file.edits.append((old, new, bool(given["all"])))


def _read(
    file: _File, lines: dict[int, str], whole: bool, name: str, notes: dict[str, None]
) -> None:
    if file.created or file.overwritten or file.start is not None or not lines:
        return
    if whole:
        # A number without text at the end is how some tools show that the file ends with a newline.
        text = "\n".join(lines[number] for number in sorted(lines)).removesuffix("\n") + "\n"
        file.start = _undone(file, text, name, notes)
        return
    if not file.edits:
        file.lines.update(lines)
        return
    first = min(lines)
    before = _undone(file, "\n".join(lines.values()), name, {})
    for number, line in enumerate(before.split("\n"), first):
        file.lines.setdefault(number, line)
    notes[f"{name}: lines first seen after an edit stand at the numbers that they had then."] = None


def _written(file: _File, result: str, name: str, notes: dict[str, None]) -> None:
    if _known(file) or file.created or file.overwritten:
        file.overwritten = True
        return
    if re.search(r"\b(?:updated|overwritten|replaced)\b", result[:300]):
        file.overwritten = True
        notes[f"{name} was overwritten before it was seen; it is left out."] = None
    else:
        file.created = True


def _undone(file: _File, text: str, name: str, notes: dict[str, None]) -> str:
    """`text` as it stood before the edits so far, taken back from the last to the first."""
    for old, new, everywhere in reversed(file.edits):
        if not new or new not in text:
            if old not in text:
                notes[f"{name}: an edit could not be taken back."] = None
            continue
        if text.count(new) > 1 and not everywhere:
            notes[f"{name}: an edit could stand in several places; the first was taken."] = None
        text = text.replace(new, old, -1 if everywhere else 1)
    return text


def _known(file: _File) -> bool:
    return file.start is not None or bool(file.lines or file.fragments)


def _pieces(file: _File) -> tuple[str, str]:
    """What was seen of a file as one text, and which lines these are."""
    numbers = sorted(file.lines)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    text = "\n".join(file.lines[number] for number in numbers)
    loose = [piece for piece in dict.fromkeys(file.fragments) if piece not in text]
    told = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    parts = [f"lines {told}"] if told else []
    if loose:
        parts.append(f"{len(loose)} {'pieces' if len(loose) > 1 else 'piece'} that edits named")
    return "\n".join([*([text] if text else []), *loose]) + "\n", ", ".join(parts)


def _inside(path: str, directory: str) -> str | None:
    """The path below the project's directory; None outside of it."""
    name = path.removeprefix(f"{directory}/")
    below = PurePosixPath(name.removeprefix("./"))
    if below.is_absolute() or ".." in below.parts or ".git" in below.parts or not below.parts:
        return None
    return str(below)
