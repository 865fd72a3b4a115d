"""The sandbox as a machine to work on: commands, files, packages, and its end."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest
from inspect_ai.util import OutputLimitExceededError, SandboxEnvironment, SandboxUnavailableError

from assay.errors import UserError
from assay.execution import cgroups
from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment, CommandTimedOut


async def test_commands_start_in_the_working_directory(sh):
    assert (await sh("pwd")).stdout == "/home/dev/project\n"
    assert (await sh("pwd", cwd="/tmp")).stdout == "/tmp\n"
    assert (await sh("pwd", cwd="../..")).stdout == "/home\n"


async def test_a_missing_program_or_directory_is_an_ordinary_failure(sandbox, sh):
    missing = await sandbox.exec(["frobnicate"])
    assert (missing.returncode, missing.stderr) == (127, "frobnicate: command not found\n")
    assert "No such file or directory" in (await sh("pwd", cwd="/nowhere")).stderr


async def test_a_background_job_survives_its_call_and_does_not_hold_it(sh):
    started = time.monotonic()
    await sh("(sleep 1; echo done > /tmp/done; echo noise) & echo started")
    await sh("nohup setsid sleep 300 >/dev/null 2>&1 &")
    assert time.monotonic() - started < 0.9
    assert "sleep 300" in (await sh("ps -ef")).stdout
    await asyncio.sleep(1.2)
    assert (await sh("cat /tmp/done")).stdout == "done\n"


async def test_output_of_a_process_substitution_is_not_lost(sh):
    assert (await sh("echo hello > >(cat)")).stdout == "hello\n"


@pytest.mark.parametrize(
    "escape",
    [
        "sleep 300 & sleep 300",
        "setsid sleep 300 & sleep 300",
        "(setsid bash -c 'setsid sleep 300 & exit' &); sleep 300",
        "trap '' TERM HUP INT; (trap '' TERM; sleep 300) & while :; do sleep 300; done",
        "python3 -c 'import os,time; os.fork() and os._exit(0); os.setsid(); "
        "os.fork() and os._exit(0); time.sleep(300)'; sleep 300",
    ],
)
async def test_a_timeout_kills_all_that_the_command_started(sh, escape):
    await sh("sleep 777 >/dev/null 2>&1 &")
    started = time.monotonic()
    with pytest.raises(CommandTimedOut) as caught:
        await sh(f"echo so far; {escape}", timeout=1)
    assert time.monotonic() - started < 3
    assert caught.value.stdout == "so far\n"
    left = (await sh("ps -e -o args= | grep -E 'slee[p]|time.slee[p]'")).stdout
    assert left == "sleep 777\n"  # another call's: not this one's to kill


async def test_a_cancelled_call_kills_its_command(sh):
    with anyio.move_on_after(0.5):
        await sh("sleep 300; echo no")
    await asyncio.sleep(0.2)
    assert "sleep" not in (await sh("ps -e -o args= | grep slee[p]")).stdout


async def test_commands_run_at_the_same_time_each_with_its_own_output(sandbox):
    async def one(number: int) -> str:
        script = f"cat; sleep 0.3; echo {number}"
        result = await sandbox.exec(["sh", "-c", script], input=f"in{number} ", concurrency=False)
        return result.stdout

    started = time.monotonic()
    outputs = await asyncio.gather(*(one(number) for number in range(20)))
    assert outputs == [f"in{number} {number}\n" for number in range(20)]
    assert time.monotonic() - started < 4


async def test_output_beyond_the_limit_loses_its_beginning(sh):
    result = await sh("head -c 30M /dev/zero | tr '\\0' x; echo end")
    assert len(result.stdout) == 10 << 20
    assert result.stdout.endswith("xend\n")


async def test_reading_a_pipe_or_device_fails_instead_of_waiting(sandbox, sh):
    await sh("mkfifo /tmp/pipe")
    for path in ("/tmp/pipe", "/dev/zero", "/dev/tty"):
        with pytest.raises(OSError, match=path):
            await sandbox.read_file(path)
        with pytest.raises(OSError, match=path):
            await sandbox.write_file(path, "x")


async def test_a_file_beyond_the_read_limit_is_refused(sandbox, sh):
    await sh("truncate -s 101M /tmp/large")
    with pytest.raises(OutputLimitExceededError, match="100 MiB"):
        await sandbox.read_file("/tmp/large", text=False)


async def test_a_full_disk_is_an_os_error(sandbox):
    with pytest.raises(OSError, match="No space left"):
        await sandbox.write_file("/home/dev/big", b"x" * (140 << 20))


async def test_a_known_package_installs_and_an_unknown_one_is_not_found(sh):
    known = await sh("pip install hypothesis && python -c 'import hypothesis, sortedcontainers'")
    assert known.success, known.stderr
    assert "Successfully installed" in known.stdout
    assert (await sh("which hypothesis")).stdout == "/home/dev/.local/bin/hypothesis\n"
    unknown = await sh("pip install left-pad")
    assert unknown.returncode == 1
    assert "No matching distribution found for left-pad" in unknown.stderr


async def test_python_pytest_and_git_work_as_on_any_machine(sh):
    script = """set -e
    git init -q --bare /srv/git/project.git && git init -q . && git remote add origin /srv/git/project.git
    git config user.name dev && git config user.email dev@example.com
    printf 'def test_it():\\n    assert 1\\n' > test_it.py
    python -m pytest -q && pytest -q
    python3 -c 'import ssl, sqlite3, ctypes, yaml, multiprocessing as m; print(m.Pool(2).map(abs, [-1]))'
    python -m venv /tmp/venv --without-pip && /tmp/venv/bin/python -V
    git add test_it.py && git commit -qm first && git push -q -u origin main && git status"""
    result = await sh(script)
    assert result.success, result.stderr
    assert result.stdout.count("1 passed") == 2
    assert "up to date with 'origin/main'" in result.stdout


async def test_fresh_starts_when_it_is_first_used(environments: dict[str, SandboxEnvironment]):
    fresh = environments["fresh"].as_type(BwrapSandboxEnvironment)
    assert list(environments) == ["default", "fresh"]
    assert not fresh.running
    await environments["default"].write_file("here", "x")
    assert "here" not in (await fresh.exec(["ls"])).stdout
    assert fresh.running


async def test_a_sandbox_that_has_ended_says_so():
    environment = BwrapSandboxEnvironment()
    await environment.start()
    await environment.stop()
    with pytest.raises(SandboxUnavailableError, match="ended"):
        await environment.exec(["true"])


async def test_a_renewed_sandbox_is_another_machine():
    environment = BwrapSandboxEnvironment()
    await environment.exec(["bash", "-c", "touch /tmp/here; sleep 4322 & disown"])
    await asyncio.gather(environment.renew(), environment.renew())
    assert not _processes_with("sleep\x004322")
    assert (await environment.exec(["ls", "/tmp"])).stdout == ""
    await environment.stop()
    await environment.renew()
    with pytest.raises(SandboxUnavailableError, match="ended"):
        await environment.exec(["true"])


async def test_all_processes_can_be_ended_and_the_files_stay():
    environment = BwrapSandboxEnvironment()
    await environment.end_processes()
    assert not environment.running
    bomb = "f() { while :; do sleep 4323 & f & sleep 0.01; done; }; touch /tmp/here; f & sleep 9"
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(environment.exec, ["bash", "-c", bomb])
        await asyncio.sleep(0.5)
        await environment.end_processes()
    assert not _processes_with("sleep\x004323")
    left = await environment.exec(["sh", "-c", "ls /tmp; ps -e -o comm= | grep -c bash"])
    assert left.stdout == "here\n0\n"
    await environment.stop()


async def test_stopping_ends_processes_at_once_and_removes_the_group():
    environment = BwrapSandboxEnvironment()
    await environment.exec(["bash", "-c", "sleep 4321 & disown"])
    await environment.stop()
    assert not _processes_with("sleep\x004321")
    assert not _groups_of(os.getpid())


async def test_a_configuration_survives_the_log():
    config = BwrapConfig(working_dir="/home/dev/x", environment=(("CI", "1"),))
    assert BwrapSandboxEnvironment.config_deserialize(config.model_dump(mode="json")) == config
    with pytest.raises(ValueError, match="working_dir"):
        BwrapConfig(working_dir="/etc")
    with pytest.raises(UserError, match="BwrapConfig"):
        await BwrapSandboxEnvironment.sample_init("tests", "compose.yaml", {})


LAUNCHER = """
import anyio
from assay.execution.bubblewrap import BwrapSandboxEnvironment

async def main():
    environment = BwrapSandboxEnvironment()
    await environment.exec(["bash", "-c", "sleep 98765 & setsid sleep 98765 & disown -a"])
    print("ready", flush=True)
    await environment.exec(["sleep", "98765"])

anyio.run(main)
"""


def test_kill_9_of_the_launcher_leaves_nothing(tmp_path: Path):
    def mounts() -> set[str]:
        return {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}

    before = mounts()
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER], stdout=subprocess.PIPE, env=environment
    )
    assert launcher.stdout is not None
    assert launcher.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    assert len(_processes_with("sleep\x0098765")) == 3
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    deadline = time.monotonic() + 5
    while _processes_with("sleep\x0098765") and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    cgroups.sweep()
    assert not _processes_with("sleep\x0098765")
    assert not _groups_of(launcher.pid)
    assert mounts() == before
    assert list(tmp_path.iterdir()) == []


def _processes_with(text: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text in path.read_text(errors="replace"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def _groups_of(pid: int) -> list[Path]:
    parents = {controller.parent for controller in cgroups.available()}
    return [path for parent in parents for path in parent.glob(f"box-{pid}-*")]
