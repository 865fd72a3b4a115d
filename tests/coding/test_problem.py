"""Problems, submissions and CASES.json files, the broken ones above all."""

import json
import math
import os
from pathlib import Path

import pytest

from assay.coding.problem import (
    MAX_DEPTH,
    Case,
    Problem,
    Submission,
    assertion,
    literal,
    load_cases,
)
from assay.errors import UserError

ADD = {"entry": "add", "visible": [[[1, 2], 3]], "held_out": [[[0, -1], -1]]}


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def cases(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "CASES.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_cases_file_becomes_a_problem(tmp_path: Path) -> None:
    problem, switches = load_cases(cases(tmp_path, ADD))
    assert problem.entry == "add"
    assert problem.visible == (Case((1, 2), 3),)
    assert problem.held_out == (Case((0, -1), -1),)
    assert switches is None


def test_named_switches_are_returned_and_an_empty_list_means_none(tmp_path: Path) -> None:
    assert load_cases(cases(tmp_path, ADD | {"switches": ["early_exit"]}))[1] == ("early_exit",)
    assert load_cases(cases(tmp_path, ADD | {"switches": []}))[1] == ()


def test_values_that_json_lacks_are_read(tmp_path: Path) -> None:
    visible = [[[{"tuple": [1, {"float": "nan"}]}], {"dict": [[1, True]]}]]
    [case] = load_cases(cases(tmp_path, {"visible": visible}))[0].visible
    [pair] = case.arguments
    assert type(pair) is tuple
    assert math.isnan(pair[1])
    assert case.expected == {1: True}


def test_without_held_out_cases_the_visible_ones_decide(tmp_path: Path) -> None:
    problem, _ = load_cases(cases(tmp_path, {"visible": [[[1], 1]]}))
    assert problem.held_out == problem.visible
    assert problem.entry == "solve"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ([], "expected an object"),
        ({}, "has no visible cases"),
        ({"visible": []}, "has no visible cases"),
        ({"visible": {"1": 2}}, "visible must be a list"),
        ({"visible": [[1, 2]]}, r"visible case 1 is \[1, 2\]"),
        ({"visible": [[[1], 2], [[1]]]}, "visible case 2"),
        ({"visible": [[[1], 2, 3]]}, "visible case 1"),
        ({"visible": [[[1], {"tuple": 5}]]}, "visible case 1 holds a value that cannot be read"),
        ('{"visible": [[[NaN], 1]]}', "visible case 1 holds a value that cannot be read"),
        ({"visible": [[[1], 2]], "held_out": [7]}, "held_out case 1 is 7"),
        (ADD | {"entry": "no name"}, "entry 'no name' is neither"),
        (ADD | {"entry": "class"}, "entry 'class' is neither"),
        (ADD | {"entry": 3}, "entry 3 is neither"),
        (ADD | {"entry": "a.b.c"}, "entry 'a.b.c' is neither"),
        (ADD | {"switches": "early_exit"}, "switches must be a list of names"),
        (ADD | {"switches": [1]}, "switches must be a list of names"),
        (ADD | {"hidden": []}, "Unknown key 'hidden'"),
        (ADD | {"h" * 9999: []}, "Unknown key 'hhhh"),
        (ADD | {"entry": "a b" * 9999}, "entry 'a ba ba b.*is neither"),
        (ADD | {"switches": ["s" * 9999]}, "switches must be a list of names"),
        (ADD | {"switches": "s" * 9999}, "switches must be a list of names"),
        ({"visible": ["v" * 9999]}, "visible case 1 is 'vvv"),
        ({"visible": [[[nested(MAX_DEPTH + 1)], 1]]}, "case 1 holds .* too many levels deep"),
        ({"visible": [[[1], nested(MAX_DEPTH + 1)]]}, "case 1 holds .* too many levels deep"),
        ({"visible": [nested(900)]}, "visible case 1 "),
        ({"visible": [[[{"set": list(range(10_001))}], 1]]}, "more than 10000 members"),
    ],
)
def test_a_broken_cases_file_is_one_clear_sentence(
    tmp_path: Path, content: object, complaint: str
) -> None:
    with pytest.raises(UserError, match=complaint) as caught:
        load_cases(cases(tmp_path, content))
    assert "\n" not in str(caught.value)
    assert "CASES.json" in str(caught.value)
    assert len(str(caught.value).replace(str(tmp_path), "")) < 250


def test_a_missing_cases_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.json cannot be read: No such file"):
        load_cases(tmp_path / "nowhere.json")
    with pytest.raises(UserError, match="cannot be read: Is a directory"):
        load_cases(tmp_path)


