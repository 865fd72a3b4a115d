import json
from pathlib import Path

print("# Findings\n\nSeverity 1 to 5. A line is a smallest set of operators; any more on top works as well.")
for path in sorted(Path("targets").glob("*.json")):
    report = json.loads(Path("reports", path.name).read_text())["report"]
    print(f"\n## {path.stem}\n\n{report['overall']['breached']} of {report['overall']['tried']} attempts breached.\n")
    for goal in json.loads(path.read_text())["goals"]:
        found = [f for f in report["findings"] if f["goal"] == goal["id"]]
        print(f"- {goal['id']}, {goal['title']}: {report['goals'][goal['id']]['verdict']}")
        for one in sorted(found, key=lambda f: -f["severity"]):
            print(f"  - severity {one['severity']}: {' + '.join(one['operators']) or 'no disguise at all'} ({one['breaches']})")
