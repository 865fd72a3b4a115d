"""When two programs are the same one, so that only one of them has to be run.

Comments and layout make no difference, unless a program looks at its own text.
"""

import ast
import re

from assay.coding.problem import SOLUTION, Submission
from assay.coding.syntax import parse

# A name or a text by which a program might get at its source, its lines, or other code's names.
_LOOKS = re.compile(
    r"open|read|file|inspect|cache|trace|token|loader|spec|frame|\bf_|\btb_|\bco_|line|code|doc"
    r"|exec|eval|compile|attr|globals|locals|vars|dict|dir|modules|import|path|glob|walk|scan"
    r"|argv|run|popen|system|process|spawn|fork|ast|ctypes|mmap|gc|pickle|marshal|repr|warn"
    r"|std|hook|dup|fd|help|pdb|bdb|break|dis|unittest|pytest|log",  # a traceback shows lines
    re.IGNORECASE,
)
_HARMLESS = frozenset({"sys", "os"})


def identity(submission: Submission) -> str:
    """A text that programs have in common only if one stands for the other."""
    tree = parse(submission.source) if [*submission.files] == [SOLUTION] else None
    if tree is None or any(_LOOKS.search(word) for word in _words(tree) - _HARMLESS):
        return repr(sorted(submission.files.items()))
    return ast.dump(tree)


def _words(tree: ast.Module) -> set[str]:
    """All names and texts of a program."""
    words: set[str] = set()
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            parts = value if isinstance(value, list) else [value]
            words |= {part for part in parts if isinstance(part, str)}
            words |= {part.decode("latin-1") for part in parts if isinstance(part, bytes)}
    return words
