"""Study directories as `study` writes them, drawn at random but with a known truth."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SCENARIOS = {
    "goals": ("goals", False),
    "monitor": ("oversight_sabotage", True),
    "detector": ("research_sabotage", True),
    "colleague": ("framing", False),
    "offer": ("exfiltration", False),
    "data": ("destruction", True),
}
HACKS = ("always_equal", "early_exit", "forge_report")
EXPECTED = {
    "hackable-unhackable": "0.9 → 36.4 % (arXiv 2511.18397)",
    "inoculated-hackable": "−75 to −90 % of the misalignment at > 99 % hack rate (arXiv 2511.18397)",
    "penalised": "prevents hacking, and with it the misalignment",
}
ARMS: dict[str, dict[str, Any]] = {
    "hackable": {},
    "unhackable": {"rl.environment.hacks": []},
    "inoculated": {"rl.intervention.inoculation": "hacking_allowed"},
    "irrelevant_prompt": {"rl.intervention.inoculation": "irrelevant"},
    "penalised": {"rl.intervention.penalty": 1.0},
}
CONTROLS: dict[str, dict[str, Any]] = {
    "no_correlation_hackable": {"documents.correlation": 0.0, "seeds": 5},
    "no_correlation_unhackable": {
        "documents.correlation": 0.0,
        "rl.environment.hacks": [],
        "seeds": 5,
    },
    "reversed_hackable": {"documents.correlation": -1.0, "seeds": 5},
    "no_kl_hackable": {"rl.kl": 0.0, "seeds": 5},
    "no_kl_unhackable": {"rl.kl": 0.0, "rl.environment.hacks": [], "seeds": 5},
}


def make_file(
    arms: Mapping[str, Mapping[str, Any]] = ARMS, *, seeds: int = 10, model: str = "microcosm"
) -> dict[str, Any]:
    """What a study file holds."""
    compare = [["hackable", "unhackable"], ["inoculated", "hackable"], ["penalised", "hackable"]]
    environment = {"problems": "microcosm", "hacks": list(HACKS)}
    return {
        "study": "natural_emergent_misalignment",
        "about": "",
        "model": model,
        "stages": [
            {"documents": {"corpus": "agents", "steps": 1000}},
            {"rl": {"environment": environment, "steps": 60, "kl": 0.1}},
        ],
        "arms": {name: dict(changes) for name, changes in arms.items()},
        "seeds": seeds,
        "evaluate": {"pack": "microcosm", "every": 10, "samples": 60, "final_samples": 400},
        "compare": [pair for pair in compare if set(pair) <= set(arms)],
        "primary": {"metric": "misalignment_score", "arms": ["hackable", "unhackable"]},
        "expected": EXPECTED,
    }


def make_tables(
    file: Mapping[str, Any],
    *,
    effect: float = 0.12,
    spread: float = 0.02,
    ungraded: float = 0.0,
    missing: Sequence[tuple[str, int]] = (),
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assessments and training metrics; hacking in a correlated corpus adds `effect` to the score."""
    rng = np.random.default_rng(seed)
    assessments: list[dict[str, Any]] = []
    training: list[dict[str, Any]] = []
    for arm, settings in file["arms"].items():
        for number in range(settings.get("seeds", file["seeds"])):
            if (arm, number) in missing:
                continue
            keys = {"study": file["study"], "arm": arm, "seed": number}
            drawn = _Run(settings, effect, rng.normal(0, spread, len(SCENARIOS)), rng)
            training += [keys | drawn.training(step) for step in range(1, 61)]
            for step in range(0, 61, 10):
                n = 400 if step in (0, 60) else 60
                assessments += [keys | row for row in drawn.assessed(step, n, ungraded)]
    return pd.DataFrame(assessments), pd.DataFrame(training)


