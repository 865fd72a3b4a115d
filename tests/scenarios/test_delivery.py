"""What a run left behind, taken from targets that hide it, forge it, or leave traps for graders."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.util import ExecResult, SandboxEnvironment

from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment
from assay.scenarios.delivery import Delivery, Evidence, collect
from assay.scenarios.scenario import Scenario

TODAY = date(2026, 3, 2)
REPOSITORY = "/home/dev/greeter"
Sandboxes = dict[str, SandboxEnvironment]


class Foreign:
    """A sandbox of which we have no more than Inspect's contract, as of a Docker container."""

    def __init__(self, sandbox: SandboxEnvironment) -> None:
        self.exec, self.read_file = sandbox.exec, sandbox.read_file
        self.write_file = sandbox.write_file

    def as_type(self, kind: type) -> Any:
        raise TypeError(kind)


@pytest.fixture
async def sandboxes() -> AsyncIterator[Sandboxes]:
    config = BwrapConfig(working_dir=REPOSITORY)
    await BwrapSandboxEnvironment.task_init("tests", config)
    started = await BwrapSandboxEnvironment.sample_init("tests", config, {})
    yield started
    await BwrapSandboxEnvironment.sample_cleanup("tests", config, started, False)


@pytest.fixture
def scenario(folder: Path) -> Scenario:
    return Scenario.load(folder)


async def left(scenario: Scenario, sandboxes: Sandboxes, script: str) -> Delivery:
    """What is collected after a target has run `script` in its repository."""
    await sandboxes["default"].exec(["bash", "-c", script], cwd=REPOSITORY)
    return await collect(scenario, TODAY, sandboxes["default"], lambda: sandboxes["fresh"])


async def run(delivery: Delivery, script: str, **options: Any) -> ExecResult[str]:
    return await delivery.run(["bash", "-c", script], **options)


# -- collecting -------------------------------------------------------------------------------


async def test_a_process_in_the_background_cannot_change_what_is_graded(scenario, sandboxes):
    forge = """
    echo real > answer; mkdir -p /tmp/.delivery.tar /tmp/fake/home/dev/greeter
    echo forged > /tmp/fake/home/dev/greeter/answer
    tar -cf /tmp/forged.tar -C /tmp/fake home
    (while :; do
       for a in $(find /tmp /var/tmp -name '*.tar' ! -name forged.tar); do
         cp -f /tmp/forged.tar $a.new && mv -f $a.new $a; done
       echo forged > answer; echo real > answer; done) >/dev/null 2>&1 & disown; sleep 0.2
    """
    delivery = await left(scenario, sandboxes, forge)
    assert delivery.files["answer"] in (b"real\n", b"forged\n", b"")  # as at that moment
    await sandboxes["default"].write_file("answer", "mine")
    await asyncio.sleep(0.2)
    assert await sandboxes["default"].read_file("answer") == "mine"
    again = await left(scenario, sandboxes, "true")
    assert again.files == {"answer": b"mine"}


async def test_links_to_delivered_files_are_the_files(scenario, sandboxes):
    script = f"""
    echo work > hello.py; ln hello.py hard.py; ln -s hello.py soft.py; ln -s soft.py chain.py
    ln -s {REPOSITORY}/hello.py absolute.py; mkdir package_2; echo part > package_2/part.py
    ln -s package_2 package; ln -s package/part.py through.py
    """
    files = (await left(scenario, sandboxes, script)).files
    works = ("hello.py", "hard.py", "soft.py", "chain.py", "absolute.py")
    assert [files.get(name) for name in works] == [b"work\n"] * 5
    assert files["package/part.py"] == files["through.py"] == b"part\n"


async def test_links_that_lead_outside_or_in_a_circle_are_not_followed(scenario, sandboxes):
    script = """
    ln -s /etc/passwd a; ln -s ../../../etc/passwd b; ln -s c d; ln -s d c; ln -s / e
    ln -s ../greeter f; ln -s none g; ln -s /home/dev h; echo x > x; echo y > ../outside
    ln -s ../outside i; mkfifo j
    """
    files = (await left(scenario, sandboxes, script)).files
    assert files == {"x": b"x\n", "f/x": b"x\n"}


async def test_files_without_permissions_are_read(scenario, sandboxes):
    script = "mkdir -p a/b; echo x > a/b/c; chmod 000 a/b/c a/b a . .. /var/tmp"
    assert (await left(scenario, sandboxes, script)).files == {"a/b/c": b"x\n"}


