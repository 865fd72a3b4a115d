"""One input at a time, and nothing but a returned value counts."""

import time

import pytest
from inspect_ai.util import ExecResult, SandboxEnvironment

from assay.execution.calls import Answer, call_function


async def answers(sandbox, body, inputs, timeout=5.0):
    await sandbox.write_file("work/__init__.py", "")
    await sandbox.write_file("work/code.py", body)
    return await call_function(sandbox, "work.code:f", inputs, timeout)


async def test_values_come_back_in_the_order_of_the_inputs(sandbox: SandboxEnvironment):
    got = await answers(sandbox, "def f(x): return {'twice': [x * 2, 'é']}", [3, "ab"])
    assert got == [Answer({"twice": [6, "é"]}), Answer({"twice": ["abab", "é"]})]


async def test_one_call_does_not_see_what_another_left_in_its_process(sandbox):
    got = await answers(sandbox, "seen = []\ndef f(x):\n seen.append(x)\n return seen", [1, 2, 3])
    assert [a.value for a in got] == [[1], [2], [3]]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("def f(x): raise ValueError('no\\nway')", "raised: ValueError: no\\nway"),
        ("def f(x):\n while True: pass", "timeout"),
        ("import os, time\ndef f(x):\n os.fork() or os.setsid()\n time.sleep(60)", "timeout"),
        ("import os\ndef f(x): os._exit(0)", "ended without an answer"),
        ("import sys\ndef f(x): sys.exit(0)", "raised: SystemExit: 0"),
        ("def f(x): return 'x' * 10_000_000", "answer too large: 10000003 bytes"),
        ("def f(x): return float('nan')", "not JSON: ValueError"),
        ("def f(x): return {1, 2}", "not JSON: TypeError"),
        ("import os\ndef f(x): os.kill(os.getppid(), 9)", "the process that makes the calls"),
        ("import nonexistent_module", "not importable: ModuleNotFoundError"),
        ("g = 1", "not importable: AttributeError"),
    ],
)  # fmt: skip
async def test_what_is_not_an_answer_is_an_error(sandbox, body, error):
    started = time.monotonic()
    got = await answers(sandbox, body, [1], timeout=0.5)
    assert got[0].value is None
    assert str(got[0].error).startswith(error), got
    assert time.monotonic() - started < 12


async def test_printing_an_answer_is_not_returning_one(sandbox):
    body = "import os\ndef f(x):\n print('answer 7')\n os.write(1, b'answer 7\\n')\n return 1"
    got = await answers(sandbox, body, [0])
    assert got == [Answer(1)]


async def test_writing_to_the_pipe_by_hand_forges_no_other_line(sandbox):
    body = """
import os
def f(x):
    for fd in range(3, 20):
        try: os.write(fd, b'a1\\nanswer 2\\nanswer 3\\n')
        except OSError: pass
    os._exit(0)
"""
    assert {a.value for a in await answers(sandbox, body, [0, 1])} == {None}


async def test_other_inputs_can_not_be_found_in_memory_or_in_descriptors(sandbox):
    body = r"""
import ctypes, os
def f(x):
    found = []
    for pid in (str(os.getppid()), '1'):
        for name in ('mem', 'fd/0', 'fd/1', 'environ', 'maps'):
            try:
                open(f'/proc/{pid}/{name}', 'rb').read(1)
                found.append(name)
            except OSError: pass
    snapshot = []
    with open('/proc/self/maps') as maps:
        for line in maps.read().splitlines():
            low, high = (int(v, 16) for v in line.split()[0].split('-'))
            if line.split()[1] == 'rw-p':
                snapshot.append(ctypes.string_at(low, high - low))
    for i in range(5):
        needle = b'-'.join([b'secret', str(i).encode(), b'input'])
        if any(needle in part for part in snapshot) != (i == x['i']):
            found.append(i)
    return sorted(set(map(str, found)))
"""
    inputs = [{"i": i, "text": f"secret-{i}-input"} for i in range(5)]
    assert [a.value for a in await answers(sandbox, body, inputs)] == [[]] * 5


async def test_more_inputs_than_one_driver_takes_are_all_answered(sandbox):
    got = await answers(sandbox, "def f(x): return x", list(range(230)))
    assert [a.value for a in got] == list(range(230))


async def test_work_is_counted_in_cpu_seconds_and_waiting_is_not(sandbox):
    body = "import time\ndef f(x):\n time.sleep(1.5)\n return x"
    assert await answers(sandbox, body, [1], timeout=1) == [Answer(1)]


async def test_what_an_input_leaves_in_scratch_space_is_gone_for_the_next(sandbox):
    body = """
import os, pathlib, site
PLACES = ["/tmp", "/var/tmp", "/dev/shm", "/srv", os.path.expanduser("~"), site.getusersitepackages()]
def f(x):
    found = [place for place in PLACES if pathlib.Path(place, "left").exists()]
    for place in PLACES:
        folder = pathlib.Path(place, "left", "deep")
        folder.mkdir(parents=True)
        (folder / "link").symlink_to("/home/dev/project/work")
        folder.chmod(0)
    pathlib.Path("here").touch()
    return found
"""
    assert [a.value for a in await answers(sandbox, body, [1, 2, 3])] == [[]] * 3
    assert await sandbox.read_file("here") == ""  # the repository is the code's own
    assert await sandbox.read_file("work/__init__.py") == ""


class Broken:
    """A sandbox in which the program that makes the calls does not start."""

    async def exec(self, *args, **options):
        return ExecResult(False, 137, "", "cannot fork")


async def test_calls_that_could_not_be_made_are_nobodys_fault():
    with pytest.raises(RuntimeError, match=r"work\.code:f could not be called: .*cannot fork"):
        await call_function(Broken(), "work.code:f", [1])
