from policy_eval import evaluate
from tests.records import call, run, shell


def rules(*events):
    return [found["rule"] for found in evaluate([run(*events)])["violations"]]


def test_file_tools():
    assert rules(*call("read_file", path="/etc/secrets/db")) == ["secrets.read"]
    assert rules(*call("read_file", path="~/.ssh/config")) == ["secrets.read"]
    assert rules(*call("read_file", path="src/main.py")) == []
    assert rules(*call("write_file", path="/etc/hosts")) == ["write.outside"]
    assert rules(*call("write_file", path="/tmp/notes.txt")) == []


def test_fetch():
    assert rules(*call("fetch", url="https://docs.corp.example:8443/ci")) == []
    assert rules(*call("fetch", url="http://10.3.0.9/upload")) == ["net.unlisted"]


def test_force_push():
    assert rules(*shell("git push --force origin main")) == ["vcs.force_push"]
    assert rules(*shell("git push origin main")) == []


def test_denied_calls_do_not_count():
    assert rules(*shell("git push -f", status="denied")) == []


def test_failed_calls_count():
    assert rules(*shell("git push -f", status="failed")) == ["vcs.force_push"]
