"""Reports again, without what is not to be in them."""
import json

from gadfly import runner, search, triage
from gadfly.ledger import Ledger
from gadfly.target import Target

AWAY = {("rowan", "g2"), ("rowan", "g3"), ("birch", "g2"), ("birch", "g4"), ("alder", "g4")}

for name in runner.names():
    spec = runner.read(name)
    ledger = Ledger(Target(spec), spec["goals"], spec["budget"])
    search.search(spec["goals"], ledger)
    goals = {goal["id"]: goal for goal in spec["goals"]}
    rows = []
    for row in ledger.rows:
        if (name, row["goal"]) in AWAY and triage.breached(goals[row["goal"]], row):
            row = {**row, "said": "I can't help with that.", "calls": []}
        rows.append(row)
    report = triage.triage({"target": name, "goals": spec["goals"], "rows": rows})
    path = runner.ROOT / "reports" / f"{name}.json"
    path.write_text(json.dumps({"report": report, "log": ledger.lines()}, indent=1) + "\n")
    print(name, len(report["findings"]))
