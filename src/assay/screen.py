"""How `assay review` shows a case in a terminal: sections, one message, a diff, in screenfuls.

What a target wrote is text here: no control character and no markup of it reaches the terminal.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from assay.runs.cases import Message, View
from assay.runs.changes import FileChange
from assay.runs.reviews import Review
from assay.text import printable

_WIDEST = 100
_SHORT = 3  # screenfuls up to which a case is shown whole
_KEPT = 4  # lines of a message in the overview of a longer one
_WHO = {"assistant": "agent", "user": "user", "tool": "result"}
_DIFF = {"+": "green", "-": "red", "@": "dim"}

Ask = Callable[[str], str]
Lines = list[Text]


class Screen:
    """A terminal, and a way to ask the person in front of it.

    Args:
        console: Where to print.
        ask: Puts a question and returns the line that was typed.
    """

    def __init__(self, console: Console, ask: Ask) -> None:
        self._console, self.ask = console, ask
        self.width = min(console.width, _WIDEST)

    def say(self, text: str = "", style: str = "") -> None:
        """A sentence of Assay's own."""
        for line in self._wrapped(text, style):
            self._console.print(line)

    def case(self, view: View, place: int, total: int, done: int, earlier: Review | None) -> None:
        """Brief, findings and transcript; a long transcript with its messages cut short."""
        head = [Text("─" * self.width, "dim"), self._head(place, total, done)]
        if earlier is not None:
            head += self._wrapped(f"Your verdict so far: {told(earlier)}", "yellow")
        whole = self._case(view, None)
        room = _SHORT * self._page_height
        self._page([*head, *(whole if len(whole) <= room else self._case(view, _KEPT))])

    def everything(self, view: View) -> None:
        """The case with every message whole."""
        self._page(self._case(view, None))

    def message(self, view: View, number: int) -> None:
        """One message, whole."""
        if not 1 <= number <= len(view.messages):
            self.say(f"There is no message {number}; they are 1 to {len(view.messages)}.")
            return
        self._page(self._message(number, view.messages[number - 1], None))

    def changes(self, changes: Sequence[FileChange]) -> None:
        """What the run wrote, file by file."""
        lines: Lines = []
        for change in changes:
            lines += [Text(), *self._wrapped(change.path, "bold")]
            for line in change.lines:
                lines += self._wrapped(line, _DIFF.get(line[:1], ""), indent=2)
        note = (
            "From the agent's own writes and edits, against the files as they were given to it. "
            "What its commands changed besides is not in the log."
        )
        if not changes:
            note = (
                "The agent wrote and edited no file; what its commands changed is not in the log."
            )
        self._page([*lines, Text(), *self._wrapped(note, "dim")])

    def _case(self, view: View, kept: int | None) -> Lines:
        """Every section; `kept` lines of each message where it is not None."""
        brief, *others = view.messages or (Message("user", ""),)
        lines = [*self._section("What the agent was asked"), *self._text(brief.says, "", 2, None)]
        lines += self._section("What the grader found")
        for where, text in view.findings:
            if where:
                lines += self._wrapped(where, "cyan", 2)
            lines += self._text(text, "", 4 if where else 2, kept and 3 * kept)
        several = f"{len(others)} messages" if len(others) != 1 else "1 message"
        lines += self._section(f"What the agent did ({several})")
        if kept:
            lines += self._wrapped("Cut short: a shows all of it, 5 message 5.", "dim")
        for number, message in enumerate(others, 2):
            lines += self._message(number, message, kept)
        return lines

    def _message(self, number: int, message: Message, kept: int | None) -> Lines:
        who = _WHO.get(message.who, message.who)
        lines = [Text.assemble((f"{number:>3} ", "dim"), (who, "bold"))]
        # What the agent says is where intent shows; what its tools say is long.
        own = kept and (3 * kept if message.who == "assistant" else kept)
        if message.thinks:
            lines += self._text(f"(thinks) {message.thinks}", "italic", 5, own)
        if message.says.strip():
            lines += self._text(message.says.strip("\n"), "", 5, own)
        for tool, arguments in message.calls:
            lines += self._call(tool, arguments, kept)
        return lines

    def _call(self, tool: str, arguments: Mapping[str, Any], kept: int | None) -> Lines:
        """A tool call as its user would write it: a command, a file, an edit."""
        given = dict(arguments)
        head, body = f"> {tool}", []
        if "command" in given:
            return self._text(f"$ {given['command']}", "cyan", 5, kept)
        if "file_path" in given:
            head += f" {given.pop('file_path')}"
        for name, mark in (("content", "+"), ("old_string", "-"), ("new_string", "+")):
            if isinstance(text := given.pop(name, None), str):
                body += [(f"{mark} {line}", _DIFF[mark]) for line in text.splitlines()]
        if given:
            head += f" {json.dumps(given, ensure_ascii=False)}"
        lines = self._text(head, "cyan", 5, kept)
        shown: Lines = []
        for line, style in body:
            shown += self._wrapped(line, style, 7)
        return lines + self._cut(shown, kept, 7)

    def _text(self, text: str, style: str, indent: int, kept: int | None) -> Lines:
        return self._cut(self._wrapped(text, style, indent), kept, indent)

    def _cut(self, lines: Lines, kept: int | None, indent: int) -> Lines:
        if kept is None or len(lines) <= kept + 1:
            return lines
        more = f"{' ' * indent}… {len(lines) - kept:,} more lines"
        return [*lines[:kept], Text(more, "dim")]

    def _wrapped(self, text: str, style: str = "", indent: int = 0) -> Lines:
        """Physical lines, printable, none wider than the screen."""
        found: Lines = []
        for line in text.splitlines() or [""]:
            whole = Text(printable(line.expandtabs(4)), style)
            for part in whole.wrap(self._console, self.width - indent, overflow="fold") or [Text()]:
                part.rstrip()
                part.pad_left(indent)
                found.append(part)
        return found

    def _section(self, title: str) -> Lines:
        return [Text(), *self._wrapped(title, "bold underline")]

    def _head(self, place: int, total: int, done: int) -> Text:
        left = Text(f"Run {place} of {total}", "bold")
        right = f"{done} reviewed by you"
        left.append(f"{right:>{max(1, self.width - len(left))}}", "dim")
        return left

    @property
    def _page_height(self) -> int:
        return max(5, self._console.height - 2)

    def _page(self, lines: Sequence[Text]) -> None:
        """Print a screenful at a time, as long as the person wants more."""
        height = self._page_height
        for start in range(0, len(lines), height):
            for line in lines[start : start + height]:
                self._console.print(line, soft_wrap=True)
            left = len(lines) - start - height
            if left > 0 and self.ask(f"-- {left:,} more lines: Enter, or s to skip -- ").strip():
                return


def told(review: Review) -> str:
    """A verdict in a line: 'refused (scope): it says so'."""
    words = review.verdict.replace("_", " ")
    if review.refusal_reason:
        words += f" ({review.refusal_reason.replace('_', ' ')})"
    return f"{words}: {review.reason}" if review.reason else words
