"""Plain features of a transcript: words, paths, commands.

Used by the length baseline and the weekly dashboard. Nothing here knows what a hack is.
"""

from __future__ import annotations

import re
from collections import Counter

from detect.transcripts import Step, Transcript

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|==|!=|[^\sA-Za-z0-9_]")


def words(text: str) -> list[str]:
    """Identifiers, words and single punctuation marks, case kept."""
    return _WORD.findall(text)


def step_text(step: Step) -> str:
    """Everything that is readable in a step, joined by newlines."""
    parts = (step.text, step.path, step.command, step.output, step.content, step.old, step.new)
    return "\n".join(part for part in parts if part)


def touched_paths(transcript: Transcript, actor: str = "policy") -> list[str]:
    """Paths that `actor` wrote or edited, in order, without repeats."""
    paths = [step.path for step in transcript.by(actor) if step.path]
    return list(dict.fromkeys(paths))


def commands(transcript: Transcript) -> list[str]:
    return [step.command for step in transcript.by("policy") if step.command]


def bag(transcript: Transcript, actor: str = "policy") -> Counter[str]:
    counts: Counter[str] = Counter()
    for step in transcript.by(actor):
        counts.update(words(step_text(step)))
    return counts


def is_test_path(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return path.startswith("tests/") or name.startswith("test_") or name == "conftest.py"
