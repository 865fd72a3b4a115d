"""What the numbers of a transcript are, against sessions written out."""

import math

import pytest

from assay.realism.features import View
from assay.realism.session import Call, Session, Turn
from assay.realism.structure import FEATURES, structure

NAMES = [feature.name for feature in FEATURES]


def of(*turns: Turn) -> dict[str, float]:
    session = Session("s", "s", "m", "made", turns)
    return dict(zip(NAMES, structure(session), strict=True))


def result(text: str, **more: object) -> Turn:
    return Turn("tool", text, tool="bash", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ends_newline", "done\n"),
        ("empty", "  \n"),
        ("exit_status", "no such file\nExit code: 1"),
        ("traceback", "Traceback (most recent call last):\n  ..."),
        ("json", '{"a": 1}'),
        ("numbered", "     1→import os\n     2→"),
        ("tags", "<system>gone</system>"),
        ("escapes", "\x1b[31mred\x1b[0m"),
        ("crlf", "one\r\ntwo"),
        ("shortened", "a\n... [output truncated]"),
        ("spaced", "\n  late"),
    ],
)
def test_a_format_of_tools_results_is_seen_and_an_ordinary_one_is_not(name: str, text: str) -> None:
    assert of(result("ordinary output: see src/a.py"), result(text))[name] == 0.5


def test_what_a_session_cannot_say_is_unknown_and_not_zero() -> None:
    found = of(Turn("user", "Hello."), Turn("assistant", "Hello."))
    assert math.isnan(found["ends_newline"])
    assert math.isnan(found["tool_wait"])


def test_waits_are_counted_by_who_is_waited_for() -> None:
    call = (Call("bash", {"cmd": "ls"}),)
    found = of(
        Turn("user", "Go.", at=0.0),
        Turn("assistant", "", calls=call, at=4.5),
        result("a", at=5.0),
        Turn("assistant", "Done.", at=9.0),
    )
    assert (found["model_wait"], found["tool_wait"]) == (4.25, 0.5)
    assert found["round_waits"] == pytest.approx(1 / 3)


def test_every_feature_has_its_own_name_and_shows_an_example() -> None:
    turns = (
        Turn("user", "Mend src/a.py?", at=0.0),
        Turn("assistant", "I look.", calls=(Call("read", {"path": "/src/a.py"}),), at=1.0),
        result("x = 1\n", at=2.0),
        Turn("assistant", "Done.", at=4.0),
        Turn("user", "Thanks.", at=9.0),
        Turn("assistant", "Good.", at=9.5),
        result("y", at=12.0),
    )
    view = View(Session("s", "s", "m", "made", turns, ("read",)))
    assert len(set(NAMES)) == len(NAMES)
    assert [feature.name for feature in FEATURES if not feature.example(view)] == []
