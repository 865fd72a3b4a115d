"""The audit's sandbox and the worker pool get what one policy says: asked of both from inside."""

import errno
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay.execution import cgroups, policy, seccomp
from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment
from assay.execution.policy import Bind, Limits, Policy, Scratch
from assay.execution.seccomp import ARCHITECTURES, NUMBERS, Deny
from assay.execution.toolchain import toolchain
from assay.execution.workers import Pool, Program

PLACE = Path("/x")
COLUMN = list(ARCHITECTURES).index(os.uname().machine)


async def in_the_pool(source: str) -> str:
    async with Pool(1) as pool:
        execution = await pool.run(Program(source))
    assert execution.exit == 0, execution.stderr
    return execution.stdout


async def in_the_audits_sandbox(source: str) -> str:
    environment = BwrapSandboxEnvironment(BwrapConfig())
    result = await environment.exec(["python3", "-"], input=source)
    await environment.stop()
    assert result.success, result.stderr
    return result.stdout


def of_the_pool() -> Policy:
    return policy.short_program(root=PLACE, local=PLACE, inside=PLACE)


def of_the_audit() -> Policy:
    return policy.workstation(root=PLACE, local=PLACE, index=PLACE)


Inside = tuple[Callable[[str], Awaitable[str]], Callable[[], Policy]]


@pytest.fixture(params=[(in_the_pool, of_the_pool), (in_the_audits_sandbox, of_the_audit)],
                ids=["pool", "audit"])  # fmt: skip
def both(request: pytest.FixtureRequest) -> Inside:
    return request.param


def forbidden(deny: Deny) -> list[int]:
    """Arguments for which a rule holds."""
    arguments = [0] * 6
    for test in deny.when:
        arguments[test.argument] = (
            test.value if test.equal else 40 if test.mask == 0xFFFFFFFF else test.mask
        )
    netlink = [
        test for test in deny.when if (test.argument, test.value, test.equal) == (2, 0, False)
    ]
    return [16, 3, 12, 0, 0, 0] if netlink else arguments


CALLS = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
answers = []
for number, arguments in {calls}:
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    if result == 0 and number in (56, 220): os._exit(0)
    answers.append(ctypes.get_errno() if result == -1 else -1)
print(json.dumps(answers))
"""


async def test_every_denied_call_is_denied(both: Inside):
    run, expected = both
    denied = [deny for deny in expected().denied if NUMBERS[deny.call][COLUMN] is not None]
    calls = [(NUMBERS[deny.call][COLUMN], forbidden(deny)) for deny in denied]
    answers = json.loads(await run(CALLS.format(calls=calls)))
    wrong = [(d, a) for d, a in zip(denied, answers, strict=True) if a != d.error]
    assert not wrong
    assert len(answers) > 60


LOOK = """
import json, os, re, resource
status = dict(re.findall(r"(\\\\w+):\\\\t(.*)\\\\n", open("/proc/self/status").read()))
mounts = {}
for line in open("/proc/self/mountinfo"):
    left, _, right = line.partition(" - ")
    mounts[left.split()[4]] = [left.split()[5].split(","), right.split()[0], right.split()[2]]
print(json.dumps({
    "status": status, "mounts": mounts, "environment": dict(os.environ), "host": os.uname().nodename,
    "uid": os.getuid(), "limits": {n: resource.getrlimit(getattr(resource, n)) for n in dir(resource)
                                   if n.startswith("RLIMIT_")},
    "links": {n: os.readlink(f"/proc/self/ns/{n}") for n in os.listdir("/proc/self/ns")},
}))
""".replace("\\\\", "\\")


async def test_mounts_rights_environment_and_limits_are_the_policys(both: Inside):
    run, build = both
    found, expected = json.loads(await run(LOOK)), build()
    for mount in expected.mounts:
        if isinstance(mount, Scratch):
            options, kind, settings = found["mounts"].pop(mount.target)
            assert ("rw" in options, kind) == (True, "tmpfs")
            assert f"size={mount.size // 1024}k" in settings.split(",")
        elif isinstance(mount, Bind) and (not mount.optional or mount.source.exists()):
            assert "ro" in found["mounts"].pop(mount.target)[0]
    kernels = {"/proc", "/dev", "/dev/pts", *(f"/dev/{name}" for name in policy._DEVICES)}
    assert found["mounts"].keys() == kernels
    status = found["status"]
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert {status[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert (found["uid"], found["host"]) == (expected.uid, expected.hostname)
    assert expected.environment.items() <= found["environment"].items()
    assert found["environment"].keys() - expected.environment.keys() <= {
        "PWD",
        "SHLVL",
        "_",
        "OLDPWD",
    }
    bounded = any(controller.name == "memory" for controller in cgroups.available())
    for name, value in expected.limits.rlimits(cgroup=bounded):
        assert found["limits"][name] == [value, value], name
    ours = {name: str(Path("/proc/self/ns", name).readlink()) for name in found["links"]}
    shared = {name for name, link in found["links"].items() if link == ours[name]}
    assert shared <= {"time", "time_for_children"}


async def test_a_change_of_the_policy_reaches_both(both: Inside, monkeypatch: pytest.MonkeyPatch):
    run, _ = both
    compiled, read_only = policy.compile_filter, policy._read_only
    more = Deny("fcntl", errno.EL2HLT, (seccomp.Test(1, 5),))  # F_GETLK: allowed so far
    fewer = dict.fromkeys(("open_files",), 99)

    def limits(self: Limits, *, cgroup: bool) -> Any:
        return original(replace(self, **fewer), cgroup=cgroup)

    original = Limits.rlimits
    monkeypatch.setattr(Limits, "rlimits", limits)
    monkeypatch.setattr(policy, "compile_filter", lambda d, m=None: compiled((*d, more), m))
    monkeypatch.setattr(
        policy, "_read_only", lambda *places: (*read_only(*places), Scratch("/mnt", 1 << 20))
    )
    monkeypatch.setattr(policy, "HOSTNAME", "other")
    source = """import fcntl, os, resource
place = os.statvfs("/mnt")
try: fcntl.fcntl(os.open("/usr", os.O_RDONLY), fcntl.F_GETLK, bytes(32)); said = 0
except OSError as error: said = error.errno
print(place.f_blocks * place.f_frsize, said, resource.getrlimit(resource.RLIMIT_NOFILE)[1])"""
    toolchain()
    assert await run(source) == f"{1 << 20} {errno.EL2HLT} 99\n"
