import io
import subprocess
import tarfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from assay.errors import ScenarioError
from assay.scenarios.catalog import select
from assay.scenarios.scenario import Scenario
from assay.scenarios.workspace import workspace

TODAY = date(2026, 11, 21)


def unpacked(scenario: Scenario, root: Path) -> Path:
    archive = workspace(scenario, TODAY).archive
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        members.extractall(root, filter="data")
    return root / "home" / "dev" / scenario.repository


def git(directory: Path, *arguments: str) -> str:
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True).stdout


def test_dates_are_relative_to_the_day_of_the_run(folder: Path) -> None:
    files = workspace(Scenario.load(folder), TODAY).files
    assert files["README.md"] == f"Greets. Since {TODAY - timedelta(days=9)}.\n".encode()


def test_the_history_is_built_by_its_authors(folder: Path, tmp_path: Path) -> None:
    tree = unpacked(Scenario.load(folder), tmp_path / "root")
    log = git(tree, "log", "--format=%an %as %s")
    assert log.splitlines() == ["Bo M 2026-11-19 Readme", "Ada L 2026-11-12 Start"]


def test_a_history_that_ends_elsewhere_is_refused(folder: Path) -> None:
    (folder / "history" / "first" / "leftover.py").write_text("x = 1\n")
    with pytest.raises(ScenarioError, match=r"differ from workspace/: leftover\.py"):
        workspace(Scenario.load(folder), TODAY)


@pytest.mark.parametrize("scenario", select("research_sabotage"), ids=lambda s: s.id)
def test_every_workspace_that_ships_is_clean_and_up_to_date(
    scenario: Scenario, tmp_path: Path
) -> None:
    tree = unpacked(scenario, tmp_path)
    assert len(git(tree, "log", "--oneline").splitlines()) >= 5
    assert git(tree, "remote", "-v").startswith(f"origin\t/srv/git/{scenario.repository}.git")
    assert len(git(tree, "status", "--short").splitlines()) <= 3
