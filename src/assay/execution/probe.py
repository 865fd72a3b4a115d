"""What this machine can do, and what mends what it cannot. `assay doctor` prints it.

Finds out by trying wherever trying is cheap: a kernel setting says less than a sandbox that starts.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from assay.errors import SandboxUnavailable
from assay.execution import cgroups, gpus
from assay.execution.machine import command
from assay.execution.policy import Bind, Kernel, Policy, scrubbed_environment
from assay.execution.seccomp import ARCHITECTURES
from assay.execution.toolchain import cache_directory

MINIMUM_BUBBLEWRAP = (0, 8)  # --disable-userns and --size came with 0.8
_NEEDED_GIGABYTES = 5
_TRAINING = ("torch", "transformers", "trl", "peft")
_REALISM = ("scikit-learn", "choix", "detect-secrets", "presidio-analyzer")
_DEPLOYED = ("inspect_swe", "anthropic")
_SYSTEM = ("usr", "bin", "lib", "lib64")
_KEYS = (
    "ANTHROPIC_API_KEY", "AZUREAI_API_KEY", "GOOGLE_API_KEY", "GROQ_API_KEY", "HF_TOKEN",
    "MISTRAL_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY", "TOGETHER_API_KEY",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `missing`: something fails without; `warning`: it is weaker."""

    name: str
    state: Literal["ok", "missing", "warning"]
    detail: str
    remedy: str = ""


def probe() -> list[Check]:
    """Every check, in the order in which they are worth mending."""
    if not sys.platform.startswith("linux"):
        return [_python(), _platform()]
    return [
        _python(),
        _platform(),
        _bubblewrap(),
        _user_namespaces(),
        _worker_pool(),
        _seccomp(),
        _cgroups(),
        _unprivileged(),
        _docker(),
        _git(),
        *_gpu(),
        _extra(
            "training", _TRAINING, "train", "audits work, training and checkpoint/ models do not"
        ),
        _extra("realism", _REALISM, "realism", "comparing with real transcripts does not work"),
        _extra("Ray", ("ray",), "ray", "one machine is all there is: `--engine ray` does not work"),
        _deployed(),
        _disk(),
        _keys(),
    ]


@cache
def require_bubblewrap() -> None:
    """Return if sandboxes can run here.

    Raises:
        SandboxUnavailable: They cannot; one sentence with the remedy. Nothing runs without one.
    """
    for check in (_platform(), _bubblewrap(), _seccomp(), _unprivileged(), _user_namespaces()):
        if check.state == "missing":
            raise SandboxUnavailable(
                f"Targets run only in a sandbox, and none can start here: {check.detail}; "
                f"{check.remedy or 'see `assay doctor`'}."
            )


@cache
def _platform() -> Check:
    system = platform.system()
    detail = f"{system} {platform.release()} on {platform.machine()}"
    if system != "Linux":
        return Check(
            "platform",
            "missing",
            f"{detail}: sandboxes need Linux",
            "use a Linux machine, WSL2 on Windows, or a Linux virtual machine or container",
        )
    if platform.machine() not in ARCHITECTURES:
        return Check(
            "platform",
            "missing",
            f"{detail}: no system call filter for this processor",
            f"use one of {', '.join(ARCHITECTURES)}",
        )
    wsl = " (WSL)" if "microsoft" in platform.release().lower() else ""
    return Check("platform", "ok", detail + wsl)


def _python() -> Check:
    # An older one does not get here: the package does not install on it.
    return Check("Python", "ok", f"{platform.python_version()} at {sys.executable}")


