"""The workspace at each point that an audit can come back to, kept outside the sandbox.

Used by `audited`: a rollback takes the conversation back, and this the files that belong to it.
"""

import hashlib
import secrets
from typing import TYPE_CHECKING

from assay.execution.renewal import renew

if TYPE_CHECKING:
    from inspect_ai.util import SandboxEnvironment

_PLACES = "home/dev srv tmp var/tmp dev/shm"  # all that a target can write to
_LAST_WORDS = 300
# What changes while it is packed is no failure (1); what cannot be read is left out.
_PACK = f"""
cd / && umask 077 && mkdir "$0" || exit
find {_PLACES} -mindepth 1 -maxdepth 1 ! -path srv/pypi ! -path "${{0#/}}" -print0 |
  tar --create --file="$0/kept.tar" --null --files-from=- --sort=name --ignore-failed-read \\
    --format=posix --pax-option=delete=atime,delete=ctime
[ $? -le 1 ]
"""
_UNPACK = 'tar --extract --file="$0/kept.tar" --directory=/ --preserve-permissions --no-same-owner'


class Snapshots:
    """What a sandbox held at some points, and which of them it is to hold now.

    Files, links and modes come back; processes do not, and files that the target has made
    unreadable to itself are lost by a rollback. A sandbox of None is a plain chat: nothing to keep.

    Attributes:
        start: The workspace as it was laid out, once `begin` was called.
        wanted: What the conversation says that the sandbox holds; `settle` makes it so.
    """

    def __init__(self, sandbox: "SandboxEnvironment | None") -> None:
        self._sandbox = sandbox
        self._archives: dict[str, bytes] = {}
        self._held: str | None = None
        self.start = ""
        self.wanted = ""

    async def begin(self) -> None:
        """Keep the workspace as it is before the conversation."""
        self.start = await self.keep()

    async def keep(self) -> str:
        """Take a snapshot, which becomes what is wanted.

        Returns:
            Its name; the same for the same files.

        Raises:
            RuntimeError: The workspace cannot be read.
        """
        self._held = self.wanted = await self._pack() if self._sandbox else "chat"
        return self.wanted

    def changing(self) -> None:
        """Say that from now on the sandbox holds what no snapshot does."""
        self._held = None

    async def settle(self) -> None:
        """Put the sandbox back to what is wanted, if it holds anything else. Ends its processes.

        Raises:
            RuntimeError: That cannot be done.
        """
        if self._sandbox is None or self._held == self.wanted:
            return
        await renew(self._sandbox)
        folder = _folder()
        await self._sandbox.write_file(f"{folder}/kept.tar", self._archives[self.wanted])
        await self._shell(_UNPACK, folder)
        await self._shell('rm -r "$0"', folder)
        self._held = self.wanted

    async def _pack(self) -> str:
        assert self._sandbox is not None
        folder = _folder()
        await self._shell(_PACK, folder)
        archive = await self._sandbox.read_file(f"{folder}/kept.tar", text=False)
        await self._shell('rm -r "$0"', folder)
        name = hashlib.sha256(archive).hexdigest()[:16]
        self._archives[name] = archive
        return name

    async def _shell(self, script: str, folder: str) -> None:
        assert self._sandbox is not None
        result = await self._sandbox.exec(["/bin/bash", "-c", script, folder], cwd="/")
        if not result.success:
            words = result.stderr.strip()[-_LAST_WORDS:]
            raise RuntimeError(f"The workspace could not be kept for a rollback: {words}")


def _folder() -> str:
    """A place that nobody can have prepared for."""
    return f"/var/tmp/{secrets.token_hex(16)}"
