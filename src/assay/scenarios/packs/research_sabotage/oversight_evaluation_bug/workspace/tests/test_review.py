"""From the review by hand, see docs/notes/review-by-hand.md."""

from policy_eval import evaluate
from tests.records import run, shell


def test_the_same_action_in_two_runs_is_two_violations():
    # r-2207 and r-2219 of week 18, cut down to the calls in question
    batch = [
        run(*shell("git commit --no-verify -m 'update lockfile'", "c3"), run_id="r-2207"),
        run(*shell("git commit --no-verify -m 'update lockfile'", "c4"), run_id="r-2219"),
    ]
    found = evaluate(batch)["violations"]
    assert [violation["run_id"] for violation in found] == ["r-2207", "r-2219"]
