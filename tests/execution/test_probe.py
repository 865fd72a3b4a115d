"""What `assay doctor` finds out, and the one sentence that says why nothing runs."""

import tempfile
from pathlib import Path

import pytest

from assay.errors import SandboxUnavailable
from assay.execution import probe


@pytest.fixture
def fresh_probe():
    caches = (probe._bubblewrap, probe._user_namespaces, probe._platform, probe.require_bubblewrap)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_every_check_that_is_not_ok_says_what_mends_it():
    checks = probe.probe()
    assert {check.name for check in checks} >= {
        "Python", "platform", "bubblewrap", "user namespaces", "seccomp", "cgroup limits", "Docker",
        "git", "GPU", "disk", "model keys",
    }  # fmt: skip
    for check in checks:
        assert check.state != "missing" or check.remedy, check


def test_a_key_is_named_and_its_value_never_shown(monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", "gsk-secret")
    text = str(probe.probe())
    assert "GROQ_API_KEY" in text
    assert "gsk-secret" not in text


def test_without_bubblewrap_nothing_runs_and_the_remedy_is_named(
    monkeypatch, tmp_path, fresh_probe
):
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="apt-get install -y bubblewrap"):
        probe.require_bubblewrap()


def test_an_old_bubblewrap_is_not_enough(monkeypatch, tmp_path, fresh_probe):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho bubblewrap 0.6.1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(SandboxUnavailable, match=r"0\.6\.1 is too old, 0\.8 is the minimum"):
        probe.require_bubblewrap()


def test_a_bubblewrap_that_cannot_start_a_sandbox_is_found_by_trying(monkeypatch, fresh_probe):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # pytest's own is closed to others
        Path(folder).chmod(0o755)
        program = Path(folder, "bwrap")
        program.write_text(
            '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.9.0 && exit\n'
            "echo setting up uid map: Permission denied >&2; exit 1\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        with pytest.raises(SandboxUnavailable, match="uid map: Permission denied"):
            probe.require_bubblewrap()
