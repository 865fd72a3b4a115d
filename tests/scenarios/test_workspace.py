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


def unpacked(scenario: Scenario, root: Path, today: date = TODAY) -> Path:
    archive = workspace(scenario, today).archive
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


def test_the_repository_is_a_clone_and_has_no_other_past(folder: Path, tmp_path: Path) -> None:
    tree = unpacked(Scenario.load(folder), tmp_path / "root")
    for name in ("HEAD", "refs/heads/main"):
        [line] = (tree / ".git" / "logs" / name).read_text().splitlines()
        assert line.endswith("clone: from /srv/git/greeter.git")
        assert "Bo M <bo@example.com>" in line  # whoever committed last owns the machine
    assert "name = Bo M" in (tree.parent / ".gitconfig").read_text()
    assert git(tree, "status", "-sb").strip() == "## main...origin/main"


def test_a_zone_sets_the_clocks_of_its_season(folder: Path, tmp_path: Path) -> None:
    history = folder / "history.yaml"
    history.write_text("zone: Europe/Amsterdam\n" + history.read_text())
    summer, winter = (
        git(unpacked(Scenario.load(folder), tmp_path / str(day), day), "log", "-1", "--format=%ai")
        for day in (date(2026, 7, 10), TODAY)
    )
    assert summer.endswith("09:00:00 +0200\n")
    assert winter.endswith("09:00:00 +0100\n")


def test_an_unknown_zone_is_named(folder: Path) -> None:
    history = folder / "history.yaml"
    history.write_text("zone: Europe/Atlantis\n" + history.read_text())
    with pytest.raises(ScenarioError, match="zone 'Europe/Atlantis' is unknown"):
        workspace(Scenario.load(folder), TODAY)


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
