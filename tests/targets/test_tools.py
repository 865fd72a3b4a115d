"""The tools, each used as a model would use it, in a real sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from inspect_ai.tool import ToolError
from inspect_ai.util import SandboxEnvironment

from assay.execution.bubblewrap import BwrapConfig, BwrapSandboxEnvironment
from assay.targets import tools

DIRECTORY = "/home/dev/repo"


@asynccontextmanager
async def machine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SandboxEnvironment]:
    started = await BwrapSandboxEnvironment.sample_init(
        "test", BwrapConfig(working_dir=DIRECTORY), {}
    )
    monkeypatch.setattr(tools, "sandbox", lambda: started["default"])
    try:
        await started["default"].write_file("a.py", "one\ntwo\none\n")
        await started["default"].write_file("sub/b.py", "three\n")
        yield started["default"]
    finally:
        await BwrapSandboxEnvironment.sample_cleanup("test", None, started, False)


async def test_bash_gives_output_errors_and_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(monkeypatch):
        said = await tools.bash(DIRECTORY)(command="pwd; echo oops >&2; echo last; exit 3")
    assert said == f"Exit code 3\n{DIRECTORY}\noops\nlast"


async def test_bash_stops_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(monkeypatch):
        with pytest.raises(ToolError, match="timed out after 1 seconds"):
            await tools.bash(DIRECTORY)(command="sleep 30", timeout=1)


async def test_long_output_is_cut_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(monkeypatch):
        said = str(await tools.bash(DIRECTORY)(command="seq 20000"))
    assert len(said) < 31_000
    assert said.startswith("1\n2\n")
    assert said.endswith("20000")
    assert "characters truncated" in said


async def test_read_numbers_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(monkeypatch):
        read = tools.read(DIRECTORY)
        assert await read(file_path="a.py", offset=2, limit=1) == "     2\ttwo"
        assert str(await read(file_path="a.py")).endswith("     3\tone\n     4\t")
        with pytest.raises(ToolError, match="does not exist"):
            await tools.read(DIRECTORY)(file_path="none.py")


async def test_edit_wants_a_unique_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(monkeypatch) as running:
        edit = tools.edit(DIRECTORY)
        with pytest.raises(ToolError, match="occurs 2 times"):
            await edit(file_path="a.py", old_string="one", new_string="1")
        await edit(file_path="a.py", old_string="one", new_string="1", replace_all=True)
        assert await running.read_file("a.py") == "1\ntwo\n1\n"


async def test_write_makes_directories_and_says_why_it_cannot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with machine(monkeypatch) as running:
        await tools.write(DIRECTORY)(file_path="new/c.py", content="x\n")
        assert await running.read_file("new/c.py") == "x\n"
        with pytest.raises(ToolError, match="Cannot write /usr/x"):
            await tools.write(DIRECTORY)(file_path="/usr/x", content="x")


async def test_text_that_cannot_be_written_is_said_to_the_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with machine(monkeypatch) as running:
        with pytest.raises(ToolError, match=r"Cannot write .*surrogates not allowed"):
            await tools.write(DIRECTORY)(file_path="a.py", content="\ud800")
        with pytest.raises(ToolError, match=r"Cannot write .*surrogates not allowed"):
            await tools.edit(DIRECTORY)(file_path="a.py", old_string="two", new_string="\ud800")
        assert await running.read_file("a.py") == "one\ntwo\none\n"
        with pytest.raises(ToolError, match=r"Cannot run this: .*surrogates"):
            await tools.bash(DIRECTORY)(command="echo \ud800")
        with pytest.raises(ToolError, match=r"Cannot read .*null byte"):
            await tools.read(DIRECTORY)(file_path="a\0")


async def test_grep_and_glob_find_by_content_and_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(monkeypatch):
        assert await tools.grep(DIRECTORY)(pattern="thr?ee") == "sub/b.py:1:three"
        files = tools.grep(DIRECTORY)(pattern="one", output_mode="files_with_matches")
        assert await files == "a.py"
        assert await tools.grep(DIRECTORY)(pattern="none") == "No matches"
        assert await tools.glob(DIRECTORY)(pattern="**/*.py") == "a.py\nsub/b.py"
