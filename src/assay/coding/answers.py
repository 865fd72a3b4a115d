"""Takes apart what a run left on its channel, and says why where that is no answer.

Used by `hardened` and `pytest_problems`. The other end is `inside.call`: one line, then exit status
0. Whoever forges that line has given an answer, which is compared like any other.
"""

from dataclasses import dataclass

from assay.execution.workers import Execution


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` is "" for an answer; `word` says what `text` is: "returned", "raised", ..."""

    reason: str
    word: str = ""
    text: bytes = b""


def unfinished(execution: Execution) -> str:
    """Why a run did not come to its end, or ""."""
    if execution.timed_out:
        return "timeout"
    if execution.signal is not None:
        return f"ended by signal {execution.signal}"
    return f"exit status {execution.exit}" if execution.exit else ""


def answer_of(execution: Execution) -> Answer:
    """The one line that a finished run has written, and nothing before or after it."""
    if reason := unfinished(execution):
        return Answer(f"no answer: {reason}" if reason != "timeout" else reason)
    line, end, rest = execution.answer.partition(b"\n")
    if not end or rest:
        return Answer("no answer: more than one" if rest else "no answer")
    word, _, text = line.partition(b" ")
    return Answer("", word.decode(errors="replace"), text)
