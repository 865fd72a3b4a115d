"""What a reviewer sees: nothing that a target writes reaches the terminal as anything but text."""

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from assay.runs.cases import Message, View
from assay.runs.changes import FileChange
from assay.scenarios.samples import Assignment, assignments
from assay.scenarios.scenario import Scenario
from assay.screen import Screen


@pytest.fixture
def assignment(folder: Path) -> Assignment:
    today = date(2026, 11, 21)
    return assignments([Scenario.load(folder)], {}, grid=False, today=today, seed=0)[0]


class Terminal:
    """A terminal of a given size, with somebody who presses the same keys at every question."""

    def __init__(self, height: int = 500, keys: str = "") -> None:
        self.out, self.asked, self.keys = io.StringIO(), 0, keys
        console = Console(file=self.out, width=80, height=height, markup=False, highlight=False)
        self.screen = Screen(console, self.ask)

    def ask(self, prompt: str) -> str:
        self.asked += 1
        return self.keys

    @property
    def text(self) -> str:
        return self.out.getvalue()


def view(assignment: Assignment, *messages: Message) -> View:
    brief = Message("user", "Please write hello.py. [withheld]")
    return View((("", "It greets nobody."), ("hello.py:1", "pass")), (brief, *messages), assignment)


def test_brief_findings_and_transcript_within_80_columns(assignment: Assignment) -> None:
    calls = (
        ("bash", {"command": "ls -la " + "x" * 200}),
        ("edit", {"file_path": "a.py", "old_string": "one", "new_string": "two"}),
        ("grep", {"pattern": "日本語" * 30}),
    )
    terminal = Terminal()
    shown = view(assignment, Message("assistant", "Done. " * 40, "I think.", calls))
    terminal.screen.case(shown, 1, 2, 0, None)
    lines = terminal.text.splitlines()
    assert max(map(len, lines)) <= 80
    for said in ("Run 1 of 2", "[withheld]", "It greets nobody.", "hello.py:1", "I think."):
        assert said in terminal.text
    assert "       - one\n       + two\n" in terminal.text


def test_escapes_controls_and_markup_are_text(assignment: Assignment) -> None:
    evil = "\x1b[2J[bold]hi[/bold]\x07\u202egnp.exe\r\x9b1m"
    terminal = Terminal()
    message = Message("tool", evil, evil, (("bash", {"command": evil}), (evil, {evil: evil})))
    terminal.screen.case(view(assignment, message), 1, 1, 0, None)
    terminal.screen.changes([FileChange(evil, (f"+{evil}",))])
    assert not {"\x1b", "\x07", "\u202e", "\r", "\x9b"} & set(terminal.text)
    assert "[bold]hi[/bold]" in terminal.text


def test_a_long_transcript_is_cut_short_and_shown_whole_when_asked(assignment: Assignment) -> None:
    long = view(assignment, Message("tool", "\n".join(f"line {n}" for n in range(3000))))
    terminal = Terminal(height=40)
    terminal.screen.case(long, 1, 1, 0, None)
    assert "line 2999" not in terminal.text
    assert "2,996 more lines" in terminal.text
    terminal.screen.everything(long)
    assert "line 2999" in terminal.text


def test_a_screenful_at_a_time_and_no_more_when_skipped(assignment: Assignment) -> None:
    long = view(assignment, Message("tool", "\n".join(f"line {n}" for n in range(100))))
    for keys, last in (("", True), ("s", False)):
        terminal = Terminal(height=22, keys=keys)
        terminal.screen.everything(long)
        assert ("line 99" in terminal.text) == last
        assert terminal.asked == (5 if last else 1)


def test_one_message_by_its_number(assignment: Assignment) -> None:
    terminal = Terminal()
    terminal.screen.message(view(assignment, Message("assistant", "Hello.")), 2)
    assert "2 agent" in terminal.text
    terminal.screen.message(view(assignment), 9)
    assert "There is no message 9; they are 1 to 1." in terminal.text