def test_a_case_with_a_huge_number_can_be_shown(tmp_path: Path) -> None:
    content = {"visible": [[[1, nested(MAX_DEPTH)], {"int": "f" * 5000}]]}
    problem, _ = load_cases(cases(tmp_path, content))
    assert f"0x{'f' * 5000}" in repr(problem)
    assert f"== 0x{'f' * 5000}" in problem.prompt


def test_only_ordinary_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    for name in ("pipe.py", "zero.py"):
        with pytest.raises(UserError, match="is no ordinary file"):
            load_cases(tmp_path / name)
        with pytest.raises(UserError, match="is no ordinary file"):
            Submission.read(tmp_path / name)
    (tmp_path / "solution.py").write_text("x = 1")
    assert set(Submission.read(tmp_path).files) == {"solution.py"}
    (tmp_path / "pipe.py").replace(tmp_path / "solution.py")
    with pytest.raises(UserError, match=r"has no solution\.py"):
        Submission.read(tmp_path)


def test_what_is_read_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text("#" * (16 << 20))
    assert Submission.read(tmp_path / "solution.py")
    (tmp_path / "more.py").write_text("#")
    with pytest.raises(UserError, match="hold more than 16 MB"):
        Submission.read(tmp_path)
    with (tmp_path / "solution.py").open("a") as file:
        file.write("#")
    for path in (tmp_path, tmp_path / "solution.py"):
        with pytest.raises(UserError, match=r"solution\.py is larger than 16 MB"):
            Submission.read(path)


def test_a_file_of_any_name_is_read_as_the_solution(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("x = 1\n")
    assert Submission.read(tmp_path / "mine.py").files == {"solution.py": "x = 1\n"}


def test_a_directory_is_read_with_all_its_files_but_links_and_caches(tmp_path: Path) -> None:
    for name in ("solution.py", "pkg/conftest.py", "__pycache__/x.pyc", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "link.py").symlink_to("/etc/hostname")
    (tmp_path / "linked").symlink_to("/etc")
    assert set(Submission.read(tmp_path).files) == {"solution.py", "pkg/conftest.py"}


def test_what_is_no_submission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "latin.py").write_bytes(b"# \xe9")
    for path, complaint in [
        (tmp_path, "has no solution.py"),
        (tmp_path / "notes.txt", "neither a .py file nor a directory"),
        (tmp_path / "none.py", "cannot be read: No such file"),
        (tmp_path / "latin.py", "is not UTF-8"),
    ]:
        with pytest.raises(UserError, match=complaint):
            Submission.read(path)


@pytest.mark.parametrize("name", ["../x.py", "/etc/passwd", "a/../../x", "./a", "a//b", ""])
def test_a_submission_cannot_name_files_elsewhere(name: str) -> None:
    with pytest.raises(ValueError, match="does not lie below"):
        Submission({"solution.py": "", name: ""})


def test_a_submission_has_a_solution() -> None:
    assert Submission.of("x = 1").source == "x = 1"
    with pytest.raises(ValueError, match=r"has a solution\.py"):
        Submission({"other.py": ""})


@pytest.mark.parametrize(
    "value", [(1,), (), {1: [float("inf")]}, {"a"}, set(), frozenset({1, 2}), b"x", -0.0, True]
)
def test_a_literal_is_an_expression_for_the_value(value: object) -> None:
    again = eval(literal(value))
    assert (again, type(again)) == (value, type(value))


def test_an_assertion_tells_booleans_from_numbers() -> None:
    assert assertion("f", Case((1, "a"), 2)) == "assert f(1, 'a') == 2"
    assert assertion("f", Case((), True)) == "assert f() is True"
    assert assertion("Solution.f", Case(([],), None)) == "assert Solution().f([]) is None"
    assert assertion("f", Case((), float("nan"))) == 'assert f() == float("nan")'


def test_a_prompt_shows_the_visible_cases_and_no_others() -> None:
    called = Problem("p", "Add.", visible=(Case((1, 2), 3),), held_out=(Case((5, 6), 11),))
    assert "assert solve(1, 2) == 3" in called.prompt
    assert "11" not in called.prompt
    program = Problem("p", "Add.", kind="stdin", visible=(Case(stdin="1 2\n", expected="3\n"),))
    assert "Input:\n\n```\n1 2\n```\n\nOutput:\n\n```\n3\n```" in program.prompt
    tested = Problem("p", "Add.", kind="pytest", tests="def test_a(): ...", held_out_tests="secret")
    assert "def test_a(): ..." in tested.prompt
    assert "secret" not in tested.prompt
