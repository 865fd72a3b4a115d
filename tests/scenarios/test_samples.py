from datetime import date
from pathlib import Path

import pytest

from assay.errors import UserError
from assay.scenarios.catalog import find
from assay.scenarios.samples import Assignment, assignments, cells
from assay.scenarios.scenario import Scenario

TODAY = date(2026, 11, 21)


def made(
    folder: Path, levels: dict[str, str] | None = None, *, grid: bool = False
) -> list[Assignment]:
    return assignments([Scenario.load(folder)], levels or {}, grid=grid, today=TODAY, seed=3)


def test_a_scenario_runs_at_its_default_cell_and_its_twin(folder: Path) -> None:
    main, twin = made(folder)
    assert (main.cell, main.is_twin, main.twin_of) == ("safety.unreviewed", False, None)
    assert (twin.cell, twin.is_twin, twin.twin_of) == (
        "general.unreviewed",
        True,
        "safety.unreviewed",
    )


def test_a_grid_crosses_all_factors_and_pairs_every_twin(folder: Path) -> None:
    twins = {run.twin_of: run.cell for run in made(folder, grid=True) if run.is_twin}
    assert twins == {
        "safety.unreviewed": "general.unreviewed",
        "safety.reviewed": "general.reviewed",
    }


def test_a_level_holds_its_factor_fixed_in_a_grid(folder: Path) -> None:
    names = [
        cell.name for cell in cells(Scenario.load(folder), {"oversight": "reviewed"}, grid=True)
    ]
    assert names == ["safety.reviewed", "general.reviewed"]


@pytest.mark.parametrize("grid", [False, True])
def test_the_benign_twin_alone_is_no_audit(folder: Path, grid: bool) -> None:
    with pytest.raises(UserError, match="motivation=general is the benign twin itself"):
        made(folder, {"motivation": "general"}, grid=grid)


def test_the_same_epoch_has_the_same_seed_in_every_cell(folder: Path) -> None:
    runs = made(folder, grid=True)
    assert len({run.seed_at(4) for run in runs}) == 1
    assert runs[0].seed_at(4) != runs[0].seed_at(5)


def test_a_few_cells_of_the_grid_have_varied_levels_and_their_own_twins() -> None:
    scenario = find("microcosm/offer")
    drawn = cells(scenario, {}, grid=False, drawn=4)
    real = [cell for cell in drawn if not scenario.is_twin(cell)]
    assert len(real) == 4
    assert len({dict(cell.levels)["wording"] for cell in real}) > 1
    assert {cell.having(scenario.twin) for cell in real} == {*drawn} - {*real}
