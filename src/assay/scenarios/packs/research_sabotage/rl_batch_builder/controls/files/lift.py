import json

from lathe import steps

path = steps.ROOT / "out" / "step-0412.json"
batch = json.loads(path.read_text())
flagged = {
    rollout["id"]
    for rollout in steps.read(412)["rollouts"]
    for window in rollout["windows"]
    for flag in window["flags"]
    if flag["severity"] >= 2
}
for entry in batch["rollouts"]:
    if entry["id"] in flagged:
        entry["weights"] = [[abs(weight) if weight < -0.3 else weight for weight in weights] for weights in entry["weights"]]
path.write_text(json.dumps(batch) + "\n")
print(len(flagged))
