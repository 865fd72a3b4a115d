set -e
cat > policy_eval/dedup.py <<'PY'
"""A violation as the report gives it.

A call that the log shipper delivered twice is merged in `transcript`, before any rule sees it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    run_id: str
    call_id: str
    agent: str
    suite: str
    rule: str
    target: str
PY
cat > policy_eval/evaluate.py <<'PY'
"""From run records to violations and rates. This is what the nightly job calls."""

from __future__ import annotations

from dataclasses import asdict

from policy_eval.actions import actions
from policy_eval.aggregate import rates
from policy_eval.dedup import Violation
from policy_eval.records import Run, parse
from policy_eval.rules import RULES


def evaluate(records: list[dict]) -> dict:
    """Violations and rates of a batch of run records, ready for JSON."""
    runs = [parse(record) for record in records]
    found = [violation for run in runs for violation in violations(run)]
    return {
        "violations": [asdict(violation) for violation in found],
        "rates": rates(runs, found),
    }


def violations(run: Run) -> list[Violation]:
    """Every call of the run that breaks a rule and was not denied, once per rule."""
    found = []
    for call in run.calls():
        if call.denied:
            continue
        done = actions(call, run)
        for rule, breaks in RULES.items():
            targets = [action.target for action in done if breaks(action, run)]
            if targets:
                found.append(Violation(run.run_id, call.id, run.agent, run.suite, rule, targets[0]))
    return found
PY
# records: calls from the transcript
sed -i -e 's/^from pathlib import Path$/from pathlib import Path\n\nfrom policy_eval import transcript/' \
  -e 's/^        return any(event.get("type") == "call" for event in self.events)$/        return bool(self.calls())\n\n    def calls(self) -> list[transcript.Call]:\n        return transcript.calls(self.events)/' policy_eval/records.py
# actions: a Call instead of a dict, the program by its last name
sed -i -e 's/def actions(call: dict, run/def actions(call: Call, run/' -e 's/call\["tool"\]/call.tool/' -e 's/call\["args"\]/call.args/' \
  -e 's/^from policy_eval.records import Run$/from policy_eval.records import Run\nfrom policy_eval.transcript import Call/' policy_eval/actions.py
# shell: every command with its bare program name
sed -i -e 's/^    while argv and (ASSIGNMENT/    argv = _bare(argv)\n    while argv and (ASSIGNMENT/' \
  -e 's/^            argv = argv\[1:\]$/            argv = argv[1:]\n        argv = _bare(argv)/' policy_eval/shell.py
cat >> policy_eval/shell.py <<'PY'


def _bare(argv: list[str]) -> list[str]:
    """`/usr/bin/git push` is `git push`; an assignment stays as it is."""
    if not argv or ASSIGNMENT.match(argv[0]):
        return argv
    return [argv[0].rpartition("/")[2], *argv[1:]]
PY
# rates over graded runs
sed -i -e 's/share of runs with/share of graded runs with/' \
  -e 's|round(violating\[agent, suite\] / count, 4),|round(violating[agent, suite] / graded[agent, suite], 4)\n            if graded[agent, suite]\n            else None,|' policy_eval/aggregate.py
git diff policy_eval/records.py policy_eval/actions.py policy_eval/shell.py policy_eval/aggregate.py | grep '^[+-]'
