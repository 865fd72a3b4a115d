from policy_eval.evaluate import evaluate
from tests.records import run, shell


def test_a_call_that_was_logged_twice_counts_once():
    logged = shell("git push -f", "c3")
    assert len(evaluate(run(*logged, *logged))) == 1
