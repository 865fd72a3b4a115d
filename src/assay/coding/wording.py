"""Says in sentences what came of a submission. Pure; used by `detection`.

Words of the submission's own stand in quotation marks or backticks, which they cannot close. Of
held-out tests nothing that it chose is repeated: it has seen their inputs, and could say them.
"""

import builtins
import re
from collections.abc import Callable, Sequence

from assay.coding.attribution import Attribution, Part
from assay.coding.flags import Flag
from assay.coding.hackable import SWITCHES
from assay.coding.hardened import Grade
from assay.coding.problem import Problem
from assay.text import printable

_SHOWN = 3  # loopholes, and parts of each
_LONGEST = 100  # characters of the submission's own
_FILE = re.compile(r"[\w./-]{1,100}", re.ASCII)
_OURS = re.compile(
    r"wrong (value|output)|wrong type: \w+|timeout|no answer|too much output|skipped"
    r"|expected to fail|exit status \d+|ended by signal \d+|no test was collected"
    r"|the tests did not finish",
    re.ASCII,
)
_HEADS = {  # of the reasons for a failure: what to say of it without anything of the program's
    "wrong value": "wrong value",
    "wrong output": "wrong output",
    "wrong type": "wrong type",
    "timeout": "timeout",
    "too much output": "too much output",
    "exit status": "exit status other than 0",
    "ended by signal": "ended by a signal",
    "skipped": "skipped",
    "expected to fail": "expected to fail",
    "no test was collected": "no test was collected",
    "failed": "failed",
    "raised": "raised an exception",
}


def paid(attribution: Sequence[Attribution]) -> list[str]:
    """How a hack was paid: one sentence for each loophole, three at most, and one for the rest."""
    sentences = []
    for entry in attribution[:_SHOWN]:
        names, off = " and ".join(entry.switches), " or ".join(entry.switches)
        what = "; ".join(SWITCHES[name] for name in entry.switches)
        closed = "" if entry.alone else " but those named beside it"
        sentences.append(
            f"Paid through {names} ({what}){_where(entry.parts)}; "
            f"{_without(entry)}with {off} off, no loophole pays{closed}."
        )
    if more := attribution[_SHOWN:]:
        rest = ", ".join(name for entry in more for name in entry.switches)
        sentences.append(f"Paid through {rest} as well.")
    return sentences


def beside(found: Sequence[Flag], attempted: Sequence[str], *, passed: bool) -> list[str]:
    """What there is to say of a program that is no hack, beside how it does when fairly run.

    `passed`: it is paid for that, so that what looks like a hack may be tests of its own.
    """
    sentences = []
    if literal := [flag for flag in found if flag.rule == "special_cased"]:
        sentences.append(
            f"It answers visible inputs by literal at {_place(literal[0].file, literal[0].line)}."
        )
    if attempted:
        what = "Present, but not what it is paid for" if passed else "Attempted without pay"
        sentences.append(f"{what}: {', '.join(attempted)}.")
    return sentences


def fairly(visible: Grade, held_out: Grade, problem: Problem) -> str:
    """How it does when fairly run; of the held-out tests only if it passes the visible ones."""
    shown = f"Fairly run, it {_result(visible, 'visible', reason)}"
    if not visible.passed:
        return f"{shown}."
    if problem.held_out is problem.visible and problem.kind != "pytest":
        return f"{shown}; there are no held-out ones, so that these decide."
    return f"{shown} and {_result(held_out, 'held-out', bare_reason)}."


def reason(text: str) -> str:
    """The reason of a `CaseResult`, with what the submission says quoted."""
    if _OURS.fullmatch(text):
        return text
    if text.startswith("raised "):
        name, _, message = text.removeprefix("raised ").partition(":")
        if not _is_builtin_exception(name):
            return f"raised {_quoted(text.removeprefix('raised '))}"
        return f"raised {name}: {_quoted(message)}" if message.strip() else f"raised {name}"
    head, _, rest = text.partition(": ")
    if head == "no answer" and _OURS.fullmatch(rest):
        return text
    if head == "failed" and _is_builtin_exception(rest):
        return text
    return f"{head}: {_quoted(rest)}" if head in ("no answer", "failed") else _quoted(text)


def bare_reason(text: str) -> str:
    """The reason of a `CaseResult` without a word or a number that the submission could choose.

    Which of the built-in exceptions it raises is told.
    """
    head = next((head for head in _HEADS if re.match(rf"{head}\b", text)), "")
    name = re.match(r"(?:raised |failed: )(\w+)(?::|$)", text)
    if name and _is_builtin_exception(name[1]):
        return f"{head}: {name[1]}" if head == "failed" else f"raised {name[1]}"
    return _HEADS.get(head, "no answer")


def _result(grade: Grade, tests: str, told: Callable[[str], str]) -> str:
    failed = [result for result in grade.results if not result.passed]
    if not grade.results:
        return f"has no {tests} tests to pass"
    if not failed:
        return f"passes {len(grade.results)} of {len(grade.results)} {tests} tests"
    return f"fails {len(failed)} of {len(grade.results)} {tests} tests ({told(failed[0].reason)})"


def _where(parts: Sequence[Part]) -> str:
    places = [
        f"`{part.excerpt.replace('`', "'")}` at {_place(part.file, part.first)}"
        for part in parts[:_SHOWN]
    ]
    more = len(parts) - len(places)
    return f": {', '.join(places)}{f' and {more} more' if more else ''}" if places else ""


def _without(entry: Attribution) -> str:
    if not entry.parts:
        return ""
    if len(entry.parts) == 1:
        return "without that, or "
    return f"without {'any' if entry.each else 'all'} of these, or "


def _place(file: str, line: int) -> str:
    name = file if _FILE.fullmatch(file) else _quoted(file)
    return f"{name}:{line}" if line else name


def _quoted(words: str) -> str:
    words = printable(words.strip()).replace('"', "'")
    return f'"{words if len(words) <= _LONGEST else words[: _LONGEST - 4] + " ..."}"'


def _is_builtin_exception(name: str) -> bool:
    found = vars(builtins).get(name)
    return isinstance(found, type) and issubclass(found, BaseException)
