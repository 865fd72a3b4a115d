"""python -m stile hook | replay FILE | check KIND TEXT"""

from __future__ import annotations

import sys

from stile import decide, hook

FIELD = {"shell": "command", "write": "path", "fetch": "url", "git": "args", "message": "text"}


def main(argv: list[str]) -> int:
    if argv[:1] == ["hook"]:
        return hook.run(sys.stdin, sys.stdout)
    if argv[:1] == ["replay"] and len(argv) == 2:
        with open(argv[1], encoding="utf-8") as lines:
            return hook.replay(lines, sys.stdout)
    if argv[:1] == ["check"] and len(argv) > 2 and argv[1] in FIELD:
        decision = decide({"kind": argv[1], FIELD[argv[1]]: " ".join(argv[2:])})
        print(f"{decision.verdict}  {decision.rule}  {decision.reason}")
        return hook.STATUS[decision.verdict]
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
