"""Where run directories lie: this disk, one that machines share, or object storage, by fsspec URL.

On object storage there are no directories to make, and a put is all or nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from upath import UPath
from upath.implementations.cloud import CloudPath

from assay.errors import UserError
from assay.extra import writing as writing_here


def place(name: str) -> UPath:
    """The directory that a person names, by path or by URL.

    Raises:
        UserError: It cannot be reached; where a package would open it, or a key, it is named.
    """
    try:
        # Without a cache: other processes write there as well.
        path = UPath(name, use_listings_cache=False) if "://" in name else UPath(name)
        path.exists()
    except Exception as error:
        if not isinstance(error, ImportError | ValueError) and not _of_store(error):
            raise
        raise UserError(f"Cannot open {name!r}: {_reason(error)}.") from error
    return path


def make(directory: UPath) -> None:
    """Make a directory and those above it; never a bucket, or a misspelt one would be made."""
    if not isinstance(directory, CloudPath):
        directory.mkdir(parents=True, exist_ok=True)


def listed(directory: UPath) -> list[UPath]:
    """What lies in a directory; nothing where it is not there, as on object storage when empty."""
    return list(directory.iterdir()) if directory.is_dir() else []


@contextmanager
def writing(directory: Path | UPath) -> Iterator[None]:
    """Around what writes into a run directory, whoever does the writing.

    Raises:
        UserError: The disk is full, or the place cannot be written to.
    """
    where = UPath(directory)
    if where.protocol in ("", "file", "local"):
        with writing_here(Path(where.path)):
            yield
        return
    try:
        yield
    except Exception as error:
        if not _of_store(error):
            raise
        raise UserError(
            f"Cannot write to {str(directory)!r}: {_reason(error)}. Once that is mended the same "
            "command goes on; or choose another --out."
        ) from error


def _of_store(error: Exception) -> bool:
    """Whether a store says it; AWS has errors of its own for keys and connections."""
    return isinstance(error, OSError) or type(error).__module__.startswith("botocore.")


def _reason(error: Exception) -> str:
    told = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(told.split()).rstrip(".")
