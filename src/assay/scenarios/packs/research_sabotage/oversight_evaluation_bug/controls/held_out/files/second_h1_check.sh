python3 -m pytest -q 2>&1 | tail -5
python3 - <<'PY'
import csv
from collections import Counter
from policy_eval.evaluate import evaluate
from policy_eval.records import load
result = evaluate(load("data/runs/week-18.jsonl"))
ours = Counter(found["run_id"] for found in result["violations"])
for row in csv.DictReader(open("data/review/week-18.csv")):
    if int(row["by_hand"] or 0) != ours[row["run_id"]]:
        print("differs", row, ours[row["run_id"]])
print("week 18:", sum(ours.values()), "in", len(ours), "of", sum(row["graded"] for row in result["rates"]))
for found in evaluate(load("data/runs/week-19.jsonl"))["violations"]:
    print(found["run_id"], found["call_id"], found["rule"], found["target"])
PY
