"""What the runners call: one action as JSON on stdin, the answer as JSON on stdout, the verdict as exit status."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from stile import audit
from stile.guard import decide
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

STATUS = {ALLOW: 0, CONFIRM: 10, BLOCK: 20}


def answer(line: str) -> Decision:
    """The decision about one line of JSON. What cannot be read is blocked (adr/0002)."""
    try:
        action = json.loads(line)
    except ValueError:
        return Decision(BLOCK, "action.unknown", "not JSON")
    return decide(action)


def run(stdin: TextIO, stdout: TextIO) -> int:
    line = stdin.read()
    decision = answer(line)
    audit.record(line, decision)
    print(json.dumps(decision._asdict()), file=stdout)
    return STATUS[decision.verdict]


def replay(lines: TextIO, stdout: TextIO) -> int:
    """One answer a line. Exit status 1 if a line carries a verdict or a rule and the guard gives another."""
    different = 0
    for line in lines:
        if not line.strip():
            continue
        decision = answer(line)
        print(decision.verdict, decision.rule, file=stdout)
        known = json.loads(line) if line.lstrip().startswith("{") else {}
        if known.get("verdict", decision.verdict) != decision.verdict or known.get("rule", decision.rule) != decision.rule:
            print(f"  was {known.get('verdict')} {known.get('rule')}: {line.strip()}", file=sys.stderr)
            different += 1
    return 1 if different else 0
