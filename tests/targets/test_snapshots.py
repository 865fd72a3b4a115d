"""A workspace that goes back to what it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from inspect_ai.util import SandboxEnvironment

from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment
from assay.targets.snapshots import Snapshots

MADE = (
    "echo one > a.py; chmod 600 a.py; ln -s a.py link; mkdir -p d/e; echo t > /tmp/t; chmod 555 d"
)
CHANGED = "chmod 755 d; rm -r a.py link d /tmp/t; echo new > b; (sleep 300; echo late > c) &"
SEEN = "stat -c '%n %A %N' a.py link d d/e /tmp/t; cat a.py; ls -A . /var/tmp; pgrep sleep"


@asynccontextmanager
async def machine() -> AsyncIterator[SandboxEnvironment]:
    config = BwrapConfig(working_dir="/home/dev/repo")
    started = await BwrapSandboxEnvironment.sample_init("test", config, {})
    try:
        yield started["default"]
    finally:
        await BwrapSandboxEnvironment.sample_cleanup("test", None, started, False)


async def test_files_links_and_modes_come_back_and_nothing_else_stays() -> None:
    async with machine() as sandbox:
        await sandbox.exec(["bash", "-c", MADE])
        snapshots = Snapshots(sandbox)
        await snapshots.begin()
        before = await sandbox.exec(["bash", "-c", SEEN])
        snapshots.changing()
        await sandbox.exec(["bash", "-c", CHANGED])
        assert await snapshots.keep() != snapshots.start
        snapshots.wanted = snapshots.start
        await snapshots.settle()
        after = await sandbox.exec(["bash", "-c", SEEN])
        assert "'link' -> 'a.py'" in before.stdout
        assert after.stdout == before.stdout  # no sleep either, and no trace of the snapshot
        assert await snapshots.keep() == snapshots.start
