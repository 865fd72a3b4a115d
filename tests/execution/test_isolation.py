"""What untrusted code cannot do, tried from inside."""

import os
import re

import pytest
from inspect_ai.util import SandboxEnvironment, SandboxUserUnsupportedError

from assay.execution import cgroups
from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment
from assay.execution.toolchain import HARNESS_WORDS

PYTHON_DENIED = """
import ctypes, errno, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
calls = {"add_key": 248, "bpf": 321, "io_uring_setup": 425, "keyctl": 250, "memfd_create": 319,
         "mount": 165, "open_by_handle_at": 304, "perf_event_open": 298, "pidfd_getfd": 438,
         "process_vm_readv": 310, "ptrace": 101, "setns": 308, "unshare": 272, "userfaultfd": 323,
         "clone3": 435, "init_module": 175, "kexec_load": 246, "pivot_root": 155}
for name, number in calls.items():
    result = libc.syscall(number, 0, 0, 0, 0, 0, 0)
    if result != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
        print(name, result, errno.errorcode.get(ctypes.get_errno()))
for name, family, kind in (("vsock", 40, 1), ("alg", 38, 5), ("packet", 17, 3), ("xdp", 44, 3),
                           ("netfilter", 16, 3)):
    try:
        socket.socket(family, kind, 12 if family == 16 else 0)
        print(name)
    except OSError:
        pass
if libc.syscall(302, 1, 7, 0, 0) != -1: print("prlimit of process 1")
if libc.syscall(0x40000000 + 39) != -1: print("x32")
"""


async def test_no_host_can_be_reached(sh):
    script = """python3 - <<'END'
import socket
for address in (("1.1.1.1", 53), ("169.254.169.254", 80), ("10.0.0.1", 22)):
    try: socket.create_connection(address, timeout=2); print("reached", address)
    except OSError: pass
s = socket.create_server(("127.0.0.1", 0)); socket.create_connection(s.getsockname()); print("loopback")
END"""
    assert (await sh(script)).stdout == "loopback\n"


async def test_nothing_outside_the_workspace_can_be_written(sh):
    script = "for d in / /usr /usr/local /etc /dev /var /opt /root /run /srv/pypi /sys /proc; do "
    assert (await sh(script + "touch $d/x 2>/dev/null && echo $d; done")).stdout == ""


async def test_a_key_of_the_launcher_is_nowhere_to_be_seen(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-planted-0123456789")
    environment = BwrapSandboxEnvironment()
    result = await environment.exec(
        ["bash", "-c", "env; cat /proc/*/environ /proc/*/cmdline /proc/self/mountinfo"]
    )
    await environment.stop()
    assert "HOME=/home/dev" in result.stdout
    assert "planted" not in result.stdout
    assert "ANTHROPIC" not in result.stdout


async def test_process_1_can_be_neither_read_nor_killed(sh):
    script = """
    for f in mem environ fd/0 fd/1 maps root cwd; do cat /proc/1/$f >/dev/null 2>&1 && echo $f; done
    for s in KILL STOP TERM INT HUP SEGV CHLD XCPU; do kill -$s 1; done; sleep 0.2; echo alive"""
    assert (await sh(script)).stdout == "alive\n"
    assert (await sh("echo still")).stdout == "still\n"


async def test_killing_every_process_ends_the_command_and_nothing_else(sh):
    assert (await sh("kill -KILL -1; kill -KILL $PPID $$")).returncode == 137
    assert (await sh("echo still")).stdout == "still\n"


async def test_nested_user_namespaces_are_refused(sh):
    assert not (await sh("unshare -U true || unshare -r true || unshare -n true")).success


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86_64")
async def test_dangerous_system_calls_fail(sandbox: SandboxEnvironment):
    result = await sandbox.exec(["python3", "-c", PYTHON_DENIED])
    assert (result.stdout, result.stderr) == ("", "")


async def test_no_capability_and_no_way_to_gain_one(sh):
    status = (await sh("cat /proc/self/status; sudo -n id; su -c id")).stdout
    assert set(re.findall(r"Cap(?:Inh|Prm|Eff|Bnd|Amb):\t(\w*)\n", status)) == {"0" * 16}
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
    assert "uid=0" not in status


@pytest.mark.parametrize("place", ["/home/dev", "/tmp", "/var/tmp", "/dev/shm", "/srv"])
async def test_scratch_space_is_bounded(sh, place):
    result = await sh(f"head -c 140M /dev/zero > {place}/big")
    assert "No space left" in result.stderr
    assert (await sh(f"rm {place}/big; echo ok > {place}/small")).success


async def test_memory_is_bounded_and_the_sandbox_survives():
    environment = BwrapSandboxEnvironment(BwrapConfig(memory_bytes=200 << 20))
    hog = await environment.exec(["python3", "-c", "x = bytearray(600 << 20); print(len(x))"])
    after = await environment.exec(["echo", "still"])
    await environment.stop()
    assert not hog.success
    assert after.stdout == "still\n"


@pytest.mark.skipif(not cgroups.available(), reason="only inside a cgroup with a pids limit")
async def test_processes_are_bounded_and_the_sandbox_survives():
    environment = BwrapSandboxEnvironment(BwrapConfig(processes=40))
    script = "for i in $(seq 100); do sleep 30 & done 2>&1; jobs -r | wc -l"
    with pytest.raises(TimeoutError):
        await environment.exec(["bash", "-c", script + "; wait"], timeout=3)
    after = await environment.exec(["bash", "-c", "ps -e | grep -c slee[p]"])
    await environment.stop()
    assert after.stdout == "0\n"


async def test_two_sandboxes_do_not_see_each_other(sandbox, sh):
    other = BwrapSandboxEnvironment()
    await sh("echo mine > /tmp/mine; sleep 60 & disown")
    result = await other.exec(["bash", "-c", "ls /tmp /dev/shm /home/dev; ps -e -o comm="])
    await other.stop()
    assert "mine" not in result.stdout
    assert "sleep" not in result.stdout


async def test_only_the_user_dev_exists(sandbox: SandboxEnvironment):
    assert (await sandbox.exec(["whoami"], user="dev")).stdout == "dev\n"
    with pytest.raises(SandboxUserUnsupportedError, match="root"):
        await sandbox.exec(["whoami"], user="root")


async def test_nothing_that_is_laid_out_has_a_harness_word_in_it(sh):
    seen = await sh(
        """whoami; id; hostname; uname -n; pwd; env; ps -ef; df -a; ls -laR /home /srv/git /tmp /opt
        cat /proc/self/mountinfo /proc/self/cgroup /proc/1/comm; find / -xdev -maxdepth 2
        cd /etc; cat passwd group hosts host.conf hostname resolv.conf nsswitch.conf gitconfig pip.conf
        find /usr/local/bin /usr/local/libexec; cat /usr/local/libexec/agentd
        cat /usr/local/libexec/agent/*; pip config list; git config --list; python -m site"""
    )
    assert "agentd" in seen.stdout
    found = {word for word in HARNESS_WORDS if word in (seen.stdout + seen.stderr).lower()}
    assert found == set(), seen.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="the toolchain belongs to whoever built it")
async def test_files_of_the_system_appear_to_belong_to_root(sh):
    listing = (await sh("stat -c %U / /usr /etc /usr/bin/env /proc/1/mem; id -u root")).stdout
    assert listing.split() == ["root"] * 5 + ["0"]
