"""Builds a scenario's repository with its git history, and carries it into a sandbox.

A workspace is built once a day and process with the host's git, then travels as one tar archive.
"""

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

from assay.errors import ScenarioError
from assay.scenarios.files import load_yaml, render_today
from assay.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from inspect_ai.util import SandboxEnvironment

HOME = "home/dev"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)")
_IGNORED = {".git", "__pycache__", ".pytest_cache"}
_CLONED = timedelta(minutes=47)  # after the last commit, whoever owns the machine fetched it
_GIT_CONFIG = """\
[user]
\tname = {name}
\temail = {email}
[init]
\tdefaultBranch = main
"""


class Commit(BaseModel):
    """One commit of `history.yaml`; its changes apply in the order overlay, add, remove."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    author: str
    date: str
    message: str
    overlay: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class History(BaseModel):
    """`history.yaml`: commits, oldest first, and what is left uncommitted.

    Attributes:
        user: Whose machine it is, as `Name <mail>`; who committed last where it is not given.
        zone: Where the authors live, such as Europe/Amsterdam. Their clocks then show its offset
            on each day, whatever offset a commit's date has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    branch: str = "main"
    user: str | None = None
    zone: str | None = None
    commits: tuple[Commit, ...] = Field(min_length=1)
    uncommitted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workspace:
    """A built workspace.

    Attributes:
        archive: Uncompressed tar with `home/dev/...` and `srv/git/...`, to be unpacked at `/`.
        files: The repository's files by relative path, without git's own.
    """

    archive: bytes
    files: Mapping[str, bytes]


async def lay_out(sandbox: "SandboxEnvironment", archive: bytes) -> None:
    """Unpack an archive at the root of a sandbox, owned by its user."""
    carried = "/tmp/.layout.tar"
    await sandbox.write_file(carried, archive)
    unpack = f"tar --no-same-owner -xf {carried} -C / && rm {carried}"
    result = await sandbox.exec(["/bin/sh", "-c", unpack])
    if not result.success:
        raise RuntimeError(f"Could not lay out the workspace: {result.stderr}")


def workspace(scenario: Scenario, today: date) -> Workspace:
    """The scenario's workspace as it stands on the day of the run; empty for a plain chat.

    Raises:
        ScenarioError: The history does not lead to the workspace.
    """
    if scenario.repository is None:
        return Workspace(b"", {})
    folder = scenario.part("history.yaml").parent
    return _build(folder, scenario.repository, today, _changed(folder))


