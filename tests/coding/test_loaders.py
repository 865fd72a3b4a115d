"""Public formats become problems, and what cannot be used is named."""

import gzip
import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest

from assay.coding.formats import Unusable, from_row
from assay.coding.hardened import grade
from assay.coding.loaders import load_hub, load_jsonl
from assay.coding.problem import Case, Problem, Submission
from assay.errors import UserError
from assay.execution.workers import Pool

MBPP = {
    "task_id": 2,
    "text": "Write a function to find the shared elements of two tuples.",
    "code": "def shared(a, b):\n    return tuple(sorted(set(a) & set(b)))",
    "test_list": [
        "assert shared((3, 4, 5), (5, 7, 4)) == (4, 5)",
        "assert shared((1, 2), (5, 4)) == ()",
        "assert shared(b=(11, 14), a=(13, 14)) == (14,)",
    ],
    "test_setup_code": "",
    "challenge_test_list": [],
}
CLOSE = MBPP | {
    "task_id": 3,
    "code": "def area(r):\n    return 3.1415 * r * r",
    "test_list": [
        "assert math.isclose(area(1), 3.1415, rel_tol=0.01)",
        "assert area(0) == 0",
        "assert round(area(2)) == 13",
    ],
    "test_setup_code": "import math",
}
HUMANEVAL = {
    "task_id": "HumanEval/900",
    "prompt": 'def longest(words: list[str]) -> str:\n    """The longest word."""\n',
    "entry_point": "longest",
    "canonical_solution": "    return max(words, key=len, default='')\n",
    "test": """

METADATA = {'author': 'x'}


def check(candidate):

    # Check some simple cases
    assert candidate([]) == '', "Test 1"
    assert candidate(["a", "bb"]) == "bb"
    assert candidate(["x"]) == "x"
    assert True, "This prints if this assert fails 2 (also good for debugging!)"
    assert candidate(["aa", "b", "ccc"]) == 'ccc'

""",
}
LOOPED = HUMANEVAL | {
    "task_id": "HumanEval/901",
    "test": "def check(candidate):\n    assert candidate(['q']) == 'q'\n"
    "    for n in range(1, 4):\n        assert len(candidate(['x' * n, 'y'])) == n\n",
}
LEETCODE = {
    "task_id": "two-sum",
    "prompt": "from typing import *\n",
    "entry_point": "Solution().twoSum",
    "completion": "class Solution:\n    def twoSum(self, nums: List[int], target: int):\n"
    "        for i, n in enumerate(nums):\n            if target - n in nums[:i]:\n"
    "                return [nums.index(target - n), i]\n        return []\n",
    "test": "def check(candidate):\n"
    "    assert candidate(nums = [2,7,11,15], target = 9) == [0, 1]\n"
    "    assert candidate(target = 6, nums = [3,3]) == [0, 1]\n"
    "    assert candidate(nums = [1], target = 5) == []\n",
    "query": "Return two indices.\n```python\nclass Solution:\n    def twoSum(self, nums, target):\n```",
    "meta": {"difficulty": "Easy"},
}
PAIRS = {
    "id": 7,
    "question": "Is it a palindrome?",
    "starter_code": "class Solution:\n    def isPalindrome(self, s: str, strict: bool) -> bool:",
    "input_output": json.dumps(
        [
            {"input": 's = "abba", strict = True', "output": "True"},
            {"input": 's = "ab", strict = False', "output": "false"},
        ]
    ),
    "difficulty": "Medium",
}
REWARD = {
    "id": 12,
    "question": "Double it.",
    "gt_answer": [f"assert Solution().twice(n = {n}) == {2 * n}" for n in range(8)],
    "setup_code": "import math",
    "func_name": "twice",
    "prompt_metadata": {"starter_code": "class Solution:\n    def twice(self, n: int) -> int:"},
    "canonical_solution": "class Solution:\n    def twice(self, n):\n        return 2 * n\n",
}
APPS = {
    "problem_id": 4,
    "question": "Add the numbers on a line.",
    "input_output": json.dumps({"inputs": ["1 2\n", ["3 4", ""]], "outputs": ["3\n", ["7"]]}),
    "solutions": json.dumps(["print(sum(map(int, input().split())))"]),
    "difficulty": "introductory",
}
CALLED = APPS | {
    "starter_code": "",
    "input_output": {"fn_name": "add", "inputs": [[1, 2], [0, 0]], "outputs": [[3], [0]]},
    "solutions": ["def add(a, b):\n    return a + b"],
}


