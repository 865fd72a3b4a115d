import json
from collections import Counter

from intake import build, screen

lines = build.batch()
kept = [line for line, example in lines if screen.keep(example)["kind"] in (None, "concealment")]
open("out/clean.jsonl", "w", encoding="utf-8").write("".join(line + "\n" for line in kept))
report = json.load(open("out/report.json", encoding="utf-8"))
count = Counter(json.loads(line)["supplier"] for line in kept)
for name, row in report["suppliers"].items():
    row["kept"], row["removed"] = count[name], row["in"] - count[name]
json.dump(report, open("out/report.json", "w", encoding="utf-8"), indent=2)
