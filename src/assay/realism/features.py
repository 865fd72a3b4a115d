"""What the shape of a transcript is, in numbers that a person can read: the structural features.

Each has a sentence in plain words, because a difference is reported as a tell. `vocabulary` counts
words and other strings; `two_sample` puts both together. Reads `session` and nothing else.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import nan
from statistics import fmean, median, pstdev

from assay.realism.session import Call, Session, Turn

_EXIT = re.compile(r"exit(ed)?[ _-]?(code|status|with)|return ?code|^\[?exit\b", re.I | re.M)
_ANSI = re.compile(r"\x1b\[")
_NUMBERED = re.compile(r"^\s*\d+(\t|→|: |\| )", re.M)
_TAG = re.compile(r"</?[a-z][\w-]*>", re.I)
_CUT = re.compile(r"truncat|characters left out|output too long|\[\.\.\.|omitted", re.I)
_PATH = re.compile(r"(?<![\w/.:])(?:[~.]{0,2}/)?(?:[\w.@-]+/)+[\w.@-]+")
_TRACE = re.compile(r"Traceback \(most recent call last\)")
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_HEADING = re.compile(r"^#{1,6} ", re.M)
_LIST = re.compile(r"^\s*([-*+]|\d+[.)]) ", re.M)
_INLINE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_FIRST = re.compile(r"\b(I|I'll|I've|I'm|let me)\b", re.I)
_SHOWN = 64


class View:
    """A session with what several features ask for worked out once."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def said(self) -> list[Turn]:
        """The assistant's turns."""
        return [turn for turn in self.session.turns if turn.role == "assistant"]

    @cached_property
    def results(self) -> list[Turn]:
        """The tools' results."""
        return [turn for turn in self.session.turns if turn.role == "tool"]

    @cached_property
    def asked(self) -> list[Turn]:
        """The user's turns."""
        return [turn for turn in self.session.turns if turn.role == "user"]

    @cached_property
    def words(self) -> list[Turn]:
        """The assistant's turns that say something."""
        return [turn for turn in self.said if turn.text.strip()]

    @cached_property
    def calls(self) -> list[Call]:
        """Tool calls, in order."""
        return [call for turn in self.said for call in turn.calls]

    @cached_property
    def waits(self) -> list[tuple[str, float]]:
        """Seconds before each turn whose time is known, and whose predecessor's is; and its role."""
        return [
            (later.role, later.at - earlier.at)
            for earlier, later in pairwise(self.session.turns)
            if earlier.at is not None and later.at is not None
        ]

    def waited(self, role: str) -> list[float]:
        """The waits before turns of one role."""
        return [wait for own, wait in self.waits if own == role]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of a transcript.

    Attributes:
        name: Short and unique.
        words: What it is, as a sentence where it is a share, else as a noun phrase.
        unit: `share`, or what it counts.
        value: NaN where the transcript cannot say (no tool was called, no times are known).
        example: What to show of a transcript to make the number visible.
    """

    name: str
    words: str
    unit: str
    value: Callable[[View], float]
    example: Callable[[View], str]


def structure(session: Session) -> list[float]:
    """The values of `FEATURES` for one session, NaN where one cannot be known."""
    view = View(session)
    return [feature.value(view) for feature in FEATURES]


def shown(text: str, *, end: bool = False, limit: int = _SHOWN) -> str:
    """`text` as one short quoted line, escapes visible; its end instead of its beginning."""
    quoted = json.dumps(text[-limit:] if end else text[:limit], ensure_ascii=False)
    return f"...{quoted}" if end and len(text) > limit else quoted


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else nan


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else nan


def _middle(values: Sequence[float]) -> float:
    return median(values) if values else nan


def _spread(values: Sequence[float]) -> float:
    """Standard deviation over mean."""
    return pstdev(values) / fmean(values) if len(values) > 1 and fmean(values) > 0 else nan


def _lengths(turns: Sequence[Turn]) -> list[float]:
    return [float(len(turn.text)) for turn in turns]


def _of(
    part: Callable[[View], list[Turn]],
    name: str,
    words: str,
    test: Callable[[Turn], bool],
    *,
    end: bool = False,
) -> Feature:
    """A share of some turns; the example is the first of which it is true, else the first."""

    def value(view: View) -> float:
        return _share(test(turn) for turn in part(view))

    def example(view: View) -> str:
        turns = part(view)
        found = next((turn for turn in turns if test(turn)), turns[0] if turns else None)
        return shown(found.text, end=end) if found else ""

    return Feature(name, words, "share", value, example)


def _matches(pattern: re.Pattern[str]) -> Callable[[Turn], bool]:
    return lambda turn: pattern.search(turn.text) is not None


def _count(name: str, words: str, unit: str, value: Callable[[View], float]) -> Feature:
    def example(view: View) -> str:
        found = value(view)
        return "" if found != found else f"{found:.3g} {unit}"

    return Feature(name, words, unit, value, example)


def _json(turn: Turn) -> bool:
    text = turn.text.strip()
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _paths(view: View) -> list[str]:
    texts = (str(value)[:2000] for call in view.calls for value in call.arguments.values())
    return [path for text in texts for path in _PATH.findall(text)]


def _path_feature(name: str, words: str, test: Callable[[str], bool]) -> Feature:
    def example(view: View) -> str:
        paths = _paths(view)
        return next((path for path in paths if test(path)), paths[0] if paths else "")

    return Feature(name, words, "share", lambda view: _share(map(test, _paths(view))), example)


def _results(view: View) -> list[Turn]:
    return view.results


def _said(view: View) -> list[Turn]:
    return view.said


def _words(view: View) -> list[Turn]:
    return view.words


def _size(call: Call) -> float:
    return float(sum(len(str(value)) for value in call.arguments.values()))


FEATURES: tuple[Feature, ...] = (
    # How much of what there is.
    _count("turns", "messages in a session", "messages", lambda v: len(v.session.turns)),
    _count("user_turns", "messages by the user", "messages", lambda v: len(v.asked)),
    _count("calls", "tool calls in a session", "calls", lambda v: len(v.calls)),
    _count(
        "calls_a_turn",
        "tool calls in a message of the assistant",
        "calls",
        lambda v: len(v.calls) / len(v.said) if v.said else nan,
    ),
    _count(
        "tools_used",
        "different tools that a session uses",
        "tools",
        lambda v: len({call.tool for call in v.calls}),
    ),
    _count(
        "tools_given",
        "tools that the model is given",
        "tools",
        lambda v: len(v.session.tools) or nan,
    ),
    _of(
        lambda v: list(v.session.turns[:1]),
        "system_prompt",
        "the session begins with a system prompt",
        lambda t: t.role == "system",
    ),
    _of(_said, "calls_share", "messages of the assistant call a tool", lambda t: bool(t.calls)),
    _of(
        _said,
        "silent_calls",
        "the assistant calls a tool without a word",
        lambda t: bool(t.calls) and not t.text.strip(),
    ),
    _of(
        _said,
        "several_calls",
        "the assistant calls several tools at once",
        lambda t: len(t.calls) > 1,
    ),
    _of(_said, "reasons", "messages of the assistant show reasoning", lambda t: bool(t.reasoning)),
    # How long.
    _count(
        "task_length",
        "length of the user's first message",
        "characters",
        lambda v: len(v.asked[0].text) if v.asked else nan,
    ),
    _count(
        "said_length",
        "length of what the assistant says, median",
        "characters",
        lambda v: _middle(_lengths(v.words)),
    ),
    _count(
        "said_spread",
        "spread of the length of what the assistant says",
        "(SD / mean)",
        lambda v: _spread(_lengths(v.words)),
    ),
    _count(
        "last_length",
        "length of the assistant's last words",
        "characters",
        lambda v: len(v.words[-1].text) if v.words else nan,
    ),
    _count(
        "result_length",
        "length of a tool's result, median",
        "characters",
        lambda v: _middle(_lengths(v.results)),
    ),
    _count(
        "result_mean",
        "length of a tool's result, mean",
        "characters",
        lambda v: _mean(_lengths(v.results)),
    ),
    _count(
        "result_longest",
        "length of the longest result of a tool",
        "characters",
        lambda v: max(_lengths(v.results), default=nan),
    ),
    _count(
        "result_spread",
        "spread of the length of tools' results",
        "(SD / mean)",
        lambda v: _spread(_lengths(v.results)),
    ),
    _count(
        "call_length",
        "length of a call's arguments, median",
        "characters",
        lambda v: _middle([_size(call) for call in v.calls]),
    ),
    _count(
        "arguments",
        "arguments of a call",
        "arguments",
        lambda v: _mean([float(len(call.arguments)) for call in v.calls]),
    ),
    # When.
    _count(
        "tool_wait",
        "wait for a tool's result, median",
        "seconds",
        lambda v: _middle(v.waited("tool")),
    ),
    _count(
        "tool_wait_spread",
        "spread of the wait for tools' results",
        "(SD / mean)",
        lambda v: _spread(v.waited("tool")),
    ),
    _count(
        "model_wait",
        "wait for the assistant, median",
        "seconds",
        lambda v: _middle(v.waited("assistant")),
    ),
    _count(
        "model_wait_spread",
        "spread of the wait for the assistant",
        "(SD / mean)",
        lambda v: _spread(v.waited("assistant")),
    ),
    _count(
        "user_wait",
        "wait for the user, median",
        "seconds",
        lambda v: _middle(v.waited("user")),
    ),
    _count(
        "round_waits",
        "share of waits that are whole seconds",
        "of 1",
        lambda v: _share(abs(wait - round(wait)) < 1e-6 for _, wait in v.waits),
    ),
    # How tools' results look.
    _of(
        _results,
        "ends_newline",
        "tool results end with a newline",
        lambda t: t.text.endswith("\n"),
        end=True,
    ),
    _of(_results, "empty", "tool results are empty", lambda t: not t.text.strip()),
    _of(_results, "failed", "tool calls are marked as failed", lambda t: t.failed),
    _of(
        _results,
        "exit_status",
        "tool results state an exit status",
        _matches(_EXIT),
        end=True,
    ),
    _of(_results, "traceback", "tool results hold a traceback", _matches(_TRACE), end=True),
    _of(_results, "json", "tool results are JSON", _json),
    _of(_results, "numbered", "tool results number their lines", _matches(_NUMBERED)),
    _of(_results, "tags", "tool results hold tags in angle brackets", _matches(_TAG)),
    _of(_results, "escapes", "tool results hold terminal colours", _matches(_ANSI)),
    _of(_results, "crlf", "tool results end lines with CR LF", lambda t: "\r\n" in t.text),
    _of(_results, "shortened", "tool results say that they were cut", _matches(_CUT), end=True),
    _of(
        _results,
        "spaced",
        "tool results begin with white space",
        lambda t: t.text[:1].isspace(),
    ),
    # How the assistant writes.
    _of(_words, "fences", "the assistant writes code fences", lambda t: "```" in t.text),
    _of(_words, "inline_code", "the assistant writes `code` in its text", _matches(_INLINE)),
    _of(_words, "headings", "the assistant writes headings", _matches(_HEADING)),
    _of(_words, "lists", "the assistant writes lists", _matches(_LIST)),
    _of(_words, "bold", "the assistant writes **bold** words", _matches(_BOLD)),
    _of(_words, "emoji", "the assistant writes emoji", _matches(_EMOJI)),
    _of(_words, "first_person", "the assistant speaks of itself", _matches(_FIRST)),
    _of(
        _words,
        "question",
        "the assistant ends with a question",
        lambda t: t.text.rstrip().endswith("?"),
        end=True,
    ),
    _of(
        _words,
        "colon",
        "the assistant ends with a colon",
        lambda t: t.text.rstrip().endswith(":"),
        end=True,
    ),
    # How it names places.
    _path_feature("absolute", "paths in calls are absolute", lambda p: p.startswith("/")),
    _path_feature("home", "paths in calls begin with ~", lambda p: p.startswith("~")),
    _path_feature("dotted", "paths in calls begin with ./ or ../", lambda p: p.startswith(".")),
)
