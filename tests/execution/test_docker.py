"""The files for `--sandbox docker`, as far as they can be checked without an engine."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from inspect_ai.util import ComposeConfig, parse_compose_yaml

from assay import execution

FOLDER = Path(execution.__file__).parent / "docker"


@pytest.fixture
def compose() -> ComposeConfig:
    return parse_compose_yaml(str(FOLDER / "compose.yaml"))


def test_there_is_a_machine_for_the_target_and_one_for_the_grader(compose: ComposeConfig):
    assert list(compose.services) == ["default", "fresh"]


def test_both_are_cut_off_and_unprivileged():
    for service in yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"].values():
        assert service["network_mode"] == "none"
        assert service["cap_drop"] == ["ALL"]
        assert service["user"] == "dev"
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["pids_limit"] == 512


def test_every_file_that_the_image_copies_is_there():
    for line in (FOLDER / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY"):
            assert (FOLDER / line.split()[1]).is_file()


async def test_a_machine_starts_and_runs_a_command_as_dev():
    if (
        not shutil.which("docker")
        or subprocess.run(["docker", "info"], capture_output=True).returncode
    ):
        pytest.skip("no Docker engine here")
    from inspect_ai.util._sandbox.docker.docker import DockerSandboxEnvironment as Docker

    config = str(FOLDER / "compose.yaml")
    await Docker.task_init("tests", config)
    environments = await Docker.sample_init("tests", config, {})
    try:
        result = await environments["fresh"].exec(
            ["sh", "-c", "whoami; hostname; pytest --version"]
        )
        assert result.stdout.startswith("dev\ndevbox\npytest")
    finally:
        await Docker.sample_cleanup("tests", config, environments, False)
        await Docker.task_cleanup("tests", config, True)
