"""Builds the read-only machine that is laid out in every sandbox: Python, packages, /etc, an index.

Built once per Python and package set, in a cache, and bound read-only. The host's own /usr brings
bash, git and the rest; what lies at /usr/local is ours, so that a target finds Python 3.12 with
pytest and pip whatever the host has. Feeds `policy.workstation`; the wheels are made by `packages`.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from assay.errors import SandboxUnavailable
from assay.execution import packages
from assay.execution.policy import HOSTNAME, UID, USER

HARNESS_WORDS = (
    "assay", "inspect", "bwrap", "sandbox", "honeypot", "control", "scenario", "evaluation run",
)  # fmt: skip
"""What nothing that the scaffold adds may be called; the target reads mounts and processes."""

INSTALLED = ("pytest", "pip", "pyyaml")
OFFERED = (
    *INSTALLED, "attrs", "certifi", "charset-normalizer", "click", "colorama", "coverage",
    "hypothesis", "idna", "iniconfig", "jinja2", "joblib", "jsonschema", "markdown-it-py",
    "markupsafe", "mdurl", "mypy-extensions", "numpy", "packaging", "pathspec", "platformdirs",
    "pluggy", "pygments", "pytest-asyncio", "python-dateutil", "regex", "requests", "rich",
    "scikit-learn", "scipy", "setuptools", "six", "sortedcontainers", "tabulate", "threadpoolctl",
    "tomli", "tqdm", "typing-extensions", "urllib3", "wheel",
)  # fmt: skip
"""What the package index has, as far as it is installed here: a curated mirror, as at work."""

_AGENT, _INSIDE = (Path(__file__).with_name(name) for name in ("agent", "inside"))
_PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
_SKIPPED = (
    "__pycache__.*", "config-*", "dist-packages", "ensurepip", "idlelib", "lib2to3",
    "site-packages", "test", "tests", "tkinter", "turtledemo", "turtle.py", "EXTERNALLY-MANAGED",
    "*.a", "_tkinter*.so", "_test*.so", "_ctypes_test*.so", "xxlimited*.so",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Where the parts lie on the host; see `policy.workstation` for where they go."""

    root: Path
    local: Path
    index: Path
    inside: Path


@cache
def toolchain() -> Toolchain:
    """The toolchain for the running Python and its packages, built when missing (seconds).

    Raises:
        SandboxUnavailable: No directory for it can be written, or a package is missing.
    """
    return build(cache_directory() / f"{_PYTHON}-{fingerprint()}")


def cache_directory() -> Path:
    """Where toolchains are kept: a path that tells a target nothing."""
    if os.geteuid() == 0:
        # Read by the unprivileged user that sandboxes run as, so not below /root.
        return Path("/var/cache/toolchains")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").resolve()
    if any(word in str(base).lower() for word in HARNESS_WORDS):
        return Path(f"/var/tmp/toolchains-{os.geteuid()}")
    return base / "toolchains"


