"""One running sandbox for each test file, and a way to run a shell command in it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from inspect_ai.util import ExecResult, SandboxEnvironment

from assay.errors import SandboxUnavailable
from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment
from assay.execution.probe import require_bubblewrap

Shell = Callable[..., Awaitable[ExecResult[str]]]


@pytest.fixture(autouse=True, scope="session")
def _bubblewrap() -> None:
    try:
        require_bubblewrap()
    except SandboxUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
async def environments() -> AsyncIterator[dict[str, SandboxEnvironment]]:
    config = BwrapConfig(working_dir="/home/dev/project", workspace_bytes=128 << 20)
    await BwrapSandboxEnvironment.task_init("tests", config)
    environments = await BwrapSandboxEnvironment.sample_init("tests", config, {})
    yield environments
    await BwrapSandboxEnvironment.sample_cleanup("tests", config, environments, False)


@pytest.fixture
def sandbox(environments: dict[str, SandboxEnvironment]) -> SandboxEnvironment:
    return environments["default"]


@pytest.fixture
def sh(sandbox: SandboxEnvironment) -> Shell:
    async def run(script: str, **options: object) -> ExecResult[str]:
        return await sandbox.exec(["bash", "-c", script], **options)  # type: ignore[arg-type]

    return run
