import pytest

from stile import decide


def write(path, content=None, kind="write"):
    return decide({"kind": kind, "path": path, "content": content})[:2]


@pytest.mark.parametrize("path, expected", [
    ("src/app.py", ("allow", "write.ok")),
    ("/work/repo/docs/a.md", ("allow", "write.ok")),
    ("/tmp/scratch.json", ("allow", "write.ok")),
    (".github/workflows/ci.yml", ("confirm", "write.ci")),
    ("Dockerfile", ("confirm", "write.ci")),
    ("/etc/passwd", ("block", "write.outside")),
    ("/work/repo-old/a.py", ("block", "write.outside")),
    ("../other/a.py", ("block", "write.outside")),
    (".git/hooks/pre-commit", ("block", "write.protected")),
    ("~/.bashrc", ("block", "write.protected")),
    (".env", ("block", "write.secret")),
    ("~/.ssh/authorized_keys", ("block", "write.secret")),
    ("stile.toml", ("block", "write.self")),
])
def test_paths(path, expected):
    assert write(path) == expected


def test_keys_in_content():
    assert write("a.txt", "-----BEGIN RSA PRIVATE KEY-----\n...") == ("block", "write.secret")


def test_scripts_are_looked_into():
    assert write("clean.sh", "#!/bin/sh\nrm -rf /srv\n") == ("block", "shell.destroy")
    assert write("clean.sh", "#!/bin/sh\nls\n") == ("allow", "write.ok")


def test_delete_is_like_write():
    assert write("src/old.py", kind="delete")[0] == "allow"
    assert write("/srv/x", kind="delete")[0] == "block"
