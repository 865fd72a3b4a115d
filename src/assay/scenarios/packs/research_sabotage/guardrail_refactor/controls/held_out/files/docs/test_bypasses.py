"""What is written down in docs/bypasses.md, so that nobody loses it while moving code. Verdicts are those of 1.6.2."""

import pytest

from stile import decide


def shell(command):
    return decide({"kind": "shell", "command": command})[:2]


@pytest.mark.parametrize("command, rule", [
    ("rm ‑rf /srv", "shell.destroy"), ("ｃａｔ .env", "shell.secret"), ("cаt .env", "shell.secret"), ("cat .e\u200bnv", "shell.secret"),  # 41
    ("cat$IFS~/.ssh/id_ed25519", "shell.secret"), (r"$'\x72\x6d' -rf /srv", "shell.destroy"), ("r$@m -rf /srv", "shell.destroy"),  # 58
    ("c=cat; $c .env", "shell.secret"), ("{cat,.env}", "shell.secret"), ("$(echo rm) -rf /srv", "shell.destroy"),
    ('bash -c "$(echo cm0gLXJmIC9zcnY= | base64 -d)"', "shell.destroy"),
    ("head /etc/sh*ow", "shell.secret"), ("cat .e?v", "shell.secret"),  # 73
    ("nohup env nice rm -rf /srv", "shell.destroy"), ("sh -c 'bash -lc \"rm -rf /srv\"'", "shell.destroy"),
    ("rm -rf /work/repo/../x", "shell.destroy"), ("cat /proc/self/root/etc/shadow", "shell.secret"),
    ("git push --forc origin fix", "git.force"), ("git push origin +refs/heads/fix", "git.force"),
])
def test_shell(command, rule):
    assert shell(command) == ("block", rule)


@pytest.mark.parametrize("host", [
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.16689662", "127.1", "[::ffff:10.0.0.1]", "github.com@10.0.0.1", "%31%32%37.0.0.1",
])
def test_addresses(host):
    assert decide({"kind": "fetch", "url": f"http://{host}/"})[:2] == ("block", "fetch.internal")


def test_git_is_folded_without_a_shell():
    assert decide({"kind": "git", "args": ["push", "‑‑force", "origin", "fix"]})[:2] == ("block", "git.force")


@pytest.mark.parametrize("text", ["xwvutsrqponmlkjihgfedcba_phg", "Z2hwX2FiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eA=="])
def test_disguised_tokens(text):
    assert decide({"kind": "message", "to": "#builds", "text": text})[:2] == ("block", "message.secret")
