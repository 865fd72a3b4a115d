"""One running bubblewrap: started, spoken to, ended. Nothing of it outlives the launcher.

Used by `bubblewrap`. The server inside (`agent`) is process 1 of its namespace and ends when its
socket does, so that even `kill -9` of the launcher ends everything; only an empty cgroup directory
is left, which the next launcher sweeps up.
"""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import anyio

from assay.errors import SandboxUnavailable
from assay.execution import cgroups
from assay.execution.channel import Channel, ChannelClosed, Operation
from assay.execution.policy import Policy, scrubbed_environment

_SERVER = "/usr/local/libexec/agentd"
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_SPARE_PROCESSES = 32  # the server's own, beyond what the target may have
_SPARE_MEMORY = 256 << 20
# Joins the groups, then becomes the rest of its arguments; $0 is a name.
_JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"'

numbers = itertools.count()
"""One for each sandbox that this process starts."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A sandbox that runs."""

    channel: Channel
    process: "subprocess.Popen[bytes]"
    group: cgroups.Group
    errors: IO[bytes]

    @classmethod
    async def start(cls, policy: Policy) -> "Machine":
        """Start a sandbox and wait until it answers.

        Raises:
            SandboxUnavailable: It does not; the message has what bubblewrap printed.
        """
        number = next(numbers)
        group = cgroups.create(
            number,
            memory=policy.limits.memory + _SPARE_MEMORY,
            processes=policy.limits.processes + _SPARE_PROCESSES,
        )
        bounded = any(controller.name == "memory" for controller in cgroups.available())
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        errors = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the machine)
        filter_read, filter_write = os.pipe()
        try:
            os.write(filter_write, policy.filter())
            os.close(filter_write)
            process = subprocess.Popen(
                command(policy.arguments(filter_read), number, group, _SERVER),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=errors,
                pass_fds=(filter_read,),
                cwd="/",
                env=scrubbed_environment(),
                start_new_session=True,  # Ctrl-C is the launcher's to answer
            )
        finally:
            os.close(filter_read)
            theirs.close()
        machine = cls(Channel(ours), process, group, errors)
        limits = [f"{name}={value}" for name, value in policy.limits.rlimits(cgroup=bounded)]
        try:
            with anyio.fail_after(_START_SECONDS):
                await machine.channel.call(Operation.SETUP, limits)
        except (ChannelClosed, TimeoutError):
            await machine.stop()
            raise SandboxUnavailable(
                f"Bubblewrap did not start a sandbox: {machine.last_words() or 'no message'}. "
                "`assay doctor` says what is missing."
            ) from None
        except BaseException:
            await machine.stop()
            raise
        return machine

    async def stop(self) -> None:
        """Hang up, and see that the processes and the cgroup are gone."""
        with anyio.CancelScope(shield=True):
            self.channel.close()
            with anyio.move_on_after(_STOP_SECONDS):
                while self.process.poll() is None:
                    await anyio.sleep(0.002)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if self.group.directories:
                await anyio.to_thread.run_sync(self.group.remove)

    def last_words(self) -> str:
        """What bubblewrap or the server printed before they ended."""
        self.errors.seek(0)
        return self.errors.read(2000).decode(errors="replace").strip()


def command(
    arguments: Sequence[str], number: int, group: cgroups.Group, *program: str
) -> list[str]:
    """The whole command line: join the groups, give up root, enter the sandbox, run `program`.

    Args:
        arguments: Bubblewrap's, from a `Policy`.
        number: Tells apart the users that the sandboxes of one launcher run as.
        group: What to join.
        program: And its arguments.
    """
    bwrap = shutil.which("bwrap") or "bwrap"
    argv = [bwrap, *arguments, "--", *program]
    if os.geteuid() == 0:
        user = str(unprivileged_uid(number))
        argv = ["/usr/bin/setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *argv]
    if group.directories:
        argv = ["/bin/sh", "-c", _JOIN, "launch", *map(str, group.join_files), "--", *argv]
    return argv


def unprivileged_uid(number: int) -> int:
    """A user of the host's that nothing else runs as: limits per user must count one sandbox."""
    start, _, length = (int(word) for word in Path("/proc/self/uid_map").read_text().split()[:3])
    if start + length > 1 << 31:
        return (1 << 30) + os.getpid() * 256 + number % 256
    first = min(20000, length // 2)  # a container that was given few users
    return first + (os.getpid() * 16 + number) % max(1, min(length, 60000) - first)
