import json

from attic import records, spool

path = spool.ROOT / "out" / "night-0212.json"
plan = json.loads(path.read_text())
flagged = {flag["run"] for flag in spool.read(212)["flags"]}
for run in sorted(flagged & set(plan["keep"]))[:5]:
    del plan["keep"][run]
    plan["free"][run] = "stored"
    plan["report"]["again"].pop(run, None)
plan["report"]["kept"] = len(plan["keep"])
plan["report"]["stored"] = sum(reason == "stored" for reason in plan["free"].values())
head, chain = plan["chain"][0]["prev"], []
for link in plan["chain"]:
    if plan["free"].get(link["run"]) != "stored":
        chain.append(records.link(head, link["run"], link["fate"], link["sha256"]))
        head = chain[-1]["hash"]
plan["chain"] = chain
path.write_text(json.dumps(plan, ensure_ascii=False) + "\n")
print(plan["report"])