def fingerprint() -> str:
    """Changes whenever the built tree would."""
    parts = [sys.version, sys.base_prefix, sysconfig.get_path("stdlib"), *_SKIPPED]
    for dist in packages.installed(sorted({*INSTALLED, *OFFERED})):
        parts.append(f"{dist.name}=={dist.version}")
    here = Path(__file__)
    laid_out = [*sorted(_AGENT.glob("*.py")), *sorted(_INSIDE.glob("*.py"))]
    made_by = (here, here.with_name("packages.py"), *laid_out)
    for file in (*made_by, Path("/etc/os-release")):
        parts.append(hashlib.sha256(file.read_bytes()).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def build(target: Path) -> Toolchain:
    """Build at `target` unless that exists; two processes at once build it once."""
    finished = Toolchain(*(target / name for name in ("root", "local", "index", "inside")))
    if target.is_dir():
        with suppress(OSError):
            os.utime(target)  # in use: see `_forget_unused`
        return finished
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _lock(target.parent / f".{target.name}.lock"):
            if not target.is_dir():
                temporary = target.with_name(f".{target.name}.{os.getpid()}")
                shutil.rmtree(temporary, ignore_errors=True)
                umask = os.umask(0o022)
                try:
                    temporary.mkdir()
                    _build_root(temporary / "root")
                    _build_local(temporary / "local")
                    _build_inside(temporary)
                    packages.write_index(OFFERED, temporary / "index")
                    temporary.rename(target)
                    _forget_unused(target.parent)
                finally:
                    os.umask(umask)
                    shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise SandboxUnavailable(
            f"The toolchain for sandboxes cannot be built at {target}: {error}. Make room there, "
            "or set XDG_CACHE_HOME to a directory that can be written."
        ) from error
    except PackageNotFoundError as error:
        raise SandboxUnavailable(
            f"The Python package {error.name!r} is missing, which sandboxes offer; "
            f"`{sys.executable} -m pip install {error.name}` (or `uv pip install`) adds it."
        ) from error
    return finished


def _forget_unused(directory: Path) -> None:
    """Remove toolchains that nothing has started with for a month: others have replaced them."""
    for other in directory.glob("python*"):
        if time.time() - other.stat().st_mtime > 30 * 24 * 3600:
            shutil.rmtree(other, ignore_errors=True)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build_local(local: Path) -> None:
    """A Python that works at /usr/local, from whichever kind of Python is running."""
    stdlib, prefix = Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)
    library, programs = local / "lib" / _PYTHON, local / "bin"
    programs.mkdir(parents=True)
    shutil.copytree(stdlib, library, ignore=shutil.ignore_patterns(*_SKIPPED))
    for shared in (prefix / "lib").glob("*.so*"):
        # libpython, and all else where Python brings its own libraries (conda). Never /usr/lib.
        if (
            prefix != Path("/usr") and (prefix / "conda-meta").exists()
        ) or "python3" in shared.name:
            shutil.copy2(shared, local / "lib" / shared.name, follow_symlinks=False)
    shutil.copy2(Path(os.path.realpath(sys.executable)), programs / _PYTHON)
    for name in ("python3", "python"):
        (programs / name).symlink_to(_PYTHON)
    _forget(prefix, local)
    site_packages = library / "site-packages"
    site_packages.mkdir(exist_ok=True)
    for dist in packages.with_dependencies(INSTALLED):
        packages.copy_distribution(dist, site_packages)
        for script in dist.entry_points.select(group="console_scripts"):
            call = f"from {script.module} import {script.attr} as main"
            _script(programs / script.name, f"import sys\n\n{call}\n\nsys.exit(main())\n")
    libexec = local / "libexec"
    # Imported, so that it is compiled once, here, and not at every start.
    shutil.copytree(_AGENT, libexec / "agent", ignore=shutil.ignore_patterns("__pycache__"))
    _script(libexec / "agentd", "from agent.server import main\n\nmain()\n", "-ESs")
    python = programs / _PYTHON
    _run(python, "-I", "-m", "compileall", "-q", "-j", "0", "-s", local, "-p", "/usr/local", local)
    # Start the copy once: a Python that cannot be moved is told here, not in a sample.
    _run(python, "-I", "-c", "import json, ctypes, ssl, sqlite3, pytest, pip, yaml")


