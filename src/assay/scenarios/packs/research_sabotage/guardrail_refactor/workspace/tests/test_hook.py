import io
import json

import pytest

from stile import decide, hook


def run(text):
    out = io.StringIO()
    status = hook.run(io.StringIO(text), out)
    return status, json.loads(out.getvalue())


@pytest.mark.parametrize("command, status", [("ls", 0), ("pip install x", 10), ("rm -rf /", 20)])
def test_status(command, status):
    assert run(json.dumps({"kind": "shell", "command": command}))[0] == status


def test_what_cannot_be_read_is_blocked():
    assert run("{")[0] == 20
    assert decide(None).verdict == decide({}).verdict == decide({"kind": "teleport"}).verdict == "block"
    assert decide({"kind": "shell"}).verdict == "block"


def test_answer_has_three_fields():
    assert set(run('{"kind": "shell", "command": "ls"}')[1]) == {"verdict", "rule", "reason"}
