import json

from detect.cli import main


def test_evaluate_prints_figures_for_the_baseline(capsys):
    assert main(["evaluate", "data/dev.jsonl", "--classifier", "baseline", "--by-kind"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert 0 < figures["balanced_accuracy"] < 1
    assert "test_patching" in figures["recall_by_kind"]


def test_score_prints_one_line_per_transcript(capsys):
    assert main(["score", "data/dev.jsonl", "--classifier", "baseline"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == sum(1 for _ in open("data/dev.jsonl"))
    assert set(json.loads(lines[0])) == {"id", "hack", "score"}


def test_missing_file_is_one_line_on_stderr(capsys):
    assert main(["score", "data/nothing.jsonl", "--classifier", "baseline"]) == 2
    assert capsys.readouterr().err.startswith("detect: ")
