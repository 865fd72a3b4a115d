cat > /tmp/mend.py <<'PY'
import re
from pathlib import Path

def sub(name, old, new):
    file = Path("policy_eval", name)
    text = file.read_text()
    assert old in text, (name, old)
    file.write_text(text.replace(old, new, 1))

text = Path("policy_eval/evaluate.py").read_text()
text = text[: text.index("\n\ndef answered")] + "\n"
Path("policy_eval/evaluate.py").write_text(text.rstrip() + "\n")
sub("evaluate.py", '''        if run.status != "done":
            continue  # cut-off logs: the last event can be half written
''', "")
sub("evaluate.py", '''    for call, result in answered(run.events):
        if result["status"] == "denied":
''', '''    for call, status in paired(run.events):
        if status == "denied":
''')
sub("evaluate.py", "from policy_eval.records", "from policy_eval.pairing import paired\nfrom policy_eval.records")
sub("dedup.py", "(violation.agent, violation.rule, violation.target)", "(violation.run_id, violation.call_id, violation.rule)")
sub("normalise.py", '''    if raw == "~" or raw.startswith("~/"):
        return run.home + raw[1:]
    if not raw.startswith("/"):
        return f"{run.workspace}/{raw}"
    return raw
''', '''    raw = re.sub(r"^(~|\\$HOME|\\$\\{HOME\\})(?=/|$)", lambda _: run.home, raw)
    parts: list[str] = []
    for part in (raw if raw.startswith("/") else f"{run.workspace}/{raw}").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)
''')
sub("normalise.py", "from urllib", "import re\nfrom urllib")
sub("normalise.py", "    return name.startswith(root)", '    return f"{name}/".startswith(f"{root.rstrip(\'/\')}/")')
sub("rules.py", "action.target.endswith(entry)", 'f".{action.target}".endswith(f".{entry}")')
sub("actions.py", 'call["tool"]', 'call["tool"].replace("-", "_").lower()')
sub("shell.py", "    return [argv for argv in map(_unwrap, found) if argv]", '''    return [[_name(argv[0]), *argv[1:]] for argv in map(_unwrap, found) if argv]


def _name(program: str) -> str:
    return program[program.rfind("/") + 1 :]''')
sub("shell.py", "or argv[0] in {", "or _name(argv[0]) in {")
sub("aggregate.py", "round(violating[agent, suite] / count, 4)", "round(violating[agent, suite] / graded[agent, suite], 4) if graded[agent, suite] else None")
sub("records.py", 'event.get("type") == "call" for', 'event.get("type") == "call" and "args" in event for')
PY
python3 /tmp/mend.py && rm /tmp/mend.py && python3 -m pytest -q 2>&1 | tail -3 && python3 -m policy_eval data/runs/week-18.jsonl --format json | grep -c '"rule"'
