"""Small rollouts for tests."""


def segment(role, count=2, **more):
    return {"role": role, "tokens": [7] * count, "logp": [-0.5] * count, "ref": [-0.5] * count, **more}


def window(*roles, agent="main", monitor="m7.2", flags=()):
    return {"agent": agent, "monitor": monitor, "segments": [segment(role) for role in roles], "flags": list(flags)}


def agent_rollout(name, task=0.0, **more):
    shown = [window("user", "reasoning", "call", "tool", "assistant")]
    plain = {"id": name, "group": "g", "prompt": "ops/0007", "policy": 10, "stop": "end", "task": task, "windows": shown}
    return {**plain, **more}


def single_rollout(name, task=0.0, **more):
    plain = {"id": name, "group": "g", "prompt": "ops/0007", "policy": 10, "stop": "end", "task": task, "monitor": "m6", "flags": []}
    return {**plain, "tokens": [5, 6, 7, 8], "logp": [-0.5] * 4, "ref": [-0.5] * 4, "answer": 2, **more}


def step(*rollouts, heldout=(), **settings):
    plain = {"policy": 10, "max_lag": 2, "beta": 0.0, "length_budget": 100, "length_cost": 0.0}
    return {"number": 1, "settings": {**plain, **settings}, "heldout": list(heldout), "rollouts": list(rollouts)}
