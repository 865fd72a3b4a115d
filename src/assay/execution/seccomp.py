"""The system calls that untrusted code may not make, compiled to classic BPF.

Pure: names in, bytes out. Read by `policy`; bubblewrap loads the bytes from a file descriptor.

A deny list, not an allow list: the target is to find an ordinary machine, on which compilers,
interpreters and test suites run. What is denied is what such work never needs and what kernels
have been broken through: namespaces, mounts, tracing, keyrings, io_uring, BPF, exotic sockets.
"""

import errno
import platform
import struct
from dataclasses import dataclass

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""`AUDIT_ARCH_*` by machine name: every architecture for which the numbers below are known."""

# fmt: off
NUMBERS: dict[str, tuple[int | None, int | None]] = {  # name: (x86_64, aarch64)
    "_sysctl": (156, None), "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171),
    "bpf": (321, 280), "cachestat": (451, 451), "chroot": (161, 51), "clock_adjtime": (305, 266),
    "clock_settime": (227, 112), "clone": (56, 220), "clone3": (435, 435),
    "delete_module": (176, 106), "fadvise64": (221, 223), "fanotify_init": (300, 262),
    "fcntl": (72, 25), "finit_module": (313, 273), "flock": (73, 32), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fsopen": (430, 430), "fspick": (433, 433), "init_module": (175, 105),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "io_uring_setup": (425, 425), "ioctl": (16, 29),
    "ioperm": (173, None), "iopl": (172, None), "kcmp": (312, 272), "kexec_file_load": (320, 294),
    "kexec_load": (246, 104), "keyctl": (250, 219), "lookup_dcookie": (212, 18),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "migrate_pages": (256, 238),
    "mincore": (27, 232), "modify_ldt": (154, None), "mount": (165, 40),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "move_pages": (279, 239),
    "name_to_handle_at": (303, 264), "nfsservctl": (180, 42), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "open_tree_attr": (467, 467), "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438), "pivot_root": (155, 41), "preadv2": (327, 286),
    "prlimit64": (302, 261), "process_madvise": (440, 440), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "readahead": (187, 213), "reboot": (169, 142),
    "request_key": (249, 218), "setdomainname": (171, 162), "sethostname": (170, 161),
    "setns": (308, 268), "settimeofday": (164, 170), "socket": (41, 198), "swapoff": (168, 225),
    "swapon": (167, 224), "sysfs": (139, None), "syslog": (103, 116), "umount2": (166, 39),
    "unshare": (272, 97), "uselib": (134, None), "userfaultfd": (323, 282), "ustat": (136, None),
    "vhangup": (153, 58),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Test:
    """Holds when the low 32 bits of an argument, masked, equal `value`; or, `equal=False`, not."""

    argument: int
    value: int
    mask: int = 0xFFFFFFFF
    equal: bool = True


@dataclass(frozen=True, slots=True)
class Deny:
    """Fails a system call with `error` when all tests hold; without tests, always."""

    call: str
    error: int = errno.EPERM
    when: tuple[Test, ...] = ()


_NEW_NAMESPACES = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

# Answered as a kernel without them would: callers then take the older way (glibc: clone).
_ABSENT = (
    "_sysctl", "clone3", "io_uring_enter", "io_uring_register", "io_uring_setup", "lookup_dcookie",
    "memfd_create", "memfd_secret", "nfsservctl", "open_tree_attr", "process_madvise",
    "quotactl_fd", "sysfs", "uselib", "userfaultfd", "ustat",
)  # fmt: skip
_BETWEEN = (  # see SHARED
    "cachestat", "fadvise64", "fcntl", "flock", "inotify_init", "inotify_init1", "mincore",
    "preadv2", "readahead",
)  # fmt: skip
_CONDITIONAL = ("clone", "socket", "ioctl", "prlimit64")

DENIED: tuple[Deny, ...] = (
    Deny("clone", when=(Test(0, 0, mask=_NEW_NAMESPACES, equal=False),)),
    # A socket family is allowed by name: AF_VSOCK, AF_ALG, AF_PACKET and forty others are not.
    Deny(
        "socket",
        errno.EAFNOSUPPORT,
        tuple(
            Test(0, family, equal=False) for family in (_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK)
        ),
    ),
    # Of netlink only NETLINK_ROUTE, which getaddrinfo asks; the rest is a large attack surface.
    Deny("socket", errno.EPROTONOSUPPORT, (Test(0, _AF_NETLINK), Test(2, 0, equal=False))),
    Deny("ioctl", when=(Test(1, _TIOCSTI),)),
    Deny("ioctl", when=(Test(1, _TIOCLINUX),)),
    # Limits of other processes: a program could starve process 1 into death.
    Deny("prlimit64", when=(Test(0, 0, equal=False),)),
    *(Deny(call, errno.ENOSYS) for call in _ABSENT),
    *(Deny(call) for call in sorted(NUMBERS.keys() - {*_ABSENT, *_CONDITIONAL, *_BETWEEN})),
)

# fcntl: F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW, F_SETLEASE, F_NOTIFY.
SHARED: tuple[Deny, ...] = (
    Deny("flock", errno.ENOLCK),
    *(Deny("fcntl", errno.ENOLCK, (Test(1, command),)) for command in (6, 7, 37, 38, 1024, 1026)),
    Deny("inotify_init"),
    Deny("inotify_init1"),
    # What of a file is in memory: to change it at will, or to ask without changing it.
    *(Deny(call) for call in ("cachestat", "fadvise64", "mincore", "readahead")),
    Deny("preadv2", errno.EOPNOTSUPP, (Test(5, 8, mask=8),)),  # RWF_NOWAIT
)
"""What carries word from one sandbox to another through files that both can read.