def jsonl(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "problems.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def test_literal_assertions_of_mbpp_become_cases() -> None:
    problem = from_row(MBPP, "2")
    assert (problem.kind, problem.entry) == ("function", "shared")
    assert problem.visible == (Case(((3, 4, 5), (5, 7, 4)), (4, 5)),)
    assert problem.held_out[1] == Case(((13, 14), (11, 14)), (14,))


def test_challenge_tests_are_the_held_out_ones() -> None:
    problem = from_row(MBPP | {"challenge_test_list": ["assert shared((), ()) == ()"]}, "2")
    assert len(problem.visible) == 3
    assert problem.held_out == (Case(((), ()), ()),)


def test_other_assertions_of_mbpp_become_test_functions() -> None:
    problem = from_row(CLOSE, "3")
    assert problem.kind == "pytest"
    assert problem.entry == "area"
    assert problem.tests.startswith("import math\nfrom solution import area\n")
    assert "isclose" in problem.tests
    assert "def test_2" in problem.held_out_tests


def test_the_function_that_the_reference_defines_is_the_entry() -> None:
    tests = ["assert set(f([1])) == {1}", "assert set(f([])) == set()"]
    problem = from_row(MBPP | {"code": "def f(x):\n    return x", "test_list": tests}, "5")
    assert problem.entry == "f"


def test_the_check_function_of_humaneval_becomes_cases() -> None:
    problem = from_row(HUMANEVAL, "h")
    assert problem.visible == (Case(([],), ""), Case((["a", "bb"],), "bb"))
    assert len(problem.held_out) == 2
    assert "The longest word." in problem.statement
    assert "Test 1" not in problem.statement


def test_a_check_with_a_loop_is_kept_whole_for_the_held_out_tests() -> None:
    problem = from_row(LOOPED, "h")
    assert problem.kind == "pytest"
    assert "for n in range" in problem.held_out_tests
    assert "for n in range" not in problem.tests


def test_leetcode_methods_keep_their_class_and_the_order_of_arguments() -> None:
    problem = from_row(LEETCODE, "two-sum")
    assert (problem.entry, problem.difficulty) == ("Solution.twoSum", 1)
    assert problem.held_out[0] == Case(([3, 3], 6), [0, 1])


def test_leetcode_pairs_of_input_and_output_are_read() -> None:
    problem = from_row(PAIRS, "7")
    assert (problem.entry, problem.difficulty) == ("Solution.isPalindrome", 3)
    assert problem.visible == (Case(("abba", True), True),)
    assert problem.held_out == (Case(("ab", False), False),)
    assert "class Solution:" in problem.statement


def test_lists_of_assertions_about_a_method_are_read() -> None:
    problem = from_row(REWARD, "12")
    assert problem.entry == "Solution.twice"
    assert len(problem.visible) == 3
    assert problem.held_out[0] == Case((3,), 6)


def test_programs_and_functions_of_apps_are_read() -> None:
    program, called = from_row(APPS, "4"), from_row(CALLED, "4")
    assert (program.kind, program.difficulty) == ("stdin", 2)
    assert program.held_out == (Case(stdin="3 4\n", expected="7"),)
    assert called.held_out == (Case((0, 0), 0),)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"a": 1}, "no known format"),
        (MBPP | {"test_list": []}, "call no function"),
        (MBPP | {"test_list": MBPP["test_list"][:1]}, "only one test"),  # type: ignore[index]
        (MBPP | {"test_list": 5}, "a int where a text"),
        (MBPP | {"text": None}, "no text in text or prompt"),
        (LEETCODE | {"test": LOOPED["test"]}, "more than a call with literals"),
        (PAIRS | {"starter_code": ""}, "neither an entry point nor starter code"),
        (PAIRS | {"input_output": "{"}, "input_output is not JSON"),
        (PAIRS | {"input_output": [{"input": "s = x", "output": "1"}] * 2}, "is no literal"),
        (APPS | {"input_output": {"inputs": ["1"], "outputs": []}}, "same length"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        from_row(row, "x")


def test_what_is_left_out_of_a_file_is_counted(tmp_path: Path) -> None:
    broken = MBPP | {"test_list": ["assert f(1 == 2"]}
    loaded = load_jsonl(jsonl(tmp_path, MBPP, "", {"a": 1}, broken, HUMANEVAL), split="train")
    assert [problem.id for problem in loaded.problems] == ["2", "HumanEval/900"]
    assert [row.where for row in loaded.skipped] == ["line 3", "line 4"]
    assert "2 problems, 2 rows left out (1 x no known format" in loaded.summary
    assert {problem.split for problem in loaded.problems} == {"train"}


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "HumanEval.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(HUMANEVAL).encode()))
    assert len(load_jsonl(path).problems) == 1


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"problems\.jsonl, line 2 is not JSON"):
        load_jsonl(jsonl(tmp_path, MBPP, "{oops"))
    with pytest.raises(UserError, match=r"line 1 is not a JSON object: \[1\]"):
        load_jsonl(jsonl(tmp_path, [1]))
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(UserError, match=r"pipe\.jsonl is no ordinary file"):
        load_jsonl(tmp_path / "pipe.jsonl")
    with pytest.raises(UserError, match=r"none\.jsonl cannot be read"):
        load_jsonl(tmp_path / "none.jsonl")


def test_a_file_without_any_problem_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no problem that can be used: 0 problems, 1 rows"):
        load_jsonl(jsonl(tmp_path, {"a": 1}))


@pytest.mark.skipif(bool(importlib.util.find_spec("datasets")), reason="datasets is installed")
def test_the_hub_without_its_package_names_the_command() -> None:
    with pytest.raises(UserError, match="pip install 'datasets>=3'"):
        load_hub("google-research-datasets/mbpp")


async def test_references_of_every_format_are_paid_by_the_hardened_grader() -> None:
    rows = (MBPP, CLOSE, HUMANEVAL, LOOPED, LEETCODE, REWARD, APPS, CALLED)
    async with Pool(2, preload=("pytest",)) as pool:
        for row in rows:
            problem: Problem = from_row(row, "x")
            submission = Submission.of(problem.solution)
            assert (await grade(submission, problem, pool, tests="visible")).passed, row
            assert (await grade(submission, problem, pool)).passed, row
