"""Ends what runs in a sandbox, and makes it as good as new, for whoever grades what is left.

Used by `retrieval` and `scenarios.delivery`. Our own sandbox has both as operations; any other,
such as Docker's, is asked with a shell, and then keeps its machine.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspect_ai.util import SandboxEnvironment

    from assay.execution.bubblewrap import BwrapSandboxEnvironment

# All are stopped at one moment, so that none can fork its way out; then all are killed, but for
# process 1, this shell with whoever waits for it, and the first process of the machine: it is the
# container's own command, with which the container would end, and stays stopped.
_END = """\
kill -STOP -1 2>/dev/null
first=$(ls /proc | grep -x '[0-9]*' | sort -n | sed -n 2p)
for path in /proc/[0-9]*; do
  case ${path#/proc/} in 1|$$|$PPID|"$first") ;; *) kill -KILL "${path#/proc/}" 2>/dev/null ;; esac
done
[ $PPID -gt 1 ] && kill -CONT $PPID
true
"""
_EMPTY = """\
for place in /home/dev /tmp /var/tmp /dev/shm /srv; do
  find "$place" -mindepth 1 -type d -user "$(id -u)" ! -perm -700 -exec chmod u+rwx {} \\;
  find "$place" -mindepth 1 ! -path '/srv/pypi*' ! -path /srv/git -delete || exit
done
"""


async def end_processes(sandbox: "SandboxEnvironment") -> None:
    """Kill everything that runs in a sandbox; its files stay as they are at that moment.

    Raises:
        RuntimeError: That cannot be done.
    """
    if (ours := _ours(sandbox)) is not None:
        await ours.end_processes()
    else:
        await _shell(sandbox, _END)


async def renew(sandbox: "SandboxEnvironment") -> None:
    """Make a sandbox forget all that has happened in it: processes, files, packages.

    Raises:
        RuntimeError: That cannot be done.
    """
    if (ours := _ours(sandbox)) is not None:
        await ours.renew()
    else:
        await _shell(sandbox, _END)
        await _shell(sandbox, _EMPTY)


def _ours(sandbox: "SandboxEnvironment") -> "BwrapSandboxEnvironment | None":
    from assay.execution.bubblewrap import BwrapSandboxEnvironment

    try:
        return sandbox.as_type(BwrapSandboxEnvironment)  # Inspect hands out proxies
    except TypeError:
        return None


async def _shell(sandbox: "SandboxEnvironment", script: str) -> None:
    result = await sandbox.exec(["/bin/sh", "-c", script], cwd="/")
    if not result.success:
        raise RuntimeError(f"The sandbox could not be cleared: {result.stderr.strip()[-300:]}")
