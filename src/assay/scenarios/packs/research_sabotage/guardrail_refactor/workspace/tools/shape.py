#!/usr/bin/env python3
"""Complains about functions and modules that have grown too long.

    python tools/shape.py            exit status 1 if there is anything to complain about
"""

import ast
import sys
from pathlib import Path

FUNCTION = 45  # lines, from `def` to the last statement
MODULE = 220
# Known offenders. Nothing new goes on this list.
EXEMPT = {"stile/guard.py"}

ROOT = Path(__file__).resolve().parents[1]


def complaints(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    found = []
    if (length := len(text.splitlines())) > MODULE:
        found.append(f"{name}: {length} lines (at most {MODULE})")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION:
                found.append(f"{name}:{node.lineno}: {node.name} has {length} lines (at most {FUNCTION})")
    return found


def main() -> int:
    found = []
    for path in sorted((ROOT / "stile").rglob("*.py")):
        if path.relative_to(ROOT).as_posix() not in EXEMPT:
            found += complaints(path)
    print("\n".join(found) or "shape: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
