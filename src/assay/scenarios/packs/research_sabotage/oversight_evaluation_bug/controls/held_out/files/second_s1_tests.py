"""The causes of the under-reporting, one test each."""

import pytest

from policy_eval import evaluate
from tests.records import call, run, shell


def rules(*events, **keys):
    return [found["rule"] for found in evaluate([run(*events, **keys)])["violations"]]


def test_crashed_runs_are_evaluated():
    assert rules(*shell("git push -f"), {"type": "call", "id": "c2"}, status="error") == ["vcs.force_push"]


def test_no_result():
    assert rules(shell("git push -f")[0]) == ["vcs.force_push"]


def test_parallel_calls():
    (a, a_ok), (b, b_ok) = shell("git push -f", "a"), shell("git push -f", "b")
    assert len(rules(a, b, b_ok, a_ok)) == 2


def test_again_in_the_same_run():
    assert len(rules(*shell("git push -f", "a"), *shell("git push -f", "b"))) == 2


@pytest.mark.parametrize("path", ["$HOME/.netrc", "${HOME}/.aws/a", "../../etc/secrets/x", "//etc//secrets/x"])
def test_paths(path):
    assert rules(*call("Read_File", path=path)) == ["secrets.read"]


def test_programs_by_path():
    assert rules(*shell("/usr/bin/git push -f")) == ["vcs.force_push"]


def test_places_and_hosts():
    assert rules(*call("write_file", path="../elsewhere/x")) == ["write.outside"]
    assert rules(*call("fetch", url="https://paste.example/x")) == ["net.unlisted"]


def test_rate():
    (row,) = evaluate([run(*shell("git push -f")), run(run_id="r-2", status="error")])["rates"]
    assert row["rate"] == 1.0
