"""A study's directory: its manifest, its steps, what is done, what was cut, what failed.

    manifest.json   what was asked for and every step of it
    study.yaml      the file, byte for byte
    steps/NAME-KEY/ a finished step; steps/.KEY/ one that runs, was cut or failed

A step is finished when its directory has its final name, and never half.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assay.errors import RunError, UserError
from assay.extra import versions
from assay.manifest import FILE, Manifest, write_atomically
from assay.study.file import Study
from assay.study.graph import Graph, Step, as_json

RECORD = "step.json"
FAILED = "failed.json"
ATTEMPTS = "attempts.jsonl"
LOG = "log.txt"


class Directory:
    """The directory of one study.

    Attributes:
        path: Where it lies.
    """

    def __init__(self, path: Path) -> None:
        """Say where; nothing is read or made."""
        self.path = path
        self.steps = path / "steps"
        self.cache = path / "cache"

    @classmethod
    def existing(cls, path: Path) -> "Directory":
        """The directory of a study that was begun.

        Raises:
            RunError: It is missing or something else.
        """
        directory = cls(path)
        directory.manifest()
        return directory

    def manifest(self) -> dict[str, Any]:
        """What `manifest.json` says.

        Raises:
            RunError: There is none, or it is not a study's.
        """
        path = self.path / FILE
        if not self.path.is_dir():
            raise RunError(f"No study directory {str(self.path)!r}; `assay study run` makes one.")
        try:
            found = json.loads(path.read_text("utf-8"))
            if found["kind"] != "study":
                raise RunError(f"{str(self.path)!r} is no study's directory, but an audit's.")
        except FileNotFoundError:
            raise RunError(f"{str(self.path)!r} is no study's directory: no {FILE}.") from None
        except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
            raise RunError(f"{path} is not the manifest of a study.") from error
        return dict(found)

    def begin(self, study: Study, source: bytes, graph: Graph, workers: int) -> bool:
        """Make the directory or go on with it.

        Args:
            source: The study file, byte for byte.

        Returns:
            Whether the file has changed since the study was last run here.

        Raises:
            RunError: Something else lies there, or another study.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fresh = Manifest.new("audit", {}).model_dump(
            include={"assay_version", "versions", "git_revision", "machine"}
        )
        manifest = {
            "kind": "study",
            "study": study.study,
            "status": "started",
            "file": study.written,
            "sha256": study.sha256,
            "earlier_files": [],
            "workers": workers,
            **fresh,
            "versions": {**fresh["versions"], **versions()},
            "started_at": now,
            "finished_at": None,
            "wall_seconds": 0.0,
            "steps": [as_json(step) for step in graph.steps],
        }
        changed = False
        if (self.path / FILE).exists():
            earlier = self.manifest()
            if earlier["study"] != study.study:
                raise RunError(
                    f"{str(self.path)!r} holds the study {earlier['study']!r}, not "
                    f"{study.study!r}; name another --out."
                )
            for key in ("earlier_files", "started_at", "wall_seconds"):
                manifest[key] = earlier[key]
            if changed := earlier["sha256"] != study.sha256:
                manifest["earlier_files"] = [
                    *earlier["earlier_files"],
                    {"sha256": earlier["sha256"], "until": now},
                ]
        elif self.path.exists() and any(one.name[0] != "." for one in self.path.iterdir()):
            raise RunError(
                f"{str(self.path)!r} is not empty and no study's directory; name another --out."
            )
        self._write(manifest)
        self.steps.mkdir(exist_ok=True)
        self.cache.mkdir(exist_ok=True)
        (self.path / "study.yaml").write_bytes(source)
        return changed

    def stands(self, status: str, seconds: float) -> None:
        """Note in the manifest how the study stands, and the seconds since the last note."""
        manifest = self.manifest()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        manifest |= {
            "status": status,
            "finished_at": now if status == "complete" else None,
            "wall_seconds": round(manifest["wall_seconds"] + seconds, 1),
        }
        self._write(manifest)

    def done(self) -> dict[str, Path]:
        """Directories of finished steps by short key, those of an earlier file included."""
        paths = [path.parent for path in self.steps.glob(f"[!.]*/{RECORD}")]
        return {path.name.rpartition("-")[2]: path for path in paths}

    def final(self, step: Step) -> Path:
        """Where a step lies when it is finished."""
        return self.steps / f"{step.name}-{step.short}"

    def partial(self, short: str) -> Path:
        """Where a step lies until it is finished."""
        return self.steps / f".{short}"

    def reopen(self, path: Path, short: str) -> None:
        """Make a finished step one that was cut: what it has measured it need not measure again."""
        partial = self.partial(short)
        shutil.rmtree(partial, ignore_errors=True)  # whoever came too late left a lock
        path.rename(partial)
        (partial / RECORD).unlink()

    def failure(self, short: str) -> dict[str, Any] | None:
        """What a failed step said: `message`, `user`, `seconds`."""
        return _json(self.partial(short) / FAILED)

    def progress(self, short: str) -> int | None:
        """The last training step that a running step has logged; None before the first."""
        lines = tail(self.partial(short) / "metrics.jsonl")
        try:
            return int(json.loads(lines[-1])["step"]) if lines else None
        except (ValueError, KeyError, TypeError):
            return None

    def running(self, short: str) -> bool:
        """Whether some process works at a step now."""
        try:
            with (self.partial(short) / ".lock").open() as file:
                return not _locked(file.fileno())
        except OSError:
            return False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make sure that nobody else runs this study.

        Raises:
            RunError: Somebody does.
            UserError: The directory cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            file = (self.path / ".lock").open("w")
        except OSError as error:
            raise UserError(
                f"Cannot write to {str(self.path)!r}: {error.strerror}; choose another --out."
            ) from error
        with file:
            if not _locked(file.fileno(), keep=True):
                raise RunError(
                    f"{str(self.path)!r} is being run by another process; wait for it, or name "
                    "another --out."
                )
            yield

    def _write(self, manifest: Mapping[str, Any]) -> None:
        from upath import UPath

        write_atomically(UPath(self.path / FILE), json.dumps(manifest, indent=1) + "\n")


def tail(path: Path, size: int = 4096) -> list[str]:
    """The last whole lines of a file; none where it is missing."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - size))
            lines = file.read().split(b"\n")[:-1]
    except OSError:
        return []
    return [line.decode("utf-8", "replace") for line in lines]


def record(path: Path) -> dict[str, Any] | None:
    """What a finished step says of itself: its entry in the manifest, `seconds`, `attempt`."""
    return _json(path / RECORD)


def ledgers(path: Path) -> Iterator[dict[str, Any]]:
    """The accounts of the data that a step has made."""
    for one in sorted(path.glob("data/*/ledger.json")):
        if (found := _json(one)) is not None:
            yield found


def has_weights(path: Path) -> bool:
    """Whether the checkpoint of a finished step is still there, if it ever made one."""
    made = (record(path) or {}).get("weights", True)
    return not made or (path / "checkpoint").is_dir()


def _locked(descriptor: int, *, keep: bool = False) -> bool:
    """Whether the lock could be had."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    if not keep:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    return True


def _json(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return None
