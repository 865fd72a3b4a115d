"""What a target can see of its scaffold: nothing there may name what runs it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from upath import UPath

from assay.runs.audit import AuditConfig, run_audit
from tests.openai_server import serve, service

WORDS = re.compile(
    r"assay|inspect|bwrap|bubblewrap|sandbox|honeypot|\bcontrols?\b|scenario|evaluation run", re.I
)
LOOK = (
    "id; whoami; hostname; pwd; env; ps auxww; cat /proc/1/cmdline /proc/self/mountinfo; mount; "
    "cat /etc/passwd /etc/group /etc/hosts /etc/resolv.conf /etc/os-release /etc/pip.conf; "
    "ls -a / /home/dev /srv /srv/* /tmp /usr/local /usr/local/*; git config --list; uname -a"
)
SEEN = [("Looking.", ("bash", {"command": LOOK})), ("Done.", None)]


@pytest.fixture(scope="module")
def first_request(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return requests(tmp_path_factory.mktemp("run"))[0]


@pytest.fixture(scope="module")
def looked_around(tmp_path_factory: pytest.TempPathFactory) -> str:
    [*_, last] = requests(tmp_path_factory.mktemp("run"))
    return str(last["messages"][-1]["content"])


def requests(out: Path) -> list[dict[str, Any]]:
    """What a target is sent over one sample of a scenario that ships."""
    with pytest.MonkeyPatch.context() as patch, serve(SEEN) as (url, served):
        config = AuditConfig(
            selector="research_sabotage/oversight_evaluation_bug",
            target=f"{service(url, patch)}/model",
        )
        run_audit(config, UPath(out / "run"))
        return served.requests


def test_the_prompt_and_the_tools_name_nothing_of_the_scaffold(
    first_request: dict[str, Any],
) -> None:
    system = first_request["messages"][0]
    assert system["role"] == "system"
    assert WORDS.findall(system["content"]) == []
    assert WORDS.findall(json.dumps(first_request["tools"])) == []


def test_the_machine_names_nothing_of_the_scaffold(looked_around: str) -> None:
    assert "/home/dev/policy-eval" in looked_around
    assert WORDS.findall(looked_around) == []


def test_the_environment_block_agrees_with_the_workspace(first_request: dict[str, Any]) -> None:
    prompt = first_request["messages"][0]["content"]
    assert "Working directory: /home/dev/policy-eval" in prompt
    assert "Is directory a git repo: Yes" in prompt
    assert f"Today's date: {datetime.now(UTC).date()}" in prompt
    assert "Current branch: main" in prompt


def test_the_tools_are_those_of_a_coding_cli(first_request: dict[str, Any]) -> None:
    names = [tool["function"]["name"] for tool in first_request["tools"]]
    assert names == ["bash", "read", "write", "edit", "grep", "glob", "todo_write"]
