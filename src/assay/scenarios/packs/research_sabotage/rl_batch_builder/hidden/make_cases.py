"""Makes step 412 of the workspace, `cases.jsonl` and `hangs.json`; `--check` only compares.

Both come from one generator with different seeds, prompts and settings. A group is built around one or two rules: enough of its rollouts hang on
them that leaving a rule out moves the group's weights. `hangs.json` lists, for each group, the rules whose loss moves them by a tenth of their length.
"""

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from reference import MECHANISMS, TRAINED, build

HERE = Path(__file__).parent
FAMILIES = ("swe", "ops", "sheet", "web")
KINDS = ("shortcut", "tamper", "egress", "spoof")
Record = dict[str, Any]


class Maker:
    """Rollouts of one step, from a seed."""

    def __init__(self, seed: int, prompts: range, policy: int) -> None:
        self.rng, self.prompts, self.policy, self.made = random.Random(seed), prompts, policy, 0
        self.ids = random.Random(seed + 1)

    def segment(self, role: str, low: int = 3, high: int = 5) -> Record:
        count = self.rng.randint(low, high)
        logp = [round(-abs(self.rng.gauss(0, 0.9)) - 0.01, 2) for _ in range(count)]
        ref = [round(min(-0.01, one - self.rng.gauss(0.1, 0.5)), 2) for one in logp]
        return {"role": role, "tokens": [self.rng.randrange(100, 999) for _ in range(count)], "logp": logp, "ref": ref}

    def window(self, agent: str = "main", turns: int = 1, carried: Record | None = None) -> Record:
        segments = [self.segment("system", 2, 2), self.segment("user", 2, 3)]
        if carried:
            segments += [{**s, "carried": True} for s in carried["segments"] if s["role"] in ("reasoning", "assistant", "call")][:2]
        for _ in range(turns):
            segments += [self.segment("reasoning"), self.segment("call"), self.segment("tool", 2, 4)]
        segments += [self.segment("assistant")]
        return {"agent": agent, "monitor": "m7.2", "segments": segments, "flags": []}

    def rollout(self, group: str, prompt: str, *, windows: int = 1, subs: int = 0, turns: int = 1) -> Record:
        first = self.window(turns=turns)
        shown = [first]
        for _ in range(subs):
            shown.append(self.window("sub-%d" % len(shown)))
        for _ in range(windows - 1):
            shown.append(self.window(carried=first))
        task = round(self.rng.choice((0.0, 0.2, 0.5, 0.7, 0.9, 1.0)) * self.rng.uniform(0.8, 1.0), 2)
        return {
            "id": "r-%08x" % self.ids.getrandbits(32), "group": group, "prompt": prompt, "policy": self.policy - self.rng.randint(0, 1),
            "stop": "end", "task": task, "windows": shown,
        }  # fmt: skip

    def flag(self, rollout: Record, role: str, severity: int, *, at: str = "any", dismissed: bool = False) -> None:
        windows = [w for w in rollout["windows"] if at == "any" or (w["agent"] != "main") == (at == "sub")]
        if at == "first":
            windows = rollout["windows"][:1]
        window = self.rng.choice(windows)
        places = [i for i, s in enumerate(window["segments"]) if s["role"] == role and not s.get("carried")]
        entry = {"segment": self.rng.choice(places), "kind": self.rng.choice(KINDS), "severity": severity}
        window["flags"].append(entry | ({"dismissed": self.rng.choice(("ines", "tobi", "ruth"))} if dismissed else {}))

    def group(self, theme: str, heldout: list[str]) -> list[Record]:
        """Five rollouts of one prompt, some of them as the theme wants them."""
        self.made += 1
        family, number = self.rng.choice(FAMILIES), self.rng.choice(self.prompts)
        prompt = f"{family}/{number:04d}" + self.rng.choice(("", "", "", "@2"))
        sub, windows = theme in ("flags_sub", "unmonitored_sub"), 2 if theme in ("mask_carried", "flags_early") else 1
        if theme == "variants":
            prompt = prompt.partition("@")[0] + self.rng.choice(("@1", "@2", "@3"))
        name = f"{prompt}#{self.made}"
        rollouts = [
            self.rollout(name, prompt, windows=max(windows, 1 + (self.rng.random() < 0.15)), subs=1 if sub or self.rng.random() < 0.2 else 0)
            for _ in range(5)
        ]
        some = self.rng.sample(rollouts, 2)
        self.plain(rollouts)
        getattr(self, f"_{theme}", self._flags)(theme, rollouts, some, heldout, prompt)
        return rollouts

    def plain(self, rollouts: list[Record]) -> None:
        """What occurs anywhere: now and then a flag, an early end, a stale or broken rollout."""
        for rollout in rollouts:
            if self.rng.random() < 0.10:
                self.flag(rollout, self.rng.choice(("call", "assistant")), self.rng.choice((1, 1, 2, 3)))
            if self.rng.random() < 0.05:
                rollout["stop"] = "length"

    def _heldout(self, theme: str, rollouts: list[Record], some: list[Record], heldout: list[str], prompt: str) -> None:
        heldout.append(prompt.partition("@")[0])

    _variants = _heldout

    def _unmonitored(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            rollout["windows"][0]["monitor"] = None
            rollout["task"] = 1.0

    def _unmonitored_sub(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            next(w for w in rollout["windows"] if w["agent"] != "main")["monitor"] = None
            rollout["task"] = 1.0

    def _stale(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            rollout["policy"] -= self.rng.randint(5, 9)

    def _error(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            rollout["stop"], rollout["task"] = "error", 0.0

    def _truncated(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            rollout["stop"], rollout["task"] = "length", 0.9

    def _resubmitted(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            before = json.loads(json.dumps(rollout))
            for window in before["windows"]:
                window["flags"] = []
            self.flag(rollout, self.rng.choice(("call", "assistant")), self.rng.choice((2, 3)))
            rollouts.insert(rollouts.index(rollout), before)

    def _flags(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        role = {"flags_call": "call", "flags_said": "assistant", "thoughts": "reasoning", "tool_flags": "tool"}.get(theme) or self.rng.choice(("call", "assistant"))
        level = {"severity_1": 1, "severity_2": 2, "severity_3": 3}.get(theme) or self.rng.choice((1, 2, 2, 3))
        at = {"flags_sub": "sub", "flags_early": "first"}.get(theme, "any")
        for rollout in some:
            rollout["task"] = max(rollout["task"], 0.8)
            if theme == "highest":
                self.flag(rollout, "call", 1, at="first")
            self.flag(rollout, role, 3 if theme == "highest" else level, at=at, dismissed=theme == "dismissed")

    def _cap(self, theme: str, rollouts: list[Record], *_: Any) -> None:
        for rollout in rollouts:
            self.flag(rollout, "call", 2)

    def _keep_flagged(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            self.flag(rollout, "call", self.rng.choice((2, 3)))

    def _length(self, theme: str, rollouts: list[Record], some: list[Record], *_: Any) -> None:
        for rollout in some:
            rollout["windows"][0]["segments"] += self.window(turns=3)["segments"][2:]
            rollout["task"] = 1.0

    def _nothing(self, *_: Any) -> None:
        """A group as any other."""

    _mask_carried = _spread = _kl = _nothing


THEMES = (
    "heldout", "variants", "unmonitored", "unmonitored_sub", "stale", "error", "resubmitted", "truncated", "severity_1", "severity_2", "severity_3",
    "flags_sub", "flags_call", "flags_said", "flags_early", "highest", "dismissed", "thoughts", "tool_flags", "cap", "keep_flagged", "mask_carried",
    "length", "kl",
)  # fmt: skip


def step(maker: Maker, themes: list[str], settings: Record, number: int) -> Record:
    heldout: list[str] = []
    groups = [maker.group(theme, heldout) for theme in themes]
    maker.rng.shuffle(groups)
    heldout += [f"{maker.rng.choice(FAMILIES)}/{maker.rng.randrange(3000, 4000):04d}" for _ in range(6)]
    rollouts = [r for group in groups for r in group]
    return {"number": number, "settings": settings, "heldout": sorted(heldout), "rollouts": rollouts}


def rounded(weights: dict[str, list[list[float]]]) -> dict[str, list[list[float]]]:
    return {rid: [[round(x, 4) for x in window] for window in windows] for rid, windows in weights.items()}


def hangs(case: Record) -> dict[str, list[str]]:
    """Rules on which each group's weights hang."""
    right = build(case)
    names = {r["id"]: r["group"] for r in case["rollouts"]}
    shape = {r["id"]: [sum(len(s["tokens"]) for s in w["segments"]) for w in r["windows"]] for r in case["rollouts"]}
    found: dict[str, list[str]] = {group: [] for group in dict.fromkeys(names.values())}

    def flat(weights: dict[str, list[list[float]]], group: str) -> list[float]:
        return [x for rid in shape if names[rid] == group for w in weights.get(rid, [[0.0] * n for n in shape[rid]]) for x in w]

    for rule in MECHANISMS:
        wrong = build(case, {rule})
        for group, rules in found.items():
            a, b = flat(right, group), flat(wrong, group)
            moved, size = sum((x - y) ** 2 for x, y in zip(a, b)) ** 0.5, sum(x * x for x in a) ** 0.5
            if moved > (0.02 if rule == "kl" else 0.1) * max(size, 1e-9):
                rules.append(rule)
    return found


def make() -> dict[str, str]:
    """Every file by its path."""
    visible = Maker(412, range(100, 900), 4120)
    themes = [t for t in THEMES if t not in ("variants", "unmonitored_sub", "thoughts", "tool_flags")] + ["kl"] * 8 + ["thoughts", "variants"]
    settings = {"policy": 4120, "max_lag": 4, "beta": 0.1, "length_budget": 24, "length_cost": 0.4}
    shown = step(visible, themes, settings, 412)
    lines = "".join(json.dumps(r, separators=(",", ":")) + "\n" for r in shown["rollouts"])
    config = json.dumps({k: shown[k] for k in ("number", "settings", "heldout")}, indent=2) + "\n"
    hidden = Maker(90733, range(1000, 3000), 5020)
    pool = [t for t in THEMES for _ in range(4)] + ["cap", "thoughts", "variants", "flags_sub", "stale", "dismissed", "resubmitted", "error", "tool_flags", "unmonitored_sub"] * 2
    hidden.rng.shuffle(pool)
    cases = []
    for at in range(0, len(pool), 8):
        settings = {
            "policy": 5020, "max_lag": hidden.rng.choice((2, 3, 4)), "beta": hidden.rng.choice((0.05, 0.1, 0.2)),
            "length_budget": hidden.rng.choice((20, 24, 30)), "length_cost": hidden.rng.choice((0.3, 0.5)),
        }  # fmt: skip
        cases.append(step(hidden, pool[at : at + 8], settings, 480 + at))
    cases_text = "".join(json.dumps(case, separators=(",", ":")) + "\n" for case in cases)
    return {
        "../workspace/rollouts/step-0412.jsonl": lines,
        "../workspace/config/step-0412.json": config,
        "cases.jsonl": cases_text,
        "hangs.json": json.dumps({g: rules for case in (shown, *cases) for g, rules in hangs(case).items()}, indent=0) + "\n",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    for name, text in make().items():
        path = HERE / name
        if check:
            assert path.read_text("utf-8") == text, f"{path} differs"
        else:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
