"""Rules of the house: imports run downward, modules stay small, every public name explains itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "assay"
ROWS = [
    {"assay", "errors", "extra", "strict_yaml", "text"},
    {"cards", "price", "store"},
    {"manifest"},
    {"engines"},
    {"stats"},
    {"execution"},
    {"coding"},
    {"microcosm"},
    {"checkpoints", "sampling", "turns"},
    {"scenarios"},
    {"providers"},
    {"targets"},
    {"grading"},
    {"tasks"},
    {"runs"},
    {"realism"},
    {"recipes"},
    {"training"},
    {"study"},
    {"report"},
    {
        "console",
        "console_awareness",
        "console_corpus",
        "console_data",
        "console_realism",
        "console_study",
        "screen",
    },
    {"reviewing"},
    {
        "cli_data",
        "cli_hacks",
        "cli_honeypots",
        "cli_petri",
        "cli_power",
        "cli_realism",
        "cli_review",
        "cli_scenarios",
        "cli_study",
        "cli_train",
    },
    {"cli_quickstart"},
    {"cli"},
]
LEVEL = {name: level for level, row in enumerate(ROWS) for name in row}
MODULES = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if "packs" not in path.parts and path.name != "_registry.py"
]


def row_of(path: Path) -> str:
    part = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return "assay" if part == "__init__" else part


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assay"):
            parts = (node.module or "").split(".")
            yield parts[1] if len(parts) > 1 else "assay"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_only_downward(path: Path) -> None:
    here = LEVEL[row_of(path)]
    upward = [name for name in imported(path) if LEVEL.get(name, 0) > here]
    assert not upward


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_stay_below_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_public_name_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text())
    definitions = [
        node
        for parent in [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))]
        for node in parent.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not {"override", "overload"} & {ast.unparse(mark) for mark in node.decorator_list}
    ]
    assert ast.get_docstring(tree)
    assert [node.name for node in definitions if not ast.get_docstring(node)] == []
