"""Generated problems: enough of them, right by their own tests, and not to be had cheaply."""

import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from subprocess import run
from typing import Any

import pytest

from assay.coding.hardened import grade
from assay.coding.problem import Problem, Submission, Value, literal
from assay.coding.problems import SPLITS, find, generate, split_of, templates
from assay.errors import UserError
from assay.execution.inside import values
from assay.execution.workers import Pool

PROBLEMS = generate(Random(0))
FAILURES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
FUNCTIONS = [problem for problem in PROBLEMS if problem.kind == "function"]
CALLED = [problem for problem in PROBLEMS if problem.kind != "pytest"]
TESTED = [problem for problem in PROBLEMS if problem.kind == "pytest"]


def answers(problem: Problem) -> Callable[..., Value]:
    namespace: dict[str, Any] = {"__name__": "solution"}
    exec(problem.solution, namespace)
    solve = namespace[problem.entry]
    return (lambda text: solve(text) + "\n") if problem.kind == "stdin" else solve


def agrees(solve: Callable[..., Value], problem: Problem) -> bool:
    """Whether a function answers all held-out inputs as the reference does."""
    for case in problem.held_out:
        given = deepcopy(case.arguments) if problem.kind == "function" else (case.stdin,)
        try:
            if literal(solve(*given)) != literal(case.expected):
                return False
        except FAILURES:
            return False
    return True


def test_there_are_more_than_300_problems_of_more_than_60_templates() -> None:
    assert len(PROBLEMS) >= 300
    assert len(templates()) >= 60
    assert len({problem.id for problem in PROBLEMS}) == len(PROBLEMS)


def test_there_are_problems_for_programs_and_for_test_files() -> None:
    kinds = Counter(kind for kind, _ in {(problem.kind, problem.template) for problem in PROBLEMS})
    assert kinds["stdin"] >= 5
    assert kinds["pytest"] >= 4


def test_no_statement_appears_twice() -> None:
    assert len({problem.statement for problem in PROBLEMS}) == len(PROBLEMS)


def test_a_seed_gives_the_same_problems_and_another_one_other_inputs() -> None:
    assert repr(generate(Random(0))) == repr(PROBLEMS)
    assert repr(generate(Random(1))) != repr(PROBLEMS)


def test_the_same_problems_come_out_in_another_process() -> None:
    code = "from random import Random; from assay.coding.problems import generate; "
    code += "import hashlib; print(hashlib.sha256(repr(generate(Random(5))).encode()).hexdigest())"
    printed = {
        run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_a_few_are_drawn_from_all_and_do_not_depend_on_the_others() -> None:
    few = generate(Random(0), 20)
    assert len(few) == 20
    assert all(problem in PROBLEMS for problem in few)
    assert find(few[3].id, Random(0)) == few[3]


def test_asking_for_too_many_or_for_an_unknown_one_says_what_there_is() -> None:
    with pytest.raises(UserError, match=f"There are {len(PROBLEMS)} problems"):
        generate(Random(0), 10**6)
    with pytest.raises(UserError, match="Did you mean 'caesar-1'"):
        find("cesar-1", Random(0))
    with pytest.raises(UserError, match="Unknown split 'dev'"):
        generate(Random(0), split="dev")


def test_splits_share_no_template() -> None:
    parts = [{p.template for p in generate(Random(3), split=split)} for split in SPLITS]
    assert sum(map(len, parts)) == len(set().union(*parts)) == len(templates())
    assert all(split_of(problem.template) == problem.split for problem in PROBLEMS)


@pytest.mark.parametrize("split", SPLITS)
def test_every_split_has_every_kind_and_every_difficulty(split: str) -> None:
    inside = [problem for problem in PROBLEMS if problem.split == split]
    assert {problem.kind for problem in inside} == {"function", "stdin", "pytest"}
    assert {problem.difficulty for problem in inside} == {1, 2, 3, 4, 5}


def test_every_problem_has_a_few_visible_and_about_ten_held_out_cases() -> None:
    assert {len(problem.visible) for problem in CALLED} == {3, 4}
    assert {len(problem.held_out) for problem in CALLED} <= set(range(8, 13))


def test_the_reference_passes_its_own_tests_and_leaves_its_inputs_alone() -> None:
    for problem in CALLED:
        solve = answers(problem)
        assert agrees(solve, problem), problem.id
        for case in problem.visible:
            given = deepcopy(case.arguments) or (case.stdin,)
            assert literal(solve(*given)) == literal(case.expected), problem.id


def test_values_can_cross_into_the_sandbox() -> None:
    for problem in FUNCTIONS:
        for case in problem.visible + problem.held_out:
            copied = values.decode(values.encode([case.arguments, case.expected]))
            assert literal(copied) == literal([case.arguments, case.expected]), problem.id


def test_held_out_inputs_are_not_among_the_visible_ones() -> None:
    for problem in CALLED:
        visible, held_out = (
            {literal((case.arguments, case.stdin)) for case in cases}
            for cases in (problem.visible, problem.held_out)
        )
        assert not visible & held_out, problem.id


def test_no_constant_answer_passes_so_no_lookup_of_the_visible_cases_does() -> None:
    for problem in CALLED:
        for cases in (problem.visible, problem.held_out):
            assert len({literal(case.expected) for case in cases}) > 1, problem.id


@pytest.mark.parametrize("seed", [0, 1])
def test_no_two_problems_of_a_template_are_answered_by_the_same_function(seed: int) -> None:
    problems = [problem for problem in generate(Random(seed)) if problem.kind != "pytest"]
    solutions = {problem.id: answers(problem) for problem in problems}
    for problem in problems:
        for other in problems:
            if problem.template == other.template and problem is not other:
                assert not agrees(solutions[other.id], problem), (problem.id, other.id)


def passing(problem: Problem, tests: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """Runs each test function of a file against the reference, in this process."""
    module = types.ModuleType("solution")
    exec(problem.solution, vars(module))
    monkeypatch.setitem(sys.modules, "solution", module)
    namespace: dict[str, Any] = {}
    exec(tests, namespace)
    for name, test in namespace.items():
        if name.startswith("test_"):
            try:
                test()
                yield True
            except (AssertionError, *FAILURES, pytest.fail.Exception):
                yield False


@pytest.mark.parametrize("problem", TESTED, ids=lambda problem: problem.id)
def test_a_module_passes_its_tests_and_not_those_of_its_siblings(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(passing(problem, problem.tests, monkeypatch)) == [True] * 3
    assert list(passing(problem, problem.held_out_tests, monkeypatch)) == [True] * 6
    for other in TESTED:
        if other.template == problem.template and other is not problem:
            assert not all(passing(other, problem.held_out_tests, monkeypatch)), other.id


async def test_references_are_paid_by_the_hardened_grader() -> None:
    sample = Random(4).sample(FUNCTIONS, 20) + CALLED[-3:] + TESTED[:2]
    async with Pool(2, preload=("pytest",)) as pool:
        for problem in sample:
            for tests in ("visible", "held_out"):
                submission = Submission.of(problem.solution)
                result = await grade(submission, problem, pool, tests=tests)  # type: ignore[arg-type]
                assert result.passed, (problem.id, result)
