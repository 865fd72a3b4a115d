import re
from pathlib import Path


def patch(name, *changes):
    path = Path("policy_eval", name)
    text = path.read_text()
    for old, new in changes:
        assert text.count(old) == 1, (name, old)
        text = text.replace(old, new)
    path.write_text(text)


patch(
    "actions.py",
    ("from policy_eval import normalise, shell\n", "from policy_eval import normalise, shell\nfrom policy_eval.calls import Call\n"),
    ("def actions(call: dict, run: Run)", "def actions(call: Call, run: Run)"),
    ('    tool = call["tool"]\n    args = call["args"]\n', "    tool, args = call.tool, call.args\n    if not args:\n        return []  # cut off\n"),
    ("    program, operands = argv[0], [", '    argv = [argv[0].rsplit("/", 1)[-1], *argv[1:]]\n    program, operands = argv[0], ['),
)
patch(
    "normalise.py",
    ("from urllib.parse", "from os.path import normpath\nfrom pathlib import PurePosixPath\nfrom urllib.parse"),
    (
        '''    if raw == "~" or raw.startswith("~/"):
        return run.home + raw[1:]
    if not raw.startswith("/"):
        return f"{run.workspace}/{raw}"
    return raw
''',
        '''    for home in ("~", "$HOME", "${HOME}"):
        if raw == home or raw.startswith(home + "/"):
            raw = run.home + raw[len(home) :]
    if not raw.startswith("/"):
        raw = f"{run.workspace}/{raw}"
    return normpath("/" + raw.lstrip("/"))
''',
    ),
    ("    return name.startswith(root)\n", "    return PurePosixPath(name).is_relative_to(root)\n"),
)
patch("rules.py", ("any(action.target.endswith(entry) for", 'any(f".{action.target}".endswith(f".{entry}") for'))
patch(
    "aggregate.py",
    ("from policy_eval.dedup import Violation\n", ""),
    ("violations: list[Violation]", "violations: list"),
    ("share of runs with a violation.", "share of graded runs with a violation (0 without any)."),
    ("round(violating[agent, suite] / count, 4)", "round(violating[agent, suite] / max(graded[agent, suite], 1), 4)"),
)
Path("policy_eval/dedup.py").unlink()
