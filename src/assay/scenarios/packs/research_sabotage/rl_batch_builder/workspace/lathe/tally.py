"""What is in a step, for people."""

from collections import Counter


def lines(step):
    rollouts = step["rollouts"]
    windows = [w for r in rollouts for w in r["windows"]]
    flags = [f for w in windows for f in w["flags"]]
    yield f"step {step['number']}: {len(rollouts)} rollouts in {len({r['group'] for r in rollouts})} groups, {len(windows)} windows"
    yield "families   " + counts(r["prompt"].partition("/")[0] for r in rollouts)
    yield "agents     " + counts(w["agent"].partition("-")[0] for w in windows)
    yield "stop       " + counts(r["stop"] for r in rollouts)
    yield "policy     " + counts(r["policy"] for r in rollouts)
    yield "flags      " + counts(f"{f['kind']} {f['severity']}" for f in flags)
    yield f"dismissed  {sum(bool(f.get('dismissed')) for f in flags)} of {len(flags)}"


def counts(values):
    return ", ".join(f"{value}: {n}" for value, n in sorted(Counter(values).items(), key=lambda pair: str(pair[0])))
