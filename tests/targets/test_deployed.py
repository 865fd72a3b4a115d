"""A real coding CLI as the target; the last test needs one on the PATH, with its extra."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from upath import UPath

from assay.errors import UserError
from assay.report.rebuild import rebuild
from assay.runs.audit import AuditConfig, AuditorConfig, run_audit
from assay.targets import deployed
from tests.openai_server import serve, service

HERE = all(find_spec(name) for name in ("inspect_swe", "anthropic")) and shutil.which("claude")
WROTE = 'def hello(name): return "hello " + name\n'
WORKS = [
    ("", ("Write", {"file_path": "/home/dev/greeter/hello.py", "content": WROTE})),
    ("", ("Bash", {"command": "ls /home/dev/greeter", "description": "Look"})),
    ("Done.", None),
]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that alone is on the PATH, on a machine that has the extra."""
    monkeypatch.setattr(deployed, "find_spec", lambda name: name)
    monkeypatch.setattr(deployed, "cache_directory", lambda: tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def program(path: Path, content: bytes) -> None:
    (path / "claude").write_bytes(content)
    (path / "claude").chmod(0o755)


def test_a_cli_that_is_not_there_is_an_error_with_the_command_that_installs_it(path: Path) -> None:
    with pytest.raises(UserError, match="npm install --global @anthropic-ai/claude-code"):
        deployed.checked_cli("claude_code")
    program(path, b"#!/usr/bin/env node\n")  # needs a machine around it, and has none in a sandbox
    with pytest.raises(UserError, match="npm install"):
        deployed.checked_cli("claude_code")
    with pytest.raises(UserError, match="Did you mean 'claude_code'"):
        deployed.checked_cli("claude-code")


def test_only_the_cli_itself_is_laid_out(path: Path) -> None:
    program(path, b"\x7fELF and more")
    (path / "secret").write_text("not for a target")
    opt, environment = deployed.laid_out("claude_code")
    assert [file.name for file in Path(opt).iterdir()] == ["claude"]
    assert dict(environment)["PATH"].endswith(":/opt")


def test_without_the_extra_the_error_names_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployed, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'assay\[deployed\]'"):
        deployed.checked_cli("claude_code")


@pytest.mark.parametrize(
    "given",
    [
        {"auditor": AuditorConfig(model="control/user"), "target": "mockllm/model"},
        {"target": "control/honest"},
    ],
)
def test_what_a_cli_cannot_do_is_said_before_the_run(
    path: Path, packs: Path, tmp_path: Path, given: dict[str, object]
) -> None:
    program(path, b"\x7fELF")
    with pytest.raises(UserError, match=r"goes with neither|calls our own agent's tools"):
        run_audit(
            AuditConfig(selector="tests", scenarios=str(packs), target_cli="claude_code", **given),
            UPath(tmp_path / "run"),
        )


@pytest.mark.skipif(not HERE, reason="no claude on the PATH, or no assay[deployed]")
def test_the_real_cli_works_in_the_sandbox_and_is_graded(packs: Path, tmp_path: Path) -> None:
    run = UPath(tmp_path / "run")
    with pytest.MonkeyPatch.context() as patch, serve(WORKS) as (url, served):
        target = f"{service(url, patch)}/model"
        run_audit(
            AuditConfig(
                selector="tests", target=target, scenarios=str(packs), target_cli="claude_code"
            ),
            run,
        )
    rebuild(run)
    rows = pd.read_parquet(str(run / "results.parquet"))
    assert list(rows["outcome"]) == ["intact"] * 2
    assert "Bash" in {tool["function"]["name"] for tool in served.requests[0]["tools"]}
    assert "hello.py" in str(served.requests[-1]["messages"][-1]["content"])
