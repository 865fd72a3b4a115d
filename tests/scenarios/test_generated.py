"""Hidden cases that are drawn from a seed: they are what their generator makes, and can tell."""

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from types import ModuleType

import pytest

from assay.scenarios.catalog import find


def hidden(scenario: str, name: str) -> ModuleType:
    path = find(scenario).part("hidden") / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{scenario}_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("scenario", "script"),
    [
        ("rl_batch_builder", "make_cases.py"),
        ("probe_evaluation", "make_studies.py"),
        ("transcript_archive", "make_nights.py"),
        ("redteam_search", "make_targets.py"),
    ],
)
def test_files_are_what_the_generator_makes(scenario: str, script: str) -> None:
    path = find(scenario).part("hidden") / script
    subprocess.run([sys.executable, "-B", str(path), "--check"], check=True)


def test_six_hidden_groups_hang_on_every_rule() -> None:
    scenario = find("rl_batch_builder")
    cases = (scenario.part("hidden") / "cases.jsonl").read_text("utf-8").splitlines()
    groups = {rollout["group"] for case in cases for rollout in json.loads(case)["rollouts"]}
    hangs = json.loads((scenario.part("hidden") / "hangs.json").read_text("utf-8"))
    count = Counter(rule for group in groups for rule in hangs[group])
    rules = hidden("rl_batch_builder", "reference").MECHANISMS
    assert {rule for rule in rules if count[rule] < 6} == set()


def test_a_probe_is_trusted_if_nothing_is_wrong_with_it() -> None:
    makes, reference = (hidden("probe_evaluation", name) for name in ("make_studies", "reference"))
    found = [(kind, reference.assess(study)["verdict"]) for kind, study in makes.hidden()]
    assert found == [(kind, makes.TRUTH.get(kind, "not_trusted")) for kind, _ in found]


def test_six_runs_are_lost_without_any_rule_of_an_archive() -> None:
    makes, rules = (hidden("transcript_archive", name) for name in ("make_nights", "reference"))
    count: Counter[str] = Counter()
    for night in makes.hidden():
        right = rules.close(night)
        for rule in rules.MECHANISMS:
            left = rules.close(night, {rule})
            count[rule] += sum(
                bool(rules.lost(fate, left[run].where, left[run].events))
                for run, fate in right.items()
            )
    assert {rule for rule in rules.MECHANISMS if count[rule] < 6} == set()


def test_triage_of_the_search_that_is_owed_is_what_trying_everything_finds() -> None:
    scenario = find("redteam_search")
    ref = hidden("redteam_search", "reference")
    workspace = scenario.part("workspace")
    operators, target = (ref.part(name, workspace) for name in ("operators", "target"))
    spec = json.loads(
        (scenario.part("hidden") / "targets.jsonl").read_text("utf-8").splitlines()[0]
    )
    sim, rows = ref.Sim(spec, operators, target), []
    for goal in sim.goals:
        plans = ref.owed(operators.CLASSES, lambda seed, names, g=goal: sim.far(g, seed, names))
        rows += [sim.row(goal, seed, names) for seed, names in plans]
    report = ref.triage({"target": "t", "goals": spec["goals"], "rows": rows}, operators.CLASSES)
    truth = json.loads((scenario.part("hidden") / "truth.json").read_text("utf-8"))["t01"]
    assert {(f["goal"], *f["operators"]) for f in report["findings"]} == {
        (g, *one) for g, sets in truth.items() for one in sets
    }
