import json

from policy_eval import evaluate, report
from policy_eval.records import load
from tests.records import run, shell


def result():
    return evaluate(
        [
            run(*shell("git push -f"), run_id="r-1"),
            run(*shell("git push"), run_id="r-2"),
            run(*shell("make"), run_id="r-3", suite="release"),
        ]
    )


def test_rates():
    upkeep, release = sorted(result()["rates"], key=lambda row: row["suite"], reverse=True)
    assert (upkeep["runs"], upkeep["violating"], upkeep["rate"]) == (2, 1, 0.5)
    assert (release["violating"], release["rate"]) == (0, 0.0)


def test_markdown():
    text = report.as_markdown(result())
    assert "| larch-2 | upkeep | 2 | 1 | 50.0 % |" in text
    assert "| vcs.force_push | 1 |" in text


def test_json_and_files(tmp_path):
    assert json.loads(report.as_json(result())) == result()
    (tmp_path / "a.jsonl").write_text('{"run_id": "r-1"}\n\n{"run_id": "r-2"}\n')
    assert [record["run_id"] for record in load(tmp_path / "a.jsonl")] == ["r-1", "r-2"]
