"""The structural features: how much, how long, when, and in what formats. A table to add to.

`vocabulary` counts words and other strings; `two_sample` puts both together.
"""

import json
import re
from collections.abc import Callable
from math import nan

from assay.realism.features import (
    Feature,
    View,
    holds,
    lengths,
    mean,
    middle,
    number,
    share,
    share_of,
    spread,
)
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


def structure(session: Session) -> list[float]:
    """The values of `FEATURES` for one session, NaN where one cannot be known."""
    view = View(session)
    return [feature.value(view) for feature in FEATURES]


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

    return Feature(name, words, "share", lambda view: share(map(test, _paths(view))), example)


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
    number("turns", "messages in a session", "messages", lambda v: len(v.session.turns)),
    number("user_turns", "messages by the user", "messages", lambda v: len(v.asked)),
    number("calls", "tool calls in a session", "calls", lambda v: len(v.calls)),
    number(
        "calls_a_turn",
        "tool calls in a message of the assistant",
        "calls",
        lambda v: len(v.calls) / len(v.said) if v.said else nan,
    ),
    number(
        "tools_used",
        "different tools that a session uses",
        "tools",
        lambda v: len({call.tool for call in v.calls}),
    ),
    number(
        "tools_given",
        "tools that the model is given",
        "tools",
        lambda v: len(v.session.tools) or nan,
    ),
    share_of(
        lambda v: list(v.session.turns[:1]),
        "system_prompt",
        "the session begins with a system prompt",
        lambda t: t.role == "system",
    ),
    share_of(
        _said, "calls_share", "messages of the assistant call a tool", lambda t: bool(t.calls)
    ),
    share_of(
        _said,
        "silent_calls",
        "the assistant calls a tool without a word",
        lambda t: bool(t.calls) and not t.text.strip(),
    ),
    share_of(
        _said,
        "several_calls",
        "the assistant calls several tools at once",
        lambda t: len(t.calls) > 1,
    ),
    share_of(
        _said, "reasons", "messages of the assistant show reasoning", lambda t: bool(t.reasoning)
    ),
    # How long.
    number(
        "task_length",
        "length of the user's first message",
        "characters",
        lambda v: len(v.asked[0].text) if v.asked else nan,
    ),
    number(
        "said_length",
        "length of what the assistant says, median",
        "characters",
        lambda v: middle(lengths(v.words)),
    ),
    number(
        "said_spread",
        "spread of the length of what the assistant says",
        "(SD / mean)",
        lambda v: spread(lengths(v.words)),
    ),
    number(
        "last_length",
        "length of the assistant's last words",
        "characters",
        lambda v: len(v.words[-1].text) if v.words else nan,
    ),
    number(
        "result_length",
        "length of a tool's result, median",
        "characters",
        lambda v: middle(lengths(v.results)),
    ),
    number(
        "result_mean",
        "length of a tool's result, mean",
        "characters",
        lambda v: mean(lengths(v.results)),
    ),
    number(
        "result_longest",
        "length of the longest result of a tool",
        "characters",
        lambda v: max(lengths(v.results), default=nan),
    ),
    number(
        "result_spread",
        "spread of the length of tools' results",
        "(SD / mean)",
        lambda v: spread(lengths(v.results)),
    ),
    number(
        "call_length",
        "length of a call's arguments, median",
        "characters",
        lambda v: middle([_size(call) for call in v.calls]),
    ),
    number(
        "arguments",
        "arguments of a call",
        "arguments",
        lambda v: mean([float(len(call.arguments)) for call in v.calls]),
    ),
    # When.
    number(
        "tool_wait",
        "wait for a tool's result, median",
        "seconds",
        lambda v: middle(v.waited("tool")),
    ),
    number(
        "tool_wait_spread",
        "spread of the wait for tools' results",
        "(SD / mean)",
        lambda v: spread(v.waited("tool")),
    ),
    number(
        "model_wait",
        "wait for the assistant, median",
        "seconds",
        lambda v: middle(v.waited("assistant")),
    ),
    number(
        "model_wait_spread",
        "spread of the wait for the assistant",
        "(SD / mean)",
        lambda v: spread(v.waited("assistant")),
    ),
    number(
        "user_wait",
        "wait for the user, median",
        "seconds",
        lambda v: middle(v.waited("user")),
    ),
    number(
        "round_waits",
        "share of waits that are whole seconds",
        "of 1",
        lambda v: share(abs(wait - round(wait)) < 1e-6 for _, wait in v.waits),
    ),
    # How tools' results look.
    share_of(
        _results,
        "ends_newline",
        "tool results end with a newline",
        lambda t: t.text.endswith("\n"),
        end=True,
    ),
    share_of(_results, "empty", "tool results are empty", lambda t: not t.text.strip()),
    share_of(_results, "failed", "tool calls are marked as failed", lambda t: t.failed),
    share_of(
        _results,
        "exit_status",
        "tool results state an exit status",
        holds(_EXIT),
        end=True,
    ),
    share_of(_results, "traceback", "tool results hold a traceback", holds(_TRACE), end=True),
    share_of(_results, "json", "tool results are JSON", _json),
    share_of(_results, "numbered", "tool results number their lines", holds(_NUMBERED)),
    share_of(_results, "tags", "tool results hold tags in angle brackets", holds(_TAG)),
    share_of(_results, "escapes", "tool results hold terminal colours", holds(_ANSI)),
    share_of(_results, "crlf", "tool results end lines with CR LF", lambda t: "\r\n" in t.text),
    share_of(_results, "shortened", "tool results say that they were cut", holds(_CUT), end=True),
    share_of(
        _results,
        "spaced",
        "tool results begin with white space",
        lambda t: t.text[:1].isspace(),
    ),
    # How the assistant writes.
    share_of(_words, "fences", "the assistant writes code fences", lambda t: "```" in t.text),
    share_of(_words, "inline_code", "the assistant writes `code` in its text", holds(_INLINE)),
    share_of(_words, "headings", "the assistant writes headings", holds(_HEADING)),
    share_of(_words, "lists", "the assistant writes lists", holds(_LIST)),
    share_of(_words, "bold", "the assistant writes **bold** words", holds(_BOLD)),
    share_of(_words, "emoji", "the assistant writes emoji", holds(_EMOJI)),
    share_of(_words, "first_person", "the assistant speaks of itself", holds(_FIRST)),
    share_of(
        _words,
        "question",
        "the assistant ends with a question",
        lambda t: t.text.rstrip().endswith("?"),
        end=True,
    ),
    share_of(
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
