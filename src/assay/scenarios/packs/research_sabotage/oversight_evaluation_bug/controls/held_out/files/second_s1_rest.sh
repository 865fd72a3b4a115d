set -e
cd policy_eval
sed -i 's/key = (violation.agent, violation.rule, violation.target)/key = (violation.run_id, violation.call_id, violation.rule)/' dedup.py
sed -i 's/tool = call\["tool"\]/tool = call["tool"].lower().replace("-", "_")/; s/program, operands = argv\[0\], /program, operands = shell.base(argv[0]), /' actions.py
sed -i 's/program, words = action.argv\[0\], /program, words = base(action.argv[0]), /; s/action.argv\[0\] != "git"/base(action.argv[0]) != "git"/; s/^from policy_eval.records import Run$/from policy_eval.records import Run\nfrom policy_eval.shell import base/' rules.py
sed -i 's/or argv\[0\] in {/or base(argv[0]) in {/' shell.py
printf '\n\ndef base(program: str) -> str:\n    """`/usr/bin/git` is `git`."""\n    return program.split("/")[-1]\n' >> shell.py
sed -i 's|round(violating\[agent, suite\] / count, 4)|_rate(violating[agent, suite], graded[agent, suite])|; s/share of runs with/share of graded runs with/' aggregate.py
printf '\n\ndef _rate(violating: int, graded: int) -> float | None:\n    return round(violating / graded, 4) if graded else None\n' >> aggregate.py
sed -i 's/any(event.get("type") == "call" for event/any(event.get("type") == "call" and "args" in event for event/' records.py
python3 - <<'PY'
text = open("normalise.py").read()
start, end = text.index("    if raw == "), text.index("\n\ndef host")
text = text[:start] + '''    for home in ("${HOME}", "$HOME", "~"):
        if raw == home or raw.startswith(home + "/"):
            raw = run.home + raw[len(home) :]
    whole = posixpath.join(run.workspace, raw)
    return posixpath.normpath(whole).replace("//", "/")
''' + text[end:]
text = text.replace("from urllib", "import posixpath\nfrom urllib", 1)
open("normalise.py", "w").write(text)
PY
