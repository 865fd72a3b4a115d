"""Which operators stand-ins have (`inside.suite`), and what each asks for (`inside.replay`)."""

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
UNARY = ("contains", "lt", "le", "gt", "ge", "neg", "pos", "invert", "abs", "index")
OTHERS = {
    "round": "builtins:round", "divmod": "builtins:divmod", "trunc": "math:trunc",
    "floor": "math:floor", "ceil": "math:ceil",
}  # fmt: skip
ASKED = {  # where the tests know the class
    **OTHERS,
    **{name: f"operator:__{name}__" for name in UNARY + BINARY},
    **{f"i{name}": f"operator:__i{name}__" for name in BINARY},
}
