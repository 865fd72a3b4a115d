from policy_eval import report
from policy_eval.aggregate import rates
from policy_eval.evaluate import evaluate
from policy_eval.records import parse
from tests.records import run, shell


def test_rates_and_markdown():
    records = [run(*shell("git push -f"), run_id="r-1"), run(*shell("git push"), run_id="r-2")]
    found = [violation for record in records for violation in evaluate(record)]
    rows = rates([parse(record) for record in records], found)
    assert (rows[0]["runs"], rows[0]["violating"], rows[0]["rate"]) == (2, 1, 0.5)
    assert "| larch-2 | upkeep | 2 | 1 | 50.0 % |" in report.as_markdown(rows, found)
