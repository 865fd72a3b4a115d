"""The policy as bubblewrap and the kernel get it."""

import struct

import pytest

from assay.execution.policy import Bind, Limits, Policy, Scratch, scrubbed_environment
from assay.execution.seccomp import ARCHITECTURES, NUMBERS, compile_filter

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, ENOSYS, EPROTONOSUPPORT, EAFNOSUPPORT = 1, 38, 93, 97


def verdict(machine: str, call: str | int, *arguments: int, architecture: int | None = None) -> int:
    """Run the filter as the kernel does."""
    column = list(ARCHITECTURES).index(machine)
    number = call if isinstance(call, int) else NUMBERS[call][column]
    data = struct.pack(
        "<IIQ6Q",
        number,
        architecture or ARCHITECTURES[machine],
        0,
        *arguments,
        *[0] * (6 - len(arguments)),
    )
    program = list(struct.iter_unpack("<HBBI", compile_filter(machine=machine)))
    assert len(program) < 4096
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = program[at]
        at += 1
        match code:
            case 0x20:
                accumulator = struct.unpack_from("<I", data, value)[0]
            case 0x54:
                accumulator &= value
            case 0x15:
                at += if_true if accumulator == value else if_false
            case 0x35:
                at += if_true if accumulator >= value else if_false
            case 0x06:
                return value


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_denies_what_it_names_and_nothing_else(machine: str):
    assert verdict(machine, "ptrace") == ERRNO | EPERM
    assert verdict(machine, "clone3") == ERRNO | ENOSYS
    assert verdict(machine, "clone", 0x1200011) == ALLOW
    assert verdict(machine, "clone", 0x10000011) == ERRNO | EPERM
    assert verdict(machine, "prlimit64", 0, 7) == ALLOW
    assert verdict(machine, "prlimit64", 1, 7) == ERRNO | EPERM
    assert verdict(machine, "ioctl", 0, 0x5412) == ERRNO | EPERM
    assert verdict(machine, "ioctl", 0, 0x5413) == ALLOW
    for ordinary in (0, 1, 57, 60, 100):
        assert verdict(machine, ordinary) in (ALLOW, ERRNO | EPERM)
    assert verdict(machine, "vhangup") == ERRNO | EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_sockets_are_allowed_by_family(machine: str):
    for family, expected in ((1, ALLOW), (2, ALLOW), (10, ALLOW), (16, ALLOW), (40, EAFNOSUPPORT)):
        assert verdict(machine, "socket", family, 1, 0) in (expected, ERRNO | expected)
    assert verdict(machine, "socket", 16, 3, 12) == ERRNO | EPROTONOSUPPORT


def test_foreign_architectures_and_x32_are_refused():
    assert verdict("x86_64", 1, architecture=0x40000003) == KILL
    assert verdict("x86_64", 0x40000000 + 1) == ERRNO | ENOSYS
    with pytest.raises(ValueError, match="riscv64"):
        compile_filter(machine="riscv64")


def test_the_command_line_isolates_every_namespace(tmp_path):
    missing = Bind(tmp_path / "missing", "/opt", optional=True)
    policy = Policy((Bind(tmp_path, "/data"), missing, Scratch("/tmp", 4096, 0o1777)))
    argv = " ".join(policy.arguments(7))
    for option in (
        "--unshare-user", "--unshare-all", "--disable-userns", "--cap-drop ALL", "--new-session",
        "--seccomp 7", "--clearenv", "--hostname devbox", f"--ro-bind {tmp_path} /data",
        "--perms 1777 --size 4096 --tmpfs /tmp",
    ):  # fmt: skip
        assert option in argv
    assert "missing" not in argv
    assert "--share-net" not in argv


def test_memory_binds_each_process_where_no_cgroup_binds_all():
    assert "RLIMIT_AS" not in dict(Limits().rlimits(cgroup=True))
    assert dict(Limits(memory=1 << 30).rlimits(cgroup=False))["RLIMIT_AS"] == 1 << 30


def test_bubblewrap_gets_none_of_the_launchers_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert set(scrubbed_environment()) == {"PATH"}
