"""Which operators stand-ins have (`inside.suite`), and what each asks for (`inside.replay`).

`defined` says which of them a class has, so that a reference solution can be asked.
"""

from __future__ import annotations

BUILT_IN = (
    "len", "iter", "next", "reversed", "bool", "repr", "str", "format", "hash", "int", "float",
)  # fmt: skip
FREE = {  # of every object
    **{name: f"builtins:{name}" for name in BUILT_IN},
    **{name: f"operator:{name}" for name in ("getitem", "setitem", "delitem")},
    "copy": "copy:copy",
}
BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor",
    "lshift", "rshift",
)  # fmt: skip
ORDER = ("lt", "le", "gt", "ge")
UNARY = ("neg", "pos", "invert", "abs", "index")
OTHERS = {
    "round": "builtins:round", "divmod": "builtins:divmod", "trunc": "math:trunc",
    "floor": "math:floor", "ceil": "math:ceil",
}  # fmt: skip
ASKED = {  # where the tests know the class, and the reference has the operator
    **OTHERS,
    **{name: f"operator:__{name}__" for name in (*ORDER, *UNARY, *BINARY)},
}


def forms(name: str) -> tuple[str, ...]:
    """The methods of which any one makes an operator: `radd` also adds, `lt` alone also sorts."""
    return ORDER if name in ORDER else (name, f"r{name}", f"i{name}")


def defined(kind: type) -> list[str]:
    """The operators of a class, but for what every object has."""
    own = {name for base in kind.__mro__ if base is not object for name in vars(base)}
    names = ("eq", "contains", *ASKED)
    return [name for name in names if any(f"__{form}__" in own for form in forms(name))]
