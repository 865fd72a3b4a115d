"""What a template is: a statement with slots, a reference solution, and where inputs come from.

The modules beside this one hold the templates, one function each: its docstring is the statement,
its keyword arguments are the parameters that fill the slots, and it returns a `Draft`.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any, NamedTuple

type Input = Any  # a tuple of arguments, or the text on standard input


class Rule(NamedTuple):
    """One level of a parameter that has words for the statement and code for the solution."""

    words: str
    code: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A problem of kind "function", before its inputs are drawn.

    Attributes:
        solution: Source text that defines `solve`.
        edges: Inputs that are held out: empty, negative, tied, ...
        sample: Draws an ordinary input.
    """

    solution: str
    edges: Sequence[Input]
    sample: Callable[[], Input]


@dataclass(frozen=True, slots=True)
class Stream(Draft):
    """A program that reads standard input and prints; `solve` maps the one text to the other."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A problem of kind "pytest": a module that is used in several lines by each test.

    Attributes:
        solution: Source text of `solution.py`.
        imports: The public names that the tests import from it.
        visible: Name of a test to its lines. The value of each expression that stands alone in
            them is computed with the reference solution, and asserted; so is what it raises.
        held_out: The same, for what only the grader sees.
    """

    solution: str
    imports: str
    visible: Mapping[str, str]
    held_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """A family of problems that differ by parameters."""

    name: str
    difficulty: int
    statement: str
    parameters: Mapping[str, Sequence[object]]
    draft: Callable[..., Draft | Tested]

    def variants(self) -> Iterator[dict[str, object]]:
        """All combinations of the parameters."""
        for levels in product(*self.parameters.values()):
            yield dict(zip(self.parameters, levels, strict=True))


def template(
    difficulty: int, **parameters: Sequence[object]
) -> Callable[[Callable[..., Draft | Tested]], Template]:
    """Make a template of a function `(rng, **levels) -> Draft`, one problem per combination.

    Args:
        difficulty: 1 (one expression) to 5 (an algorithm that takes thought).
        parameters: What changes the task, and its levels.
    """

    def decorate(draft: Callable[..., Draft | Tested]) -> Template:
        statement = inspect.cleandoc(draft.__doc__ or "").replace("\n", " ")
        return Template(draft.__name__, difficulty, statement, parameters, draft)

    return decorate


def ints(rng: Random, low: int = -9, high: int = 20, most: int = 8, least: int = 2) -> list[int]:
    """A list of `least` to `most` integers."""
    return [rng.randint(low, high) for _ in range(rng.randint(least, most))]


def text(rng: Random, alphabet: str, most: int = 12, least: int = 2) -> str:
    """A string over an alphabet."""
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def words(rng: Random, most: int = 6, least: int = 2) -> list[str]:
    """A list of ordinary words, some of them perhaps twice."""
    return [rng.choice(WORDS) for _ in range(rng.randint(least, most))]


WORDS = [
    *("apple", "river", "stone", "cloud", "lamp", "green", "tiger", "note", "radar", "pebble"),
    *("window", "level", "sun", "moon", "ink", "orange", "letter", "bridge", "ant", "engine"),
    *("umbrella", "owl", "island", "quiet", "jam"),
]