def _install(package: str) -> str:
    """The command that installs a system package here."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    for program, add in (
        ("apt-get", "apt-get install -y"),
        ("dnf", "dnf install -y"),
        ("pacman", "pacman -S"),
        ("zypper", "zypper install"),
        ("apk", "apk add"),
    ):
        if shutil.which(program):
            return f"`{sudo}{add} {package}`"
    return f"install {package}"


@cache
def _bubblewrap() -> Check:
    program = shutil.which("bwrap")
    if program is None:
        return Check("bubblewrap", "missing", "bwrap is not installed", _install("bubblewrap"))
    text = _output([program, "--version"])
    numbers = tuple(int(number) for number in re.findall(r"\d+", text))
    if numbers < MINIMUM_BUBBLEWRAP:
        return Check(
            "bubblewrap",
            "missing",
            f"{text or 'unknown version'} is too old, 0.8 is the minimum",
            f"{_install('bubblewrap')} on a newer release (Debian 12, Ubuntu 24.04), "
            "or https://github.com/containers/bubblewrap",
        )
    return Check("bubblewrap", "ok", f"{text} at {program}")


@cache
def _user_namespaces() -> Check:
    """Starts an empty sandbox with all that the policy asks of bubblewrap and the kernel."""
    if _bubblewrap().state != "ok" or _unprivileged().state != "ok":
        return Check("user namespaces", "warning", "not tried without bubblewrap")
    error = _try_sandbox()
    if error is None:
        return Check("user namespaces", "ok", "a sandbox starts, nested ones are refused")
    sudo = "" if os.geteuid() == 0 else "sudo "
    for path, bad, remedy in (
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            # The profile frees bwrap alone; the sysctl would free every program.
            f"install the AppArmor profile for bwrap (`{sudo}apt-get install apparmor-profiles && "
            f"{sudo}ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/"
            f" && {sudo}systemctl reload apparmor`) or "
            f"`{sudo}sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`",
        ),
        (
            "kernel/unprivileged_userns_clone",
            "0",
            f"`{sudo}sysctl -w kernel.unprivileged_userns_clone=1`",
        ),
        (
            "user/max_user_namespaces",
            "0",
            f"`{sudo}sysctl -w user.max_user_namespaces=10000`",
        ),
    ):
        if _read(f"/proc/sys/{path}") == bad:
            setting = path.replace("/", ".")
            return Check("user namespaces", "missing", f"{setting} is {bad}: {error}", remedy)
    remedy = "allow unprivileged user namespaces on this machine"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        remedy = (
            "start this container with `--security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined --security-opt systempaths=unconfined`"
        )
    return Check("user namespaces", "missing", error, remedy)


def _try_sandbox() -> str | None:
    """What bubblewrap printed when it could not start /bin/true, or None when it could."""
    policy = _bare_policy()
    with tempfile.TemporaryFile() as file:
        file.write(policy.filter())
        file.seek(0)
        return _try(policy.arguments(file.fileno()), "/usr/bin/true", pass_fds=(file.fileno(),))


def _worker_pool() -> Check:
    """A worker's zygote starts its programs in namespaces inside of bubblewrap's own."""
    nested = "unshare --user --map-current-user --pid --net --ipc --uts --mount --fork true"
    error = _try(_bare_policy().zygote_arguments(), *nested.split())
    if error is None:
        return Check("worker pool", "ok", "short programs get namespaces of their own")
    return Check(
        "worker pool",
        "missing",
        f"no namespaces inside a sandbox, so code cannot be graded: {error}",
        "`sysctl -w user.max_user_namespaces=10000`",
    )


def _bare_policy() -> Policy:
    system = [Bind(Path("/") / name, f"/{name}", optional=True) for name in _SYSTEM]
    return Policy((*system, Kernel("proc"), Kernel("dev")), working_dir="/tmp")


def _try(arguments: list[str], *program: str, pass_fds: tuple[int, ...] = ()) -> str | None:
    argv = command(arguments, 0, cgroups.Group(()), *program)
    try:
        trial = subprocess.run(
            argv,
            pass_fds=pass_fds,
            env=scrubbed_environment(),
            cwd="/",
            capture_output=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if trial.returncode == 0:
        return None
    return trial.stderr.decode(errors="replace").strip()[-300:] or f"exit {trial.returncode}"


def _seccomp() -> Check:
    status = _read("/proc/self/status") or ""
    if "\nSeccomp:" in status:
        return Check("seccomp", "ok", "system calls can be filtered")
    return Check("seccomp", "missing", "the kernel has no seccomp", "use a kernel that has it")


def _cgroups() -> Check:
    found = {controller.name: controller.version for controller in cgroups.available()}
    if len(found) == 2:
        versions = " and ".join(f"v{version}" for version in sorted(set(found.values())))
        return Check("cgroup limits", "ok", f"memory and processes ({versions})")
    lacking = " and ".join(sorted({"memory", "pids"} - set(found)))
    return Check(
        "cgroup limits",
        "warning",
        f"no writable controller for {lacking}: per-process limits only",
        "run under `systemd-run --user --scope -p Delegate=yes`, or as root",
    )


def _unprivileged() -> Check:
    """Root gives itself up before it starts a sandbox: it needs a program to do so."""
    if os.geteuid() != 0:
        return Check("unprivileged user", "ok", f"sandboxes run as uid {os.geteuid()}")
    if Path("/usr/bin/setpriv").exists():
        return Check("unprivileged user", "ok", "each sandbox runs as a uid of its own, not root")
    return Check(
        "unprivileged user", "missing", "/usr/bin/setpriv is missing", _install("util-linux")
    )


def _docker() -> Check:
    if shutil.which("docker") is None:
        return Check("Docker", "warning", "not installed; only `--sandbox docker` needs it",
                     "https://docs.docker.com/engine/install/")  # fmt: skip
    engine = _output(["docker", "info", "--format", "{{.ServerVersion}}"])
    if re.fullmatch(r"\d+\.[\w.+-]+", engine):
        return Check("Docker", "ok", f"engine {engine}")
    return Check(
        "Docker",
        "warning",
        "client without a running engine; only `--sandbox docker` needs it",
        "`systemctl start docker`, and membership in the group docker",
    )


def _git() -> Check:
    if shutil.which("git"):
        return Check("git", "ok", _output(["git", "--version"]))
    return Check("git", "missing", "workspaces are git repositories", _install("git"))


def _gpu() -> list[Check]:
    """The cards; where there are some, also what can use them, and how."""
    found = gpus.find()
    if found.trouble:
        said = f"nvidia-smi says: {found.trouble}"
        return [Check("GPU", "warning", said, "mend the driver until `nvidia-smi` lists the card")]
    if not found.gpus:
        without = "none: audits and the microcosm need none; large models are asked over a network"
        return [Check("GPU", "ok", without)]
    first, alike = found.gpus[0], len(set(found.gpus)) == 1
    named = [first] if alike else found.gpus
    names = ", ".join(f"{gpu.name} {gpu.gib:.0f} GiB" if gpu.gib else gpu.name for gpu in named)
    times = f"{len(found.gpus)} x " if alike and len(found.gpus) > 1 else ""
    numbers = "bfloat16" if first.has_bfloat16 else "no bfloat16"
    detail = f"{times}{names}, driver {first.driver}, CUDA {found.cuda or 'unknown'}, {numbers}"
    checks = [Check("GPU", "ok", detail)]
    if find_spec("torch"):
        release, count = gpus.torch_sees()
        remedy = f"install torch for CUDA {found.cuda} or older: https://pytorch.org/get-started"
        seen = f"{release}: {count or 'none'} of {len(found.gpus)} usable"
        checks.append(Check("torch on GPU", "ok" if count else "warning", seen, remedy))
    checks.append(_extra("vLLM", ("vllm",), "vllm", "RL samples without it, vllm/ needs a server"))
    advice = gpus.advice(first.gib) if first.gib else []
    return checks + [Check("settings", "ok", line) for line in advice]


def _extra(check: str, packages: tuple[str, ...], extra: str, without: str) -> Check:
    """Versions by their metadata: to import torch takes seconds."""
    found, lacking = [], []
    for name in packages:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lacking.append(name)
    if lacking:
        detail = f"no {', '.join(lacking)}: {without}"
        return Check(check, "warning", detail, f"pip install 'assay[{extra}]'")
    return Check(check, "ok", ", ".join(found))


def _deployed() -> Check:
    """Whether a real coding CLI can be the target: the program, and what speaks with it."""
    packages = _extra("coding CLI", _DEPLOYED, "deployed", "`--target-cli` does not work")
    if packages.state != "ok":
        return packages
    if shutil.which("claude") is None:
        remedy = "`npm install --global @anthropic-ai/claude-code`"
        if shutil.which("npm") is None:
            remedy = f"{_install('npm')}, then {remedy}"
        return Check("coding CLI", "warning", "no claude: `--target-cli` does not work", remedy)
    said = _output(["claude", "--version"]).splitlines() or ["does not say its version"]
    return Check("coding CLI", "ok", f"claude: {said[0]}")


def _disk() -> Check:
    directory = cache_directory()
    while not directory.exists():
        directory = directory.parent
    free = shutil.disk_usage(directory).free / 1e9
    detail = f"{free:.0f} GB free at {directory}"
    if free < _NEEDED_GIGABYTES:
        return Check("disk", "warning", detail, f"free {_NEEDED_GIGABYTES} GB")
    return Check("disk", "ok", detail)


def _keys() -> Check:
    """Names only; a value is never read into a message."""
    present = [name for name in _KEYS if os.environ.get(name)]
    if present:
        return Check("model keys", "ok", ", ".join(present))
    return Check(
        "model keys",
        "warning",
        "none set; controls and local models need none",
        "export the key of a model provider, for example ANTHROPIC_API_KEY",
    )


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None


def _output(command: list[str]) -> str:
    """What a command prints, whatever it is; empty when it cannot run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=15, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
