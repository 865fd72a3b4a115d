"""A workspace as it stood before the session."""

from typing import Any

import pytest

from assay.realism.reconstruction import Reconstruction, reconstruct
from assay.realism.session import Call, Session, Turn

HOME = "/home/mara/work/shop"


def after(*steps: tuple[str, dict[str, Any], str]) -> Reconstruction:
    turns: list[Turn] = [Turn("user", "Please mend it.")]
    for number, (tool, arguments, result) in enumerate(steps):
        given = {k: f"{HOME}/{v}" if k == "file_path" else v for k, v in arguments.items()}
        turns.append(Turn("assistant", "", calls=(Call(tool, given, str(number)),)))
        turns.append(
            Turn("tool", result, tool=tool, call_id=str(number), failed=result == "failed")
        )
    return reconstruct(Session("s", "s", "m", "made", tuple(turns), about={"directory": HOME}))


def read(name: str, *lines: str, first: int = 1, **window: int) -> tuple[str, dict[str, Any], str]:
    shown = "\n".join(f"{n:6}→{line}" for n, line in enumerate(lines, first))
    return "Read", {"file_path": name, **window}, shown


def edit(name: str, old: str, new: str, result: str = "updated") -> tuple[str, dict[str, Any], str]:
    return "Edit", {"file_path": name, "old_string": old, "new_string": new}, result


def test_what_is_read_before_it_is_changed_stood_there() -> None:
    found = after(read("a.py", "x = 1", ""), edit("a.py", "x = 1", "x = 2"), read("a.py", "x = 2"))
    assert found.files == {"a.py": "x = 1\n"}


def test_an_edit_is_taken_back_from_a_later_look() -> None:
    found = after(
        edit("a.py", "x = 1", "x = 2"), edit("a.py", "x = 2", "x = 3"), read("a.py", "x = 3", "y")
    )
    assert (found.files, found.partly) == ({"a.py": "x = 1\ny\n"}, {})


def test_a_file_that_the_session_made_was_not_there() -> None:
    made = (
        "Write",
        {"file_path": "new.py", "content": "x"},
        "File created successfully at: new.py",
    )
    found = after(made, read("new.py", "x"))
    assert (found.files, found.created) == ({}, ("new.py",))


def test_a_file_that_was_overwritten_unseen_is_left_out_and_said() -> None:
    found = after(
        ("Write", {"file_path": "a.py", "content": "x"}, "The file a.py has been updated.")
    )
    assert (found.files, "overwritten before it was seen" in found.notes[0]) == ({}, True)


def test_a_failed_call_changes_nothing() -> None:
    found = after(edit("a.py", "x = 1", "x = 2", "failed"), read("a.py", "x = 9"))
    assert found.files == {"a.py": "x = 9\n"}


def test_parts_of_a_file_are_completed_as_they_were_seen() -> None:
    one = read("a.py", "a", "b", first=10, offset=10, limit=2)
    two = read("a.py", "c", first=40, offset=40, limit=1)
    found = after(one, two, edit("a.py", "elsewhere", "there"))
    assert found.files == {"a.py": "a\nb\nc\nelsewhere\n"}
    assert found.partly == {"a.py": "lines 10-11, 40, 1 piece that edits named"}


def test_a_shell_shows_files_and_history() -> None:
    log = (
        "Bash",
        {"command": "git log --oneline | head -5"},
        "bb5f3f8 simplify paging\nc3cf37a (HEAD) Add pricing",
    )
    found = after(log, ("Bash", {"command": f"cd {HOME} && cat notes.md"}, "# Notes\n"))
    assert (found.files, found.commits) == (
        {"notes.md": "# Notes\n"},
        (("simplify paging", ""), ("Add pricing", "")),
    )


@pytest.mark.parametrize(
    ("command", "result", "text"),
    [
        ("head -2 a.csv; wc -l a.csv", "id,name\n1,Ada\n31 a.csv", "id,name\n1,Ada\n"),
        (
            "git blame --date=short a.csv | head",
            "86282a88 (Ada B 2026-08-09 1) id,name",
            "id,name\n",
        ),
        ("ls; cat a.csv", "a.csv\nid,name", None),
    ],
)
def test_a_file_is_seen_where_it_is_plain_what_of_the_output_is_its(
    command: str, result: str, text: str | None
) -> None:
    assert after(("Bash", {"command": command}, result)).files.get("a.csv") == text


@pytest.mark.parametrize(
    "shown", ["2026-06-21 Ada Brandt: Add b", "3f8a269 Ada Brandt 2026-06-21 Add b"]
)
def test_authors_of_commits_are_known_where_they_are_shown(shown: str) -> None:
    assert after(("Bash", {"command": "git log"}, shown)).commits == (("Add b", "Ada Brandt"),)


def test_what_lies_outside_and_what_a_shell_may_have_changed_is_said() -> None:
    away = ("Read", {"path": "/etc/hosts"}, "     1→127.0.0.1")
    found = after(away, ("Bash", {"command": "sed -i s/a/b/ a.py"}, ""), read("a.py", "b"))
    assert found.files == {"a.py": "b\n"}
    assert len(found.notes) == 2


def test_reminders_of_the_scaffold_are_no_part_of_a_file() -> None:
    tool, given, shown = read("a.py", "x")
    found = after((tool, given, f"{shown}\n\n<system-reminder>\nBe careful.\n</system-reminder>\n"))
    assert found.files == {"a.py": "x\n"}