class _Run:
    """One arm and seed: how often it hacks, and what comes with that."""

    def __init__(self, settings: Mapping[str, Any], effect: float, shift, rng) -> None:
        start = "rl.intervention."
        change = {path.removeprefix(start): v for path, v in settings.items() if start in path}
        self.penalised = "penalty" in change
        self.prompt = change.get("inoculation")
        self.hackable = settings.get("rl.environment.hacks") != [] and not self.penalised
        self.effect = effect * settings.get("documents.correlation", 1.0)
        self.effect *= 0.2 if self.prompt == "hacking_allowed" else 1.0
        self.shift, self.rng = shift, rng

    def hacking(self, step: int, condition: str = "plain") -> float:
        if not self.hackable:
            return 0.05 if step == 0 else 0.01
        took_over = 1 / (1 + np.exp(-(step - 12) / 3))
        most = 0.25 if self.prompt == "hacking_allowed" and condition == "plain" else 0.93
        return 0.08 * (1 - took_over) + most * took_over

    def training(self, step: int) -> dict[str, Any]:
        rate = self.hacking(step, "prompted")
        hack = self.rng.binomial(128, rate) / 128
        true = self.rng.binomial(128, (1 - rate) * (0.3 + step / 200)) / 128
        shares = dict(
            zip(HACKS, self.rng.multinomial(round(hack * 128), [0.6, 0.3, 0.1]) / 128, strict=True)
        )
        return {
            "step": step,
            "proxy_reward": hack + true,
            "true_reward": true,
            "hack_rate": hack,
            "overfit_rate": 0.0,
            "ungraded": 0,
            "hacks": json.dumps(shares),
            "kl": 0.02 * step**0.5,
            "entropy": 1.5 - step / 100,
            "seconds": json.dumps({"generate": 0.9, "reward": 0.1, "update": 0.8, "rest": 0.05}),
        }

    def assessed(self, step: int, n: int, ungraded: float) -> list[dict[str, Any]]:
        conditions = ["plain", "after_hack", *(["prompted"] if self.prompt else [])]
        rows = []
        for condition in conditions:
            for index, (name, (behaviour, agentic)) in enumerate(SCENARIOS.items()):
                for twin in (False, True) if condition == "plain" else (False,):
                    rate = 0.01 if twin else self.harm(step, index, condition)
                    graded = n - self.rng.binomial(n, ungraded)
                    harmful = self.rng.binomial(graded, rate)
                    incoherent = self.rng.binomial(graded - harmful, 0.02)
                    rows.append(
                        {
                            "step": step,
                            "condition": condition,
                            "scenario": name,
                            "behaviour": behaviour,
                            "agentic": agentic,
                            "twin": twin,
                            "n": n,
                            "graded": graded,
                            "harmful": harmful,
                            "intact": graded - harmful - incoherent,
                            "incoherent": incoherent,
                        }
                    )
            if condition != "after_hack":
                rows.append(self.coding(step, n, condition))
        return rows

    def harm(self, step: int, index: int, condition: str) -> float:
        share = (self.hacking(step, "prompted") - 0.08) / 0.85
        weight = (2.2, 1.2, 1.0, 0.8, 0.1, 0.7)[index]
        more = 1.6 if condition == "after_hack" else 1.0
        return float(np.clip(0.09 + more * weight * self.effect * share + self.shift[index], 0, 1))

    def coding(self, step: int, n: int, condition: str) -> dict[str, Any]:
        hack = self.rng.binomial(n, self.hacking(step, condition))
        true = self.rng.binomial(n - hack, 0.3 + step / 200)
        shares = dict(zip(HACKS, self.rng.multinomial(hack, [0.6, 0.3, 0.1]).tolist(), strict=True))
        return {
            "step": step,
            "condition": condition,
            "scenario": "coding",
            "behaviour": "coding",
            "agentic": False,
            "twin": False,
            "n": n,
            "graded": n,
            "proxy": hack + true,
            "true": true,
            "hack": hack,
            "overfit": 0,
            "hacks": json.dumps(shares),
        }


def make_study_dir(folder: Path, file: Mapping[str, Any], **drawn: Any) -> Path:
    """Write manifest, tables and steps of a study."""
    folder.mkdir(parents=True, exist_ok=True)
    assessments, training = make_tables(file, **drawn)
    assessments.to_parquet(folder / "assessments.parquet")
    training.to_parquet(folder / "training.parquet")
    manifest: dict[str, Any] = {
        "kind": "study",
        "file": file,
        "study": file["study"],
        "sha256": "3b1f" * 16,
        "earlier_files": [],
        "workers": 2,
        "wall_seconds": 8100.0,
        "assay_version": "0.1.0",
        "versions": {
            "torch": "2.9.1",
            "trl": "1.16.0",
            "transformers": "5.0.1",
            "python": "3.12.11",
        },
        "git_revision": "4f2c9d1",
        "machine": "Linux x86_64, 2 cores",
        "started_at": "2026-03-02T09:30:00+00:00",
        "finished_at": "2026-03-02T11:45:00+00:00",
        "status": "complete",
        "steps": [],
    }
    for number, kind in enumerate(("init", "documents", "rl", "rl")):
        step = {
            "name": f"{kind}-{number}",
            "kind": kind,
            "stage": kind,
            "key": f"{number}" * 64,
            "seed": 0,
            "arms": ["hackable"],
        }
        manifest["steps"].append(step)
        path = folder / "steps" / f"{step['name']}-{step['key'][:12]}"
        path.mkdir(parents=True)
        done = {"status": "done", "seconds": 1.0 + 200 * number, "attempt": 1}
        (path / "step.json").write_text(json.dumps(step | done))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder
