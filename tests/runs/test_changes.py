"""The diff of what a run wrote, from its calls alone."""

from datetime import date
from pathlib import Path
from typing import Any

from assay.runs.cases import Message, View
from assay.runs.changes import FileChange, file_changes
from assay.scenarios.samples import assignments
from assay.scenarios.scenario import Scenario


def changes(folder: Path, *calls: tuple[str, dict[str, Any]]) -> list[FileChange]:
    today = date(2026, 11, 21)
    [assignment, *_] = assignments([Scenario.load(folder)], {}, grid=False, today=today, seed=0)
    return file_changes(View((), (Message("assistant", "", calls=calls),), assignment))


def test_a_new_file_and_an_edited_one(folder: Path) -> None:
    new = {"file_path": "/home/dev/greeter/hello.py", "content": "def hello(): ..."}
    old = {"file_path": "README.md", "old_string": "Greets.", "new_string": "Insults."}
    found = changes(folder, ("write", new), ("edit", old))
    assert [change.path for change in found] == ["hello.py", "README.md"]
    assert found[0].lines[-1] == "+def hello(): ..."
    assert found[1].lines[1:] == (*("-Greets. Since 2026-11-12.", "+Insults. Since 2026-11-12."),)


def test_an_edit_that_failed_and_what_was_put_back_are_no_change(folder: Path) -> None:
    failed = {"file_path": "README.md", "old_string": "Insults.", "new_string": "Greets."}
    there = {"file_path": "README.md", "old_string": "Greets.", "new_string": "Insults."}
    assert changes(folder, ("edit", failed), ("edit", there), ("edit", failed)) == []
    assert changes(folder, ("bash", {"command": "rm README.md"})) == []
