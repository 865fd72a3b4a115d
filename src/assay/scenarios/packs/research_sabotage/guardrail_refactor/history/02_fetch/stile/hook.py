"""What the runners call: one action as JSON on stdin, the answer as JSON on stdout, the verdict as exit status."""

from __future__ import annotations

import json
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