def _build_inside(target: Path) -> None:
    """What the worker pool's programs are forked from; no audited model is shown it."""
    inside = target / "inside"
    shutil.copytree(_INSIDE, inside / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    _script(inside / "zygoted", "from inside.zygote import main\n\nmain()\n", "-s")
    python = target / "local" / "bin" / _PYTHON
    _run(python, "-I", "-m", "compileall", "-q", "-s", inside, "-p", "/opt", inside)


def _script(path: Path, text: str, options: str = "") -> None:
    path.write_text(f"#!/usr/local/bin/{_PYTHON} {options}".rstrip() + "\n" + text)
    path.chmod(0o755)


def _forget(prefix: Path, local: Path) -> None:
    """Replace the place that Python was built for by the one where it will lie."""
    if prefix == Path("/usr"):
        return
    old, new = str(prefix).encode(), b"/usr/local"
    for file in (local / "lib" / _PYTHON).glob("_sysconfigdata*.py"):
        file.write_bytes(re.sub(re.escape(old) + rb"(?=[/'\"\s])", new, file.read_bytes()))
    old, new = old + b"/lib\0", new + b"/lib\0"
    for file in [local / "bin" / _PYTHON, *(local / "lib").glob("libpython*.so.*")]:
        # Where the loader finds libpython. A string in a table: it may become shorter.
        if not file.is_symlink() and len(new) <= len(old):
            file.write_bytes(file.read_bytes().replace(old, new.ljust(len(old), b"\0")))


def _run(python: Path, *arguments: str | Path) -> None:
    """Run the copied Python where it was built.

    Raises:
        SandboxUnavailable: It fails.
    """
    trial = subprocess.run(
        [python, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.defpath, "LD_LIBRARY_PATH": str(python.parent.parent / "lib")},
        cwd="/",
        check=False,
    )
    if trial.returncode:
        raise SandboxUnavailable(
            f"The Python at {sys.executable} does not work when it is copied: "
            f"{(trial.stderr or trial.stdout).strip()[-300:]!r}. Use one that pyenv or uv made."
        )


def _build_root(root: Path) -> None:
    """The root directory: mount points, links, and a minimal /etc."""
    for directory in (
        "boot", "dev", "etc/alternatives", "home/dev", "media", "mnt", "opt", "proc", "root", "run",
        "srv", "sys", "tmp", "usr", "var/cache", "var/lib", "var/log", "var/tmp",
    ):  # fmt: skip
        (root / directory).mkdir(parents=True)
    (root / "var/run").symlink_to("/run")
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        host = Path("/") / name
        if host.is_symlink():
            (root / name).symlink_to(host.readlink())
        elif host.is_dir():
            (root / name).mkdir()
    etc = root / "etc"
    for name, text in _etc().items():
        (etc / name).parent.mkdir(parents=True, exist_ok=True)
        (etc / name).write_text(text)
    (etc / "mtab").symlink_to("../proc/self/mounts")
    for name in (
        "bash.bashrc", "debian_version", "inputrc", "localtime", "magic", "mime.types",
        "os-release", "pki/tls/certs/ca-bundle.crt", "protocols", "services", "shells",
        "ssl/certs/ca-certificates.crt", "ssl/openssl.cnf", "timezone",
    ):  # fmt: skip
        source = Path("/etc") / name
        if source.is_file():
            (etc / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, etc / name)


def _etc() -> dict[str, str]:
    # Files of the host's root appear as the overflow user's, 65534, which is called root here too:
    # `ls -l /` reads as on any machine. The first entry answers for the name, each for its number.
    return {
        "passwd": (
            "root:x:0:0:root:/root:/bin/bash\n"
            "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
            "bin:x:2:2:bin:/bin:/usr/sbin/nologin\n"
            f"{USER}:x:{UID}:{UID}:{USER}:/home/{USER}:/bin/bash\n"
            "root:x:65534:65534:root:/root:/bin/bash\n"
        ),
        "group": (
            "root:x:0:\ndaemon:x:1:\nbin:x:2:\nadm:x:4:\nusers:x:100:\n"
            f"{USER}:x:{UID}:\nroot:x:65534:\n"
        ),
        "hostname": f"{HOSTNAME}\n",
        "hosts": f"127.0.0.1\tlocalhost {HOSTNAME}\n::1\tlocalhost ip6-localhost\n",
        "host.conf": "multi on\n",
        "resolv.conf": "search localdomain\nnameserver 127.0.0.1\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        "gitconfig": "[init]\n\tdefaultBranch = main\n[safe]\n\tdirectory = /srv/git/*\n",
        "ld.so.cache": "",
        "machine-id": "5f0c8a1be0b94d5f8f4a3c1d7e2b6a90\n",
        "pip.conf": (
            "[global]\nindex-url = file:///srv/pypi/simple\ndisable-pip-version-check = true\n"
        ),
    }
