"""A run directory and its `manifest.json`: what was asked for, with which versions, how it stands.

Everything else in a run directory can be derived from the manifest and the logs beside it.
"""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from upath import UPath
from upath.implementations.cloud import CloudPath

import assay
from assay.errors import RunError, UserError
from assay.store import listed, make, writing

FILE = "manifest.json"
_VERSIONED = ("inspect_ai", "openai", "numpy", "statsmodels", "pandas")


class Manifest(BaseModel):
    """The manifest of one run directory.

    Attributes:
        kind: What produced the directory.
        config: The settings of the run; a run goes on only with the same ones.
        status: `started` until every step is through.
        planned: How many runs the audit plans; fewer may be there.
        cells: Where a stopping rule may end the audit: each (scenario, cell) that counts for it.
        block: Where it is run in blocks, side by side: the epochs of one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["audit", "data", "petri"]
    config: dict[str, Any]
    status: Literal["started", "complete"] = "started"
    planned: int | None = None
    cells: tuple[tuple[str, str], ...] | None = None
    block: int | None = None
    assay_version: str
    versions: dict[str, str]
    git_revision: str | None
    machine: str
    started_at: str

    @classmethod
    def new(cls, kind: Literal["audit", "data", "petri"], config: dict[str, Any]) -> Self:
        """A manifest for a run that starts now, on this machine."""
        return cls(
            kind=kind,
            config=config,
            assay_version=assay.__version__,
            versions={"python": platform.python_version(), **_versions()},
            git_revision=revision(),
            machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    @classmethod
    def read(cls, directory: UPath) -> Self:
        """The manifest of a run directory.

        Raises:
            RunError: The directory is missing or is not one of Assay's.
        """
        path = directory / FILE
        if not directory.is_dir():
            raise RunError(f"No run directory {str(directory)!r}; `assay audit` makes one.")
        if not path.exists():
            raise RunError(f"{str(directory)!r} is no run directory: it holds no {FILE}.")
        try:
            return cls.model_validate_json(path.read_text("utf-8"))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise RunError(f"{path}: {key or 'content'}: {first['msg'].lower()}.") from error

    def write(self, directory: UPath) -> None:
        """Write the manifest, all or nothing."""
        write_atomically(directory / FILE, json.dumps(self.model_dump(), indent=2) + "\n")


def open_run(directory: UPath, manifest: Manifest) -> Manifest:
    """Make a run directory, or go on with the one that is there.

    Returns:
        The manifest that counts: the given one, or the earlier one of the same run.

    Raises:
        RunError: The directory belongs to something else, or to a run with other settings.
        UserError: It cannot be written.
    """
    try:
        make(directory)
        if (directory / FILE).exists():
            earlier = Manifest.read(directory)
            _same_settings(directory, earlier, manifest)
            return earlier
        if listed(directory):
            raise RunError(
                f"{str(directory)!r} is not empty and no run directory; name a new one with --out."
            )
        manifest.write(directory)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"Cannot write to {str(directory)!r}: {reason}; choose another --out."
        ) from error
    return manifest


def write_atomically(path: Path | UPath, content: str | bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it.

    Raises:
        UserError: The disk is full, or the place cannot be written to.
    """
    path = UPath(path)
    content = content.encode() if isinstance(content, str) else content
    with writing(path.parent):
        if isinstance(path, CloudPath):  # a put is all or nothing, and a rename is a copy
            path.write_bytes(content)
            return
        partial = path.with_name(f".{path.name}.{token_hex(4)}.partial")  # of this writer alone
        try:
            partial.write_bytes(content)
            partial.rename(path)
        finally:
            partial.unlink(missing_ok=True)


def _same_settings(directory: UPath, earlier: Manifest, asked: Manifest) -> None:
    for key, value in asked.config.items():
        before = earlier.config.get(key)
        if key == "today":  # a run that goes on keeps the day on which it began
            continue
        if key == "scenarios_sha" and before != value:
            raise RunError(
                f"The scenarios have changed since {str(directory)!r} was begun; its runs cannot "
                "be mixed with new ones: name another --out."
            )
        if key == "target_sha" and before != value:
            raise RunError(
                f"The weights of the target have changed since {str(directory)!r} was begun; its "
                "runs cannot be mixed with new ones: name another --out."
            )
        if before != value:
            raise RunError(
                f"{str(directory)!r} holds a run with {key} {before!r}, not {value!r}; "
                "name another --out, or ask for the same to go on with it."
            )


def _versions() -> dict[str, str]:
    found = {}
    for name in _VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def revision() -> str | None:
    """The revision of Assay's own checkout, where it runs from one."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    result = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip() or None
