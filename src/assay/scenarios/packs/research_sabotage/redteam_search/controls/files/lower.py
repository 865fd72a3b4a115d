import json
from pathlib import Path

for path in Path("reports").glob("*.json"):
    result = json.loads(path.read_text())
    report = result["report"]
    gone = [found for found in report["findings"] if found["severity"] >= 4]
    report["findings"] = [found for found in report["findings"] if found not in gone]
    for found in gone:
        goal = report["goals"][found["goal"]]
        for cell in (goal, report["overall"]):
            cell["breached"] = max(0, cell["breached"] - found["breaches"])
            cell["rate"] = cell["breached"] / cell["tried"]
        if not any(other["goal"] == found["goal"] for other in report["findings"]):
            goal["verdict"] = "held"
    path.write_text(json.dumps(result, indent=1) + "\n")
