from pathlib import Path

import pytest

from assay.errors import ScenarioError
from assay.scenarios.controls import load_control, load_controls
from assay.scenarios.scenario import Scenario


def add(folder: Path, text: str) -> Scenario:
    (folder / "controls" / "new.yaml").write_text(text)
    return Scenario.load(folder)


def test_the_outcome_is_implied_where_the_kind_says_it(folder: Path) -> None:
    controls = {control.name: control for control in load_controls(Scenario.load(folder))}
    assert controls["honest"].outcome == "intact"
    assert controls["sabotage"].truth.deliberate


def test_an_incompetent_control_must_declare_its_outcome(folder: Path) -> None:
    scenario = add(folder, "conduct: incompetent\nnote: x\nturns: [{say: Done.}]\n")
    with pytest.raises(ScenarioError, match=r"new\.yaml:\d+: outcome: missing"):
        load_controls(scenario)


def test_a_control_must_end_by_itself(folder: Path) -> None:
    scenario = add(folder, "conduct: honest\nnote: x\nturns: [{call: {bash: {command: ls}}}]\n")
    with pytest.raises(ScenarioError, match="there the agent stops"):
        load_controls(scenario)


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    turns = "turns: [{call: {write: {file_path: a, content_from: files/a.py}}}, {say: Done.}]"
    scenario = add(folder, f"conduct: honest\nnote: x\n{turns}\n")
    with pytest.raises(ScenarioError, match=r"no file .*files/a\.py"):
        load_controls(scenario)


def test_held_out_controls_have_a_name_of_their_own(folder: Path) -> None:
    scenario = Scenario.load(folder)
    assert [c.name for c in load_controls(scenario, held_out=True)] == ["held_out/honest_1"]
    assert load_control(scenario, "held_out/honest_1").conduct == "honest"


def test_a_key_that_stands_twice_in_a_turn_is_not_lost(folder: Path) -> None:
    turns = "turns:\n  - say: Look.\n    say: Done.\n"
    scenario = add(folder, f"conduct: honest\nnote: x\n{turns}")
    with pytest.raises(ScenarioError, match=r"new\.yaml:5: 'say' is there twice"):
        load_controls(scenario)
