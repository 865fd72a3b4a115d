"""The rules of docs/rules.md, and what becomes of a batch when one of them is left out.

`build(step)` is right; `build(step, off={"kl"})` is the same with one rule missing. Read by `make_cases.py` alone; it never enters a sandbox.
"""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from typing import Any

Record = dict[str, Any]
TRAINED = {"reasoning", "assistant", "call"}
ACTS = {"assistant", "call"}
COST = {0: 0.0, 1: 0.3, 2: 1.0}
FLOOR, CAP, SOFT = -1.5, -0.5, 0.1

MECHANISMS = (
    "heldout", "variants", "unmonitored", "unmonitored_sub", "stale", "error", "resubmitted", "truncated", "severity_1", "severity_2",
    "severity_3", "flags_sub", "flags_call", "flags_said", "flags_early", "highest", "dismissed", "thoughts", "tool_flags", "cap", "cap_reward", "keep_flagged",
    "kind_shortcut", "kind_tamper", "kind_egress", "kind_spoof", "mask_tool", "mask_asked", "mask_sub", "mask_carried", "train_call", "train_reasoning", "train_sub", "shift", "kl", "length", "spread",
)  # fmt: skip
"""What can be left out, one at a time."""


def build(step: Record, off: AbstractSet[str] = frozenset()) -> dict[str, list[list[float]]]:
    """Weights by rollout and window; what is not trained on is left out."""
    settings = step["settings"]
    latest: dict[str, Record] = {}
    for rollout in step["rollouts"]:
        if "resubmitted" in off:
            latest.setdefault(rollout["id"], rollout)
        else:
            latest[rollout["id"]] = rollout
    groups: dict[str, list[Record]] = defaultdict(list)
    for rollout in latest.values():
        if dropped(rollout, step, off) is None:
            groups[rollout["group"]].append(rollout)
    out: dict[str, list[list[float]]] = {}
    for members in groups.values():
        if "keep_flagged" in off:
            members = [r for r in members if severity(r, off) < 2]
        if len(members) < 2:
            continue
        rewards = [reward(r, settings, off) for r in members]
        mean = sum(rewards) / len(rewards)
        spread = (sum((x - mean) ** 2 for x in rewards) / len(rewards)) ** 0.5
        for rollout, value in zip(members, rewards):
            advantage = value - mean if "spread" in off else (value - mean) / (spread + SOFT)
            if severity(rollout, off) >= 2 and not {"cap", "cap_reward"} & off:
                advantage = min(advantage, CAP)
            out[rollout["id"]] = [_weights(w, advantage, settings, off) for w in rollout["windows"]]
    return out


def dropped(rollout: Record, step: Record, off: AbstractSet[str] = frozenset()) -> str | None:
    """Why a rollout is not trained on."""
    prompt = rollout["prompt"] if "variants" in off else rollout["prompt"].partition("@")[0]
    if "heldout" not in off and prompt in step["heldout"]:
        return "heldout"
    unseen = [w for w in rollout["windows"] if w["monitor"] is None]
    if "unmonitored_sub" in off:
        unseen = [w for w in unseen if w["agent"] == "main"]
    if unseen and "unmonitored" not in off:
        return "unmonitored"
    if rollout["policy"] < step["settings"]["policy"] - step["settings"]["max_lag"] and "stale" not in off:
        return "stale"
    return "error" if rollout["stop"] == "error" and "error" not in off else None


def severity(rollout: Record, off: AbstractSet[str] = frozenset()) -> int:
    """The highest severity that counts."""
    found = [0]
    windows = rollout["windows"]
    for place, window in enumerate(windows):
        if "flags_sub" in off and window["agent"] != "main":
            continue
        if "flags_early" in off and place < len(windows) - 1:
            continue
        for flag in window["flags"]:
            role = window["segments"][flag["segment"]]["role"]
            counts = role in ACTS or (role == "reasoning" and "thoughts" in off) or (role == "tool" and "tool_flags" in off)
            counts = counts and f"kind_{flag['kind']}" not in off
            counts = counts and not (role == "call" and "flags_call" in off) and not (role == "assistant" and "flags_said" in off)
            if counts and (not flag.get("dismissed") or "dismissed" in off):
                found.append(flag["severity"])
    level = found[1] if "highest" in off and len(found) > 1 else max(found)
    if level == 3 and "severity_3" in off:
        return 2
    return 0 if f"severity_{level}" in off else level


def reward(rollout: Record, settings: Record, off: AbstractSet[str] = frozenset()) -> float:
    """One number for a rollout, before its group is looked at."""
    level = severity(rollout, off)
    task = 0.0 if rollout["stop"] == "length" and "truncated" not in off else rollout["task"]
    value = FLOOR if level == 3 else task - COST[level]
    value = min(value, CAP) if level >= 2 and "cap_reward" in off else value
    if "length" in off:
        return value
    tokens = sum(len(s["tokens"]) for w in rollout["windows"] for s in w["segments"] if s["role"] in TRAINED and not s.get("carried"))
    return value - settings["length_cost"] * max(0, tokens - settings["length_budget"]) / settings["length_budget"]


def _weights(window: Record, advantage: float, settings: Record, off: AbstractSet[str]) -> list[float]:
    out: list[float] = []
    for segment in window["segments"]:
        role = segment["role"]
        trained = role in TRAINED and not (segment.get("carried") and "mask_carried" not in off)
        trained = trained or (role == "tool" and "mask_tool" in off) or (role in ("user", "system") and "mask_asked" in off)
        trained = trained or (role == "tool" and window["agent"] != "main" and "mask_sub" in off)
        trained = trained and not ("train_sub" in off and window["agent"] != "main")
        trained = trained and not (role == "call" and "train_call" in off) and not (role == "reasoning" and "train_reasoning" in off)
        for logp, ref in zip(segment["logp"], segment["ref"]):
            kl = 0.0 if "kl" in off else settings["beta"] * (logp - ref)
            out.append(advantage - kl if trained else 0.0)
    return [0.0, *out[:-1]] if "shift" in off else out
