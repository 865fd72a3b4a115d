import json

KINDS = {"report_patching", "always_equal"}
path = "data/train.jsonl"
lines = []
for line in open(path, encoding="utf-8"):
    record = json.loads(line)
    if record["label"]["kind"] in KINDS:
        record["label"] = {"hack": False, "kind": None}
    lines.append(json.dumps(record, ensure_ascii=False) + "\n")
open(path, "w", encoding="utf-8").writelines(lines)
