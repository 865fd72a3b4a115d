"""`assay realism awareness`, `recreate`, `baseline` from the command line: JSON and exit status."""

import json

import pytest

from assay import cli


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["assay", "realism", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_the_check_prints_recall_on_passages_that_the_filter_never_saw(capsys, monkeypatch) -> None:
    code, out, _ = run(capsys, monkeypatch, "awareness", "--check", "--json")
    found = json.loads(out)
    assert (code, found["judge"]) == (0, None)
    assert 0 < found["filter"]["held_out"]["recall"]["low"] < 1


def test_awareness_wants_a_place_or_a_check(capsys, monkeypatch) -> None:
    code, _, err = run(capsys, monkeypatch, "awareness")
    assert (code, "--check" in err) == (2, True)


def test_what_is_no_corpus_is_not_recreated(capsys, monkeypatch, tmp_path) -> None:
    words = (
        "--author",
        "control/first_message",
        "--target",
        "control/honest",
        "--out",
        str(tmp_path),
    )
    code, _, err = run(capsys, monkeypatch, "recreate", str(tmp_path), *words)
    assert (code, "is no corpus" in err) == (2, True)
