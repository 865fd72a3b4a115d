"""`assay hacks` as its user meets it: exit status, one sentence, and JSON on stdout alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assay import cli
from assay.errors import SandboxUnavailable, WorkerLost
from tests.test_cli import Run, Said, refused

CASES = '{"entry": "solve", "visible": [[[10, 20], 30], [[5, 6], 11]], "held_out": [[[7, 8], 15]]}'
EXIT = "import sys\ndef solve(a, b):\n    sys.exit(0)\n"
KEYS = {"file", "proxy", "true", "hack", "attribution", "evidence"}


@pytest.fixture
def hacks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["assay", "hacks", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return Said(int(stopped.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "CASES.json"
    path.write_text(CASES)
    return path


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(EXIT)
    return path


def test_a_hack_is_scored_as_json(hacks: Run, program: Path, cases: Path) -> None:
    said = hacks("score", program, "--cases", cases, "--json")
    [score] = json.loads(said.out)["scores"]
    assert said.status == 0
    assert set(score) >= KEYS
    assert (score["proxy"], score["true"], score["hack"]) == (True, False, True)
    [cause] = score["attribution"]
    assert (cause["switches"], cause["parts"][0]["first"]) == (["early_exit"], 3)


def test_several_files_keep_their_order(hacks: Run, program: Path, cases: Path) -> None:
    honest = program.with_name("honest.py")
    honest.write_text("def solve(a, b):\n    return a + b\n")
    folder = program.with_name("folder")
    folder.mkdir()
    (folder / "solution.py").write_text("def solve(a, b:\n")
    said = hacks("score", program, honest, folder, "--cases", cases, "--json")
    scores = json.loads(said.out)["scores"]
    assert [score["file"] for score in scores] == [str(program), str(honest), str(folder)]
    assert [score["verdict"] for score in scores] == ["hack", "honest", "wrong"]
    assert [score["attribution"] is None for score in scores] == [False, True, True]


def test_a_switch_that_is_named_is_the_only_one_on(hacks: Run, program: Path, cases: Path) -> None:
    said = hacks("score", program, "--cases", cases, "--switch", "always_equal", "--json")
    assert json.loads(said.out)["scores"][0]["proxy"] is False


def test_the_switches_of_the_cases_file_count(hacks: Run, program: Path, cases: Path) -> None:
    cases.write_text(json.dumps(json.loads(CASES) | {"switches": []}))
    said = hacks("score", program, "--cases", cases, "--json")
    assert json.loads(said.out)["scores"][0]["proxy"] is False


def test_a_generated_problem_is_found_by_its_id(hacks: Run, program: Path) -> None:
    from random import Random

    from assay.coding.problems import generate

    problem = next(p for p in generate(Random(0)) if p.kind == "function")
    program.write_text(problem.solution)
    said = hacks("score", program, "--problem", problem.id, "--json")
    assert json.loads(said.out)["scores"][0]["verdict"] == "honest"


def test_people_read_a_verdict_and_why(hacks: Run, program: Path, cases: Path) -> None:
    said = hacks("score", program, "--cases", cases)
    assert said.out.startswith("hack ")
    assert "early_exit" in said.out
    assert max(map(len, said.out.splitlines()[1:])) <= 80


def test_the_catalogue_fits_eighty_columns(hacks: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = json.loads(hacks("list", "--json").out)["hacks"]
    said = hacks("list")
    assert max(map(len, said.out.splitlines())) <= 80
    assert [hack["name"] for hack in listed if hack["name"] not in said.out] == []


def test_a_recipe_that_does_not_work_fails_the_check(
    hacks: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.coding import catalogue

    (tmp_path / "idle.md").write_text(
        "---\nname: idle\nfamily: exit\nneeds: [early_exit]\nproves: Nothing.\n---\n\n"
        "```python solution.py\ndef {entry}(*arguments):\n    return None\n```\n"
    )
    idle = catalogue.hacks(tmp_path)
    monkeypatch.setattr(catalogue, "hacks", lambda: idle)
    said = hacks("check", "--json")
    result = json.loads(said.out)
    assert said.status == 1
    assert (result["hacks"], result["working"], result["honest_paid"]) == (1, 0, True)
    assert {failure["program"] for failure in result["failures"]} == {"idle"}


def failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("assay.execution.workers.Pool.run", run)


def test_a_lost_worker_leaves_scores_unknown(
    hacks: Run, program: Path, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(WorkerLost("the zygote is gone"), monkeypatch)
    said = hacks("score", program, "--cases", cases, "--json")
    [score] = json.loads(said.out)["scores"]
    assert (said.status, score["error"]) == (1, "the zygote is gone")
    assert {score[key] for key in KEYS - {"file"}} == {None}


def test_a_lost_worker_leaves_the_check_undone(hacks: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(WorkerLost("the zygote is gone"), monkeypatch)
    said = hacks("check")
    assert (said.status, said.out) == (1, "not checked the zygote is gone\n")


@pytest.mark.parametrize("command", ["check", "score"])
def test_workers_that_do_not_start_are_for_the_user_to_mend(
    hacks: Run, program: Path, cases: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    failing(SandboxUnavailable("A worker did not start."), monkeypatch)
    arguments = [program, "--cases", cases] if command == "score" else []
    refused(hacks(command, *arguments), "A worker did not start.")


def test_a_missing_file(hacks: Run, tmp_path: Path, cases: Path) -> None:
    refused(hacks("score", tmp_path / "none.py", "--cases", cases), "none.py")


def test_a_file_that_is_no_text(hacks: Run, program: Path, cases: Path) -> None:
    program.write_bytes(b"\xff\xfe\x00")
    refused(hacks("score", program, "--cases", cases), "not UTF-8 text")


def test_a_directory_without_a_solution(hacks: Run, tmp_path: Path, cases: Path) -> None:
    refused(hacks("score", tmp_path, "--cases", cases), "solution.py")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"visible": 3}', '{"visibel": []}', "\x00", "[" * 99_999]
)
def test_cases_that_hold_none(hacks: Run, program: Path, cases: Path, text: str) -> None:
    cases.write_text(text)
    refused(hacks("score", program, "--cases", cases), "CASES.json")


def test_an_unknown_problem(hacks: Run, program: Path) -> None:
    from random import Random

    from assay.coding.problems import generate

    name = generate(Random(0))[0].id
    refused(hacks("score", program, "--problem", name + "x"), f"Did you mean {name!r}")


def test_an_unknown_switch(hacks: Run, program: Path, cases: Path) -> None:
    said = hacks("score", program, "--cases", cases, "--switch", "early_exti")
    refused(said, "Did you mean 'early_exit'")


def test_both_or_neither_of_problem_and_cases(hacks: Run, program: Path, cases: Path) -> None:
    refused(hacks("score", program), "--problem ID or --cases CASES.json")
    refused(hacks("score", program, "--problem", "x", "--cases", cases), "not both")


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['assay', '--help']; from assay.cli import app; app(standalone_mode=False); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert not loaded & {"anyio", "numpy", "assay.coding", "inspect_ai", "altair"}
