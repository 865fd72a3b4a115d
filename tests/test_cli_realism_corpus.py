"""`assay realism import` and `redact` as their user meets them."""

import json
import sys
from pathlib import Path

import pytest

from assay import cli
from tests.realism import claude
from tests.test_cli import Run, Said


@pytest.fixture
def realism(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Said:
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr(sys, "argv", ["assay", "realism", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return Said(int(stopped.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def corpus(realism: Run, tmp_path: Path) -> Path:
    claude.write(tmp_path / "projects")
    assert realism("import", tmp_path / "projects", "--out", tmp_path / "corpus").status == 0
    return tmp_path / "corpus"


def test_an_import_says_what_came_in_as_json(realism: Run, tmp_path: Path) -> None:
    claude.write(tmp_path / "projects")
    said = realism("import", tmp_path / "projects", "--out", tmp_path / "corpus", "--json")
    found = json.loads(said.out)
    assert (found["added"], found["kind"], found["sessions"]) == (1, "claude_code", 1)


def test_a_redaction_says_what_it_replaced_without_showing_it(realism: Run, corpus: Path) -> None:
    said = realism("redact", corpus)
    assert "home directories" in said.out
    assert "<HOME_1>" in said.out
    assert "torvald" not in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_words_of_a_file_are_replaced_too(realism: Run, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("Mended\n\n")
    found = json.loads(realism("redact", corpus, "--also", tmp_path / "words.txt", "--json").out)
    assert found["replaced"]["WORD"] == 1


def test_a_second_redaction_is_refused_with_the_remedy(realism: Run, corpus: Path) -> None:
    realism("redact", corpus)
    said = realism("redact", corpus)
    assert said.status == 2
    assert "import the sessions anew" in said.err