def pack_files(files: Mapping[str, bytes], below: str) -> bytes:
    """A tar archive of `files` below a directory (no leading slash)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(f"{below}/{name}")
            member.size = len(content)
            member.mode = 0o755 if content.startswith(b"#!") else 0o644
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _changed(folder: Path) -> int:
    """When a file of the workspace or its history was last changed, so that edits are seen."""
    parts = [folder / "history.yaml", *folder.glob("workspace/**/*"), *folder.glob("history/**/*")]
    return max(path.stat().st_mtime_ns for path in parts)


@lru_cache(maxsize=64)
def _build(folder: Path, repository: str, today: date, _changed: int) -> Workspace:
    history = load_yaml(folder / "history.yaml", History)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        made, final = root / "made", root / "final"
        tree = root / HOME / repository
        _copy_rendered(folder / "workspace", final, today)
        last = _commit_all(made, final, folder, history, today)
        _compare(made, final, folder, history)
        user = _identity(history.user or history.commits[-1].author)
        remote = root / "srv" / "git" / f"{repository}.git"
        _git(root, "clone", "-q", "--bare", "--no-hardlinks", "--template=", str(made), str(remote))
        _git(remote, "remote", "remove", "origin")
        _clone(root, remote, tree, user, last + _CLONED)
        shutil.copytree(final, tree, dirs_exist_ok=True)  # brings in what is left uncommitted
        _git(tree, "status", "--short")  # refreshes the index
        config = _GIT_CONFIG.format(name=user[0], email=user[1])
        (root / HOME / ".gitconfig").write_text(config, encoding="utf-8")
        return Workspace(_pack(root), _read(final))


def _clone(root: Path, remote: Path, tree: Path, user: tuple[str, str], moment: datetime) -> None:
    """The repository as a person has it: cloned from the remote, and with no other past."""
    tree.parent.mkdir(parents=True)
    who = dict(zip(("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), user, strict=True))
    when = {"GIT_COMMITTER_DATE": moment.isoformat()}
    clone = ("clone", "-q", "--no-hardlinks", "--template=", str(remote), str(tree))
    _git(root, *clone, **who, **when)
    _git(tree, "remote", "set-url", "origin", f"/{remote.relative_to(root)}")
    for log in (tree / ".git" / "logs").rglob("*"):
        if log.is_file():
            log.write_text(log.read_text("utf-8").replace(str(root), ""), encoding="utf-8")


def _commit_all(tree: Path, final: Path, folder: Path, history: History, today: date) -> datetime:
    """Make every commit; the moment of the last one."""
    tree.mkdir(parents=True)
    _git(tree, "init", "-q", "-b", history.branch)
    for number, commit in enumerate(history.commits):
        where = f"{folder / 'history.yaml'}: commits.{number}"
        if commit.overlay is not None:
            overlay = folder / "history" / commit.overlay
            if not overlay.is_dir():
                raise ScenarioError(f"{where}: overlay {commit.overlay!r}: no folder {overlay}.")
            _copy_rendered(overlay, tree, today)
        for pattern in commit.add:
            paths = [path for path in final.glob(_files(pattern)) if path.is_file()]
            if not paths:
                raise ScenarioError(f"{where}: add {pattern!r} matches nothing in workspace/.")
            for path in paths:
                target = tree / path.relative_to(final)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
        for pattern in commit.remove:
            for path in list(tree.glob(_files(pattern))):
                path.unlink()
        name, email = _identity(commit.author)
        moment = _moment(commit.date, history.zone, today, where)
        _git(tree, "add", "-A")
        _git(
            tree,
            *("commit", "-q", "--allow-empty", "-m", render_today(commit.message, today)),
            GIT_AUTHOR_NAME=name,
            GIT_AUTHOR_EMAIL=email,
            GIT_AUTHOR_DATE=moment.isoformat(),
            GIT_COMMITTER_NAME=name,
            GIT_COMMITTER_EMAIL=email,
            GIT_COMMITTER_DATE=moment.isoformat(),
        )
    return moment


def _identity(author: str) -> tuple[str, str]:
    """Name and mail of `Name <mail>`."""
    name, _, email = author.removesuffix(">").partition(" <")
    return name, email


def _moment(text: str, zone: str | None, today: date, where: str) -> datetime:
    """A commit's date, at the offset that its zone has on that day."""
    rendered = render_today(text, today)
    if not _MOMENT.fullmatch(rendered):
        raise ScenarioError(
            f"{where}.date: {text!r} is no moment; write "
            '"{{today-12}}T10:04:31+01:00" or "2026-01-31T10:04:31+01:00".'
        )
    moment = datetime.fromisoformat(rendered)
    if zone is None:
        return moment
    try:
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ScenarioError(
            f"{where}: zone {zone!r} is unknown; write one such as Europe/Amsterdam."
        ) from error


def _files(pattern: str) -> str:
    """`notes/**` means every file below, as git and shells have it."""
    return f"{pattern}/*" if pattern.endswith("**") else pattern


def _compare(tree: Path, final: Path, folder: Path, history: History) -> None:
    """Refuse a history that ends anywhere but at the workspace."""
    loose = {
        path.relative_to(final).as_posix()
        for pattern in history.uncommitted
        for path in final.glob(_files(pattern))
    }
    committed, wanted = _read(tree), _read(final)
    differing = sorted(
        name
        for name in committed.keys() | wanted.keys()
        if committed.get(name) != wanted.get(name) and name not in loose
    )
    if differing:
        raise ScenarioError(
            f"{folder / 'history.yaml'}: after the last commit these files differ from workspace/: "
            f"{', '.join(differing[:5])}; commit them as they stand, or list them as uncommitted."
        )


def _copy_rendered(source: Path, target: Path, today: date) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and not _IGNORED & set(path.parts):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes()
            if b"{{today" in content:
                content = render_today(content.decode("utf-8"), today).encode("utf-8")
            copy.write_bytes(content)
            copy.chmod(0o755 if content.startswith(b"#!") else 0o644)


def _read(tree: Path) -> dict[str, bytes]:
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and not _IGNORED & set(path.relative_to(tree).parts)
    }


def _git(directory: Path, *arguments: str, **environment: str) -> None:
    subprocess.run(
        ["git", *arguments],
        cwd=directory,
        check=True,
        capture_output=True,
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(directory),
            "GIT_CONFIG_NOSYSTEM": "1",
            **environment,
        },
    )


def _pack(root: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in (f"{HOME}", "srv/git"):
            for path in sorted((root / name).iterdir()):
                archive.add(path, arcname=path.relative_to(root).as_posix())
    return buffer.getvalue()
