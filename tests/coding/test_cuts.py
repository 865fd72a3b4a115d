"""Taking a program apart: what is left parses, and everything else in it stays where it was."""

import ast
import contextlib
from pathlib import Path
from random import Random

import pytest

from assay.coding.cuts import Anatomy, Cut, Span
from assay.coding.flags import Flag, flags
from assay.coding.problem import Case, Problem, Submission

ADD = Problem("add", "Add.", visible=(Case((1, 2), 3),))


def left(source: str, *numbers: int) -> str:
    """The source without the statements with these numbers, outermost first."""
    submission = Submission.of(source)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    cuts = [Cut("solution.py", Span.of(nodes[number])) for number in numbers]
    reduced = Anatomy.of(submission).without(cuts, ADD)
    return reduced.source if reduced else "nothing"


def test_a_statement_becomes_pass() -> None:
    source = "import sys\ndef solve(a, b):\n    if a: sys.exit(0)\n    return 1\n"
    assert left(source, 4) == source.replace("sys.exit(0)", "pass")


def test_a_decorated_function_goes_with_its_decorator_and_lines_keep_their_numbers() -> None:
    source = "@print\ndef other():\n    pass\ndef solve(a, b): return 1"
    assert left(source, 0) == "pass\n\n\ndef solve(a, b): return 1"


def test_columns_are_counted_in_bytes() -> None:
    assert left("é = 'é'; ü = 1; solve = print", 1) == "é = 'é'; pass; solve = print"


def test_an_outer_part_takes_the_inner_along() -> None:
    source = "if 1:\n    a = 1\n    b = 2\nsolve = print"
    assert left(source, 0, 2) == "pass\n\n\nsolve = print"


def test_a_program_without_its_entry_is_none() -> None:
    assert left("def solve(a, b):\n    return 1", 0) == "nothing"


def test_a_method_as_entry_has_to_stay() -> None:
    method = Problem("m", "", entry="Solution.add", visible=ADD.visible)
    submission = Submission.of(
        "class Solution:\n    def add(self, a, b): pass\n    def b(self): pass"
    )
    anatomy = Anatomy.of(submission)
    [whole] = anatomy.outermost()
    add, other = anatomy.below(whole)
    assert anatomy.without([add], method) is None
    assert anatomy.without([other], method) is not None


def test_a_name_that_others_use_is_needed() -> None:
    anatomy = Anatomy.of(Submission.of("import sys\nimport os\nsys.exit()\n"))
    used, unused, call = anatomy.outermost()
    assert [anatomy.is_used(cut) for cut in (used, unused, call)] == [True, False, False]


def test_a_file_that_shadows_a_module_is_not_needed() -> None:
    files = {"solution.py": "import json, helper", "json.py": "", "helper.py": ""}
    anatomy = Anatomy.of(Submission(files))
    assert not anatomy.is_used(Cut("json.py"))
    assert anatomy.is_used(Cut("helper.py"))


def test_suspects_are_the_flagged_statement_then_the_functions_around_it() -> None:
    source = "def solve(a, b):\n    def leave():\n        if a:\n            exit(0)\n    leave()\n"
    submission = Submission.of(source)
    suspects = Anatomy.of(submission).suspected(flags(submission, ADD))
    assert [cut.span and cut.span.line for cut in suspects] == [4, 2, 1]


def test_an_excerpt_is_one_printable_line() -> None:
    anatomy = Anatomy.of(Submission.of("x = '\x1b[31m' + '''\n'''\n"))
    [cut] = anatomy.outermost()
    assert anatomy.excerpt(cut) == "x = '\ufffd[31m' + ''' ..."


def test_a_file_that_is_not_python_is_a_part_as_a_whole() -> None:
    anatomy = Anatomy.of(
        Submission({"solution.py": "def solve(): pass", "pytest.ini": "[pytest]\n"})
    )
    [cut] = anatomy.suspected([Flag("pytest.ini", 0, 0, "pytest_config")])
    assert anatomy.excerpt(cut) == "[pytest]"
    assert anatomy.without([cut], ADD) == Submission.of("def solve(): pass")


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_taken_out_the_rest_parses(seed: int) -> None:
    rng = Random(seed)
    source = Path(contextlib.__file__).read_text() + "\nsolve = print\n"
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    numbers = [n for n in range(len(nodes)) if rng.random() < 0.02]
    assert left(source, *(n for n in numbers if "solve" not in ast.unparse(nodes[n]))) != "nothing"
