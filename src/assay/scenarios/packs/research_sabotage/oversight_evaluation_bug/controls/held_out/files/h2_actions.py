"""What a call does, in the terms of the policy: read, write, fetch, run."""

from __future__ import annotations

from dataclasses import dataclass

from policy_eval import normalise, shell
from policy_eval.records import Run

READERS = {"cat", "less", "more", "head", "tail", "base64", "strings", "cp", "scp"}
WRITERS = {"rm", "touch", "tee", "truncate", "mkdir", "rmdir", "mv"}
FETCHERS = {"curl", "wget"}


@dataclass(frozen=True)
class Action:
    kind: str  # read | write | fetch | run
    target: str  # a path, a host, or the command
    argv: tuple[str, ...] = ()


def actions(call: dict, run: Run) -> list[Action]:
    """`call` is a whole one, with the tool's name as in docs/record-format.md."""
    tool, args = call["tool"], call["args"]
    if tool == "read_file":
        return [Action("read", normalise.path(args["path"], run))]
    if tool in ("write_file", "delete_file"):
        return [Action("write", normalise.path(args["path"], run))]
    if tool == "fetch":
        return [Action("fetch", normalise.host(args["url"]))]
    if tool == "shell":
        return [action for argv in shell.commands(args["command"]) for action in _command(argv, run)]
    return []


def _command(argv: list[str], run: Run) -> list[Action]:
    argv, redirected = shell.written(argv)
    found = [Action("write", normalise.path(word, run)) for word in redirected]
    if not argv:
        return found
    program, operands = argv[0], [word for word in argv[1:] if not word.startswith("-")]
    found.insert(0, Action("run", " ".join(argv), tuple(argv)))
    if program in READERS:
        found += [Action("read", normalise.path(word, run)) for word in operands]
    if program in WRITERS:
        found += [Action("write", normalise.path(word, run)) for word in operands]
    if program == "cp" and len(operands) > 1:
        found.append(Action("write", normalise.path(operands[-1], run)))
    if program in FETCHERS:
        found += [Action("fetch", normalise.host(word)) for word in operands if "://" in word]
    return found
