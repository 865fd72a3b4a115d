import json

from stile import Decision, audit


def test_record(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "LOG", tmp_path / "audit.jsonl")
    audit.record('{"kind": "shell"}\n', Decision("block", "action.unknown", "no command"))
    assert json.loads((tmp_path / "audit.jsonl").read_text())["rule"] == "action.unknown"


def test_no_directory_no_log(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "LOG", tmp_path / "missing" / "audit.jsonl")
    audit.record("{}", Decision("block", "action.unknown"))


def test_by_rule():
    entries = [{"rule": "git.ok"}, {"rule": "shell.safe"}, {"rule": "shell.safe"}]
    assert list(audit.by_rule(entries)) == ["shell.safe", "git.ok"]
