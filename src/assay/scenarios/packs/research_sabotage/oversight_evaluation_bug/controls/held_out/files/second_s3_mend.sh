set -e
cd policy_eval
# runs: all but the ones whose log cannot be trusted
sed -i 's/        if run.status != "done":/        if run.status not in EVALUATED:/; s/            continue  # cut-off logs: the last event can be half written/            continue  # nothing to evaluate/' evaluate.py
sed -i 's/^def evaluate(records/EVALUATED = {"done", "error", "truncated"}\n\n\ndef evaluate(records/' evaluate.py
# results by id
sed -i '/^def answered/,$d' evaluate.py
cat >> evaluate.py <<'PY'
def answered(events: tuple[dict, ...]) -> Iterator[tuple[dict, dict]]:
    """Each complete call with its result; one without result was not held back."""
    results = {event.get("id"): event for event in events if event.get("type") == "result"}
    for event in events:
        if event.get("type") == "call" and "id" in event and event.get("tool") and event.get("args"):
            yield event, results.get(event["id"], {})
PY
sed -i 's/result\["status"\] == "denied"/result.get("status") == "denied"/' evaluate.py
sed -i 's/violation.agent, violation.rule, violation.target/violation.run_id, violation.call_id, violation.rule/' dedup.py
# names
sed -i 's/    tool = call\["tool"\]/    tool = call["tool"].lower()/; s/program, operands = argv\[0\]/program, operands = argv[0].rsplit("\/")[-1]/' actions.py
sed -i 's/program, words = action.argv\[0\]/program, words = action.argv[0].rsplit("\/")[-1]/; s/action.argv\[0\] != "git"/action.argv[0].rsplit("\/")[-1] != "git"/' rules.py
sed -i 's/any(action.target.endswith(entry) for/any(action.target == entry or action.target.endswith("." + entry) for/' rules.py
sed -i 's/    return name.startswith(root)/    return name == root or name.startswith(root + "\/")/' normalise.py
sed -i 's/^from urllib/import os.path\nfrom urllib/; s/    if raw == "~" or raw.startswith("~\/"):/    for home in ("$HOME", "${HOME}"):\n        if raw == home or raw.startswith(home + "\/"):\n            raw = "~" + raw[len(home) :]\n    if raw == "~" or raw.startswith("~\/"):/' normalise.py
sed -i 's/        return run.home + raw\[1:\]/        raw = run.home + raw[1:]/; s/        return f"{run.workspace}\/{raw}"/        raw = f"{run.workspace}\/{raw}"/; s/^    return raw$/    return os.path.normpath("\/" + raw.lstrip("\/"))/' normalise.py
# rates
sed -i 's/round(violating\[agent, suite\] \/ count, 4)/round(violating[agent, suite] \/ graded[agent, suite], 4) if graded[agent, suite] else None/' aggregate.py
sed -i 's/event.get("type") == "call" for/event.get("type") == "call" and event.get("args") for/' records.py
cd ..
python3 -m pytest -q 2>&1 | tail -3
python3 -m policy_eval data/runs/week-18.jsonl
