"""Installed Python distributions, copied or repacked as wheels, without a network.

Read by `toolchain`: the machine's own packages are copied, and an offline package index is made of
wheels that are put together again from what is installed here (by each distribution's RECORD).
"""

import base64
import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

_NOT_SHIPPED = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json")


def installed(names: Iterable[str]) -> list[Distribution]:
    """Those of `names` that are installed; the others are left out in silence."""
    found = []
    for name in names:
        try:
            found.append(distribution(name))
        except PackageNotFoundError:
            continue
    return found


def with_dependencies(names: Iterable[str]) -> list[Distribution]:
    """`names` and all that they need here, each once.

    Raises:
        PackageNotFoundError: One of `names` itself is not installed.
    """
    found: dict[str, Distribution] = {}

    def add(dist: Distribution) -> None:
        if normalised(dist.name) in found:
            return
        found[normalised(dist.name)] = dist
        for requirement in dist.requires or []:
            # A requirement for another platform, Python or extra is just not installed here;
            # one that happens to be does no harm, but extras would pull in half the environment.
            if "extra ==" not in requirement:
                word = re.match(r"[\w.-]+", requirement)
                for needed in installed([word.group()] if word else []):
                    add(needed)

    for name in names:
        add(distribution(name))
    return list(found.values())


def normalised(name: str) -> str:
    """A project name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def shipped_files(dist: Distribution) -> Iterator[tuple[Path, str]]:
    """Path here and path below site-packages of every file that the wheel brought."""
    for file in dist.files or []:
        path = Path(str(dist.locate_file(file)))
        inside = not file.parts[0].startswith("..") and not file.is_absolute()
        made_here = file.suffix == ".pyc" or (
            file.name in _NOT_SHIPPED and file.parts[0].endswith(".dist-info")
        )
        if inside and not made_here and path.is_file():
            yield path, file.as_posix()


def copy_distribution(dist: Distribution, site_packages: Path) -> None:
    """Lay `dist` out in `site_packages` as an installer would, without its scripts."""
    record = []
    for source, name in shipped_files(dist):
        target = site_packages / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        record.append(f"{name},,\n")
        if name.endswith(".dist-info/METADATA"):
            info = target.parent
    (info / "INSTALLER").write_text("pip\n")
    record += [f"{info.name}/INSTALLER,,\n", f"{info.name}/RECORD,,\n"]
    (info / "RECORD").write_text("".join(record))


def repack(dist: Distribution, directory: Path) -> Path:
    """Make a wheel of an installed distribution.

    The wheel carries the tags under which it was installed here, so it fits this machine and
    this Python at least.
    """
    wheel_text = dist.read_text("WHEEL") or ""
    tags = [line.split(":", 1)[1].strip() for line in wheel_text.splitlines() if line[:4] == "Tag:"]
    parts = [sorted({tag.split("-")[i] for tag in tags}) for i in range(3)] if tags else []
    tag = "-".join(".".join(part) for part in parts) or "py3-none-any"
    stem = f"{re.sub(r'[-_.]+', '_', dist.name)}-{dist.version}"
    wheel = directory / f"{stem}-{tag}.whl"
    record, record_name = [], ""
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for source, name in shipped_files(dist):
            content = source.read_bytes()
            # A fixed date: the same installed files make the same wheel.
            archive.writestr(_entry(name), content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record.append(f"{name},sha256={digest.decode()},{len(content)}\n")
            if name.endswith(".dist-info/METADATA"):
                record_name = f"{name.rpartition('/')[0]}/RECORD"
        archive.writestr(_entry(record_name), "".join([*record, f"{record_name},,\n"]))
    return wheel


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def write_index(names: Iterable[str], directory: Path) -> None:
    """Make a package index (PEP 503) of `names`, where installed, that pip reads over file://."""
    simple, files = directory / "simple", directory / "packages"
    simple.mkdir(parents=True)
    files.mkdir()
    links = []
    for dist in with_dependencies(dist.name for dist in installed(names)):
        wheel = repack(dist, files)
        project = simple / normalised(dist.name)
        project.mkdir(exist_ok=True)
        python = dist.metadata.get("Requires-Python")
        requires = f' data-requires-python="{_escaped(python)}"' if python else ""
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (project / "index.html").write_text(
            f"<!DOCTYPE html>\n<title>Links for {project.name}</title>\n"
            f'<a href="../../packages/{wheel.name}#sha256={digest}"'
            f"{requires}>{wheel.name}</a>\n"
        )
        links.append(f'<a href="{project.name}/">{project.name}</a>\n')
    (simple / "index.html").write_text(
        "<!DOCTYPE html>\n<title>Simple index</title>\n" + "".join(sorted(links))
    )


def _escaped(text: str) -> str:
    return text.replace(">", "&gt;").replace("<", "&lt;")
