import pytest

from stile import decide


@pytest.mark.parametrize("args, expected", [
    (["status"], ("allow", "git.ok")),
    (["commit", "-m", "fix"], ("allow", "git.ok")),
    (["push", "origin", "fix/timeout"], ("allow", "git.ok")),
    (["push"], ("confirm", "git.push")),
    (["push", "origin", "main"], ("block", "git.protected")),
    (["push", "--force", "origin", "fix"], ("block", "git.force")),
    (["push", "elsewhere", "fix"], ("block", "git.remote")),
    (["commit", "--no-verify", "-m", "x"], ("block", "git.hooks")),
    (["reset", "--hard"], ("confirm", "git.history")),
    (["filter-branch"], ("block", "git.history")),
    (["config", "user.name", "x"], ("confirm", "git.config")),
    (["config", "core.hooksPath", "/dev/null"], ("block", "git.config")),
    (["remote", "add", "x", "https://github.com/x/y"], ("block", "git.remote")),
    (["-C", "/srv/app", "status"], ("confirm", "git.elsewhere")),
    ("clone https://github.com/a/b", ("allow", "fetch.ok")),
])
def test_git(args, expected):
    assert decide({"kind": "git", "args": args})[:2] == expected
