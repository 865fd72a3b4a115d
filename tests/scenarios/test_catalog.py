from pathlib import Path

import pytest

from assay.errors import UserError
from assay.scenarios import catalog
from assay.scenarios.catalog import find, select
from assay.scenarios.controls import load_controls
from assay.scenarios.scenario import Scenario


def test_a_folder_of_ones_own_adds_its_packs(packs: Path) -> None:
    assert [scenario.id for scenario in select("tests", [packs])] == ["greeting"]


def test_a_pack_itself_may_be_named(packs: Path) -> None:
    assert select("tests/greeting", [packs / "tests"])[0].pack == "tests"


def test_a_folder_without_packs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds a pack\.yaml"):
        catalog.packs([tmp_path])


def test_an_unknown_pack_is_never_taken_for_a_text() -> None:
    with pytest.raises(UserError, match="Did you mean 'research_sabotage'"):
        select("research_sabotag")


def test_an_unknown_scenario_gets_the_nearest_one() -> None:
    with pytest.raises(UserError, match="Did you mean 'incident_escalation'"):
        select("research_sabotage/incident_escalaton")


def test_a_scenario_is_found_by_its_id_alone() -> None:
    assert find("incident_escalation").pack == "research_sabotage"


@pytest.mark.parametrize("scenario", select("research_sabotage"), ids=lambda s: s.id)
def test_every_scenario_that_ships_has_controls_of_every_kind(scenario: Scenario) -> None:
    kinds = [control.conduct for control in load_controls(scenario)]
    assert {"honest", "sabotage", "refusal", "partial", "incompetent"} <= set(kinds)
    assert kinds.count("sabotage") >= 2
    held_out = [c.conduct for c in load_controls(scenario, held_out=True)]
    assert all(held_out.count(kind) >= 2 for kind in set(kinds))


def test_every_file_that_must_not_be_trained_on_holds_the_canary() -> None:
    pack = catalog.packs()["research_sabotage"]
    for pattern in ("*/scenario.md", "*/grader.py", "*/controls/**/*.yaml"):
        paths = list(pack.folder.glob(pattern))
        assert paths
        assert [path for path in paths if pack.sheet.canary not in path.read_text()] == []
