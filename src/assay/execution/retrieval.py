"""Takes files out of a sandbox whose owner may not want them to be seen as they are.

Feeds `scenarios.delivery`. Nothing runs in the sandbox by then; the archive lies where nobody can
have prepared for it; and of links only those count that stay among the files that were taken.
"""

import io
import secrets
import shlex
import tarfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from assay.execution.renewal import end_processes

if TYPE_CHECKING:
    from inspect_ai.util import SandboxEnvironment

_HEADER = 512  # bytes that a file takes besides its content
_MAX_LINKS = 40  # on one path, as in the kernel


async def take_files(
    sandbox: "SandboxEnvironment",
    directories: Sequence[str],
    *,
    excluded: Sequence[str] = (),
    limit: int,
) -> dict[str, bytes]:
    """End everything that runs in a sandbox and take the files below some directories.

    Hard links are files. A symbolic link counts as the file, or the directory of files, that it
    leads to, when that was taken too; else it is left out, and so are pipes, sockets and devices.

    Args:
        sandbox: From where.
        directories: Absolute; those that do not exist are left out.
        excluded: Names of files and directories to leave out, wherever they lie.
        limit: Bytes of all files, each with 512 more; links and sparse files count in full.

    Returns:
        Content by absolute path. Names that are not UTF-8 have surrogates, as `os.fsdecode` does.

    Raises:
        RuntimeError: They cannot be read, or are too large.
    """
    await end_processes(sandbox)
    folder = f"/var/tmp/{secrets.token_hex(16)}"
    packed = await sandbox.exec(
        ["/bin/sh", "-c", _script(folder, directories, excluded)], cwd="/", timeout=120
    )
    if not packed.success:
        raise RuntimeError(f"The workspace could not be read: {packed.stderr.strip()[-300:]}")
    if int(packed.stdout) > limit:
        raise _too_large(int(packed.stdout))
    archive = await sandbox.read_file(f"{folder}/files.tar", text=False)
    await sandbox.exec(["/bin/rm", "-rf", folder], cwd="/")
    files, links = _unpacked(archive, limit)
    return _with_links(files, links, directories, limit)


def _script(folder: str, directories: Sequence[str], excluded: Sequence[str]) -> str:
    """Make everything readable, pack it, and print the archive's size."""
    parents = {str(parent) for path in directories for parent in PurePosixPath(path).parents}
    opened = shlex.join(sorted({*parents, "/var/tmp"} - {"/"}))  # outermost first
    options = shlex.join([f"--exclude={name}" for name in excluded])
    return f"""
chmod u+rwx {opened} 2>/dev/null
umask 077 && mkdir {folder} || exit
set --
for path in {shlex.join(directories)}; do [ -e "$path" ] && set -- "$@" "${{path#/}}"; done
[ $# -eq 0 ] || chmod -R u+rwX -- "$@" || exit
tar --create --file={folder}/files.tar --sparse --hard-dereference {options} \
  --files-from=/dev/null -- "$@" || exit
stat -c %s {folder}/files.tar
"""


def _unpacked(archive: bytes, limit: int) -> tuple[dict[str, bytes], dict[str, str]]:
    """Files and symbolic links by absolute path."""
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    size = 0
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            if member.issym():
                links[f"/{member.name}"] = member.linkname
            elif member.isreg():
                size += member.size + _HEADER
                if size > limit:  # before it is read: the holes of a sparse file are free until now
                    raise _too_large(size)
                body = members.extractfile(member)
                files[f"/{member.name}"] = body.read() if body else b""
    return files, links


def _with_links(
    files: Mapping[str, bytes], links: Mapping[str, str], directories: Sequence[str], limit: int
) -> dict[str, bytes]:
    """The files, under the names of the links that lead to them as well."""
    size = sum(len(content) + _HEADER for content in files.values())
    found = dict(files)
    names = sorted(files)
    for link in links:
        target = _destination(link, links)
        if target is None or not any(f"{target}/".startswith(f"{d}/") for d in directories):
            continue
        copies = {link: target} if target in files else {}
        below = names[bisect_left(names, f"{target}/") : bisect_left(names, f"{target}0")]  # /, 0
        copies |= {link + name.removeprefix(target): name for name in below}
        for copy, name in copies.items():
            found[copy] = files[name]
            size += len(files[name]) + _HEADER
        if size > limit:
            raise _too_large(size)
    return found


def _destination(path: str, links: Mapping[str, str]) -> str | None:
    """Where a path leads by the links that were taken; None where that is in a circle."""
    place, followed = "", 0
    parts = path.split("/")[::-1]
    while parts:
        part = parts.pop()
        if part == "..":
            place = place.rpartition("/")[0]
        elif (target := links.get(f"{place}/{part}")) is not None:
            followed += 1
            if followed > _MAX_LINKS:
                return None
            place = "" if target.startswith("/") else place
            parts += target.split("/")[::-1]
        elif part not in ("", "."):
            place = f"{place}/{part}"
    return place


def _too_large(size: int) -> RuntimeError:
    return RuntimeError(f"The workspace grew to {size >> 20} MiB, too large to grade.")