Beyond `DENIED`, for short programs only: the tools of a workstation lock files.
"""

# Classic BPF, as <linux/filter.h> and <linux/seccomp.h> define it.
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x40000000


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _rule(number: int, deny: Deny) -> bytes:
    """One rule. Expects the call's number in the accumulator, and leaves it there."""
    tests = [
        (
            _op(_LOAD, _ARGUMENTS + 8 * test.argument) + _op(_AND, test.mask),
            test,
        )
        for test in deny.when
    ]
    verdict = _op(_RETURN, _ERRNO | deny.error)
    if not tests:
        return _op(_EQUAL, number, 0, 1) + verdict
    body = b""
    remaining = 3 * len(tests)  # instructions between a test and the verdict
    for load, test in tests:
        remaining -= 3
        # A failed test jumps over the rest and the verdict, to the reload of the number.
        fail = remaining + 1
        body += load + _op(_EQUAL, test.value, *((0, fail) if test.equal else (fail, 0)))
    body += verdict + _op(_LOAD, _NUMBER)
    return _op(_EQUAL, number, 0, len(body) // 8) + body


def compile_filter(denied: tuple[Deny, ...] = DENIED, machine: str | None = None) -> bytes:
    """The filter for `machine` (default: this one) as an array of `struct sock_filter`.

    A program of another architecture (32-bit compatibility) is killed; x32 calls do not exist.

    Raises:
        ValueError: No system call numbers are known for `machine`.
    """
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        raise ValueError(
            f"No seccomp filter for machine {machine!r}; known: {', '.join(ARCHITECTURES)}."
        )
    column = list(ARCHITECTURES).index(machine)
    program = _op(_LOAD, _ARCHITECTURE)
    program += _op(_EQUAL, ARCHITECTURES[machine], 1, 0) + _op(_RETURN, _KILL_PROCESS)
    program += _op(_LOAD, _NUMBER)
    if machine == "x86_64":
        program += _op(_AT_LEAST, _X32, 0, 1) + _op(_RETURN, _ERRNO | errno.ENOSYS)
    for deny in denied:
        number = NUMBERS[deny.call][column]
        if number is not None:
            program += _rule(number, deny)
    return program + _op(_RETURN, _ALLOW)
