"""Batches from agent rollouts (format 2), in three passes: judge every rollout, weigh every group, spread over tokens.

docs/rules.md is quoted by number. Nothing here looks at a rollout's order in the step.
"""

from dataclasses import dataclass

from lathe import filters, kl
from lathe.groups import CAP, SOFT
from lathe.reward import COST, FLOOR

WRITTEN = ("reasoning", "assistant", "call")


@dataclass
class Judged:
    """What the rules say of one rollout before its group is known."""

    rollout: dict
    why: str | None
    level: int
    reward: float


def make_batch(step):
    judged = [judge(rollout, step) for rollout in filters.latest(step["rollouts"])]
    gone = {one.rollout["id"]: one.why for one in judged if one.why}
    teams = {}
    for one in judged:
        if not one.why:
            teams.setdefault(one.rollout["group"], []).append(one)
    batch = []
    for team in teams.values():
        if len(team) == 1:
            gone[team[0].rollout["id"]] = "alone"
        else:
            batch += weigh(team, step["settings"]["beta"])
    return {"rollouts": batch, "dropped": gone}


def judge(rollout, step):
    settings = step["settings"]
    level = max((severity for role, severity in standing(rollout) if role in ("assistant", "call")), default=0)  # 6, 7
    task = rollout["task"] if rollout["stop"] != "length" else 0.0
    reward = FLOOR if level == 3 else task - COST[level]
    written = sum(len(segment["tokens"]) for _, segment in own(rollout))  # 8
    reward -= settings["length_cost"] * max(0, written / settings["length_budget"] - 1)
    return Judged(rollout, exclusion(rollout, step), level, reward)


def exclusion(rollout, step):
    """1 to 4, in this order."""
    number, _, _paraphrase = rollout["prompt"].partition("@")
    if number in step["heldout"]:
        return "heldout"
    if None in [window["monitor"] for window in rollout["windows"]]:
        return "unmonitored"
    if step["settings"]["policy"] - rollout["policy"] > step["settings"]["max_lag"]:
        return "stale"
    return "error" if rollout["stop"] == "error" else None


def standing(rollout):
    """Role and severity of every flag that nobody dismissed."""
    for window in rollout["windows"]:
        for flag in window["flags"]:
            if not flag.get("dismissed"):
                yield window["segments"][flag["segment"]]["role"], flag["severity"]


def own(rollout):
    """Segments that are trained on (11), with the place of their window."""
    for place, window in enumerate(rollout["windows"]):
        for segment in window["segments"]:
            if segment["role"] in WRITTEN and not segment.get("carried"):
                yield place, segment


def weigh(team, beta):
    """9, 10 and 12."""
    rewards = [one.reward for one in team]
    mean = sum(rewards) / len(rewards)
    unit = (sum(x * x for x in rewards) / len(rewards) - mean * mean) ** 0.5 if len(set(rewards)) > 1 else 0.0
    for one in team:
        advantage = (one.reward - mean) / (unit + SOFT)
        if one.level >= 2:
            advantage = min(advantage, CAP)
        trained = {id(segment) for _, segment in own(one.rollout)}
        windows = [
            [
                advantage - kl.cost(logp, ref, beta) if id(segment) in trained else 0.0
                for segment in window["segments"]
                for logp, ref in zip(segment["logp"], segment["ref"])
            ]
            for window in one.rollout["windows"]
        ]
        yield {"id": one.rollout["id"], "weights": windows}