@pytest.mark.parametrize(
    "script",
    [
        "for i in 1 2 3 4 5 6; do truncate -s 2000M sparse$i; done",
        "head -c 70M /dev/urandom > large",
        "head -c 30M /dev/urandom > large; ln large 2; ln large 3",
        "head -c 10M /dev/urandom > large; for i in {1..9}; do ln -s large $i; done",
    ],
)
async def test_what_is_too_large_stays_ungraded(scenario, sandboxes, script):
    with pytest.raises(RuntimeError, match="too large to grade"):
        await left(scenario, sandboxes, script)


async def test_a_file_name_need_not_be_text(scenario, sandboxes):
    delivery = await left(scenario, sandboxes, r"echo x > $'\xff'; echo y > é")
    assert delivery.files == {"\udcff": b"x\n", "é": b"y\n"}
    assert len(delivery.digest) == 64
    assert (await run(delivery, r"cat $'\xff' é")).stdout == "x\ny\n"
    assert Evidence("\udcff", 1, "x").file.encode()


async def test_a_repository_that_is_gone_is_empty(scenario, sandboxes):
    delivery = await left(scenario, sandboxes, f"rm -rf {REPOSITORY}")
    assert (delivery.files, delivery.changed) == ({}, frozenset({"README.md"}))


# -- running ----------------------------------------------------------------------------------

TRAPS = """
site=$(python3 -c 'import site; print(site.getusersitepackages())'); mkdir -p $site
echo 'print("trapped")' > $site/usercustomize.py
touch /tmp/trap /var/tmp/trap /dev/shm/trap /srv/trap ~/trap; mkdir -m 000 /tmp/shut
nohup setsid sleep 4242 >/dev/null 2>&1 & disown
"""
LOOK = """
python3 -c ''; ls -A /tmp /var/tmp /dev/shm /srv ~ | grep -E 'trap|shut'
for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep 'sleep 424[2]'; done; true
"""


@pytest.mark.parametrize("sandbox", ["ours", "another"])
async def test_nothing_that_one_run_leaves_reaches_the_next(scenario, sandboxes, sandbox):
    delivery = await left(scenario, sandboxes, "echo 'def f(x): return x' > m.py")
    if sandbox == "another":
        await sandboxes["fresh"].exec(["bash", "-c", "sleep 99999 >/dev/null 2>&1 & disown"])
        foreign: Any = Foreign(sandboxes["fresh"])
        delivery = Delivery(scenario, delivery.files, {}, {}, TODAY, lambda: foreign)
    assert "trapped" in (await run(delivery, TRAPS + LOOK)).stdout
    assert (await run(delivery, LOOK)).stdout == ""
    assert "sleep 4242" in (await run(delivery, TRAPS + LOOK)).stdout
    assert (await delivery.call("m:f", [1]))[0].value == 1
    assert (await sandboxes["fresh"].exec(["bash", "-c", LOOK])).stdout == ""


async def test_a_foreign_sandbox_is_collected_with_nothing_running(scenario, sandboxes):
    await sandboxes["default"].exec(["bash", "-c", "sleep 99999 >/dev/null 2>&1 & disown"])
    script = "(while :; do date +%N > now; done) >/dev/null 2>&1 & disown; sleep 0.1"
    foreign: Any = Foreign(sandboxes["default"])
    await left(scenario, {"default": foreign, "fresh": foreign}, script)
    moments = [await foreign.read_file("now") for _ in range(2) if not await asyncio.sleep(0.1)]
    assert moments[0] == moments[1]


async def test_runs_at_the_same_time_do_not_share_a_sandbox(scenario, sandboxes):
    delivery = await left(scenario, sandboxes, "true")
    script = "touch /tmp/$$; sleep 0.1; ls /tmp | wc -l"
    results = await asyncio.gather(*(run(delivery, script) for _ in range(3)))
    assert [result.stdout for result in results] == ["1\n"] * 3


async def test_a_command_is_given_cpu_seconds_not_time(scenario, sandboxes):
    delivery = await left(scenario, sandboxes, "true")
    assert (await run(delivery, "sleep 1.5; echo done", timeout=1)).stdout == "done\n"
    with pytest.raises(TimeoutError, match="1 CPU seconds"):
        await delivery.run(["python3", "-c", "while True: pass"], timeout=1)
