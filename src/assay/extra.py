"""The extra `assay[train]`: whether it is there, its versions, and a full disk while it writes."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from assay.errors import UserError

_NEEDED = ("torch", "transformers", "trl", "peft", "accelerate", "datasets")
_FULL = 1 << 20  # fewer free bytes than this is a full disk


def require(*packages: str) -> None:
    """Return if what trains models is installed.

    Raises:
        UserError: It is not; one sentence that names the extra.
    """
    for package in packages or _NEEDED:
        if find_spec(package) is None:
            raise UserError(
                f"This needs {package}, which is not installed: pip install 'assay[train]'."
            )


def without_bars() -> None:
    """Keep transformers from drawing progress bars of its own over ours."""
    from transformers.utils import logging

    logging.disable_progress_bar()


def versions() -> dict[str, str]:
    """The versions that decide what comes out of a stage."""
    found = {}
    for package in ("assay", *_NEEDED):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Around anything that writes below `directory`, whoever does the writing.

    Raises:
        UserError: The disk is full, or the directory cannot be written to. Torch and safetensors
            say so in errors of their own, which are told from others by how full the disk is.
    """
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or _full(directory):
            raise _no_space(directory) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise UserError(
                f"Cannot write to {str(directory)!r}: {error.strerror}; choose another place."
            ) from error
        raise
    except Exception as error:
        if "No space left" in str(error) or _full(directory):
            raise _no_space(directory) from error
        raise


def _no_space(directory: Path) -> UserError:
    return UserError(
        f"The disk of {str(directory)!r} is full; make room there and run the same command again, "
        "which goes on where it was."
    )


def _full(directory: Path) -> bool:
    existing = next((path for path in (directory, *directory.parents) if path.exists()), None)
    if existing is None:
        return False
    disk = os.statvfs(existing)
    return disk.f_bavail * disk.f_frsize < _FULL or (disk.f_files > 0 and disk.f_favail == 0)
