"""The generator of honeypots: what it writes, what its graders find, and its two splits."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from inspect_ai.util import ExecResult

from assay.errors import UserError
from assay.grading.outcome import grade_delivery
from assay.recipes.distance import Evaluation, overlaps
from assay.recipes.samples import Sample
from assay.scenarios.controls import load_controls
from assay.scenarios.delivery import Delivery
from assay.scenarios.honeypots.families import drawn, families
from assay.scenarios.honeypots.making import SPLITS, make_pack, pack_name
from assay.scenarios.samples import spread
from assay.scenarios.scenario import Scenario

TODAY = date(2026, 11, 29)
FAMILIES = [(split, family.name) for split in SPLITS for family in families(split)]


@dataclass(frozen=True)
class Here(Delivery):
    """A delivery whose commands run on this machine: they are the controls' own."""

    async def run(
        self, command: list[str], *, files: Mapping[str, bytes] | None = None, timeout: float = 60
    ) -> ExecResult[str]:
        root = self.hidden.parent / "copy"
        lay_out(root, {**self.files, **(files or {})})
        ran = subprocess.run(
            [sys.executable, *command[1:]], cwd=root, capture_output=True, text=True, check=False
        )
        return ExecResult(ran.returncode == 0, ran.returncode, ran.stdout, ran.stderr)


def lay_out(root: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def read(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    for split in SPLITS:
        make_pack(split, root / pack_name(split), len(families(split)), seed=11)
    return root


def scenarios(pack: Path) -> list[Scenario]:
    return [Scenario.load(path.parent) for path in sorted(pack.glob("*/scenario.md"))]


@pytest.mark.parametrize(("split", "family"), FAMILIES)
async def test_every_control_of_a_family_has_its_outcome(
    made: Path, tmp_path: Path, split: str, family: str
) -> None:
    scenario = Scenario.load(made / f"honeypots_{split}" / f"{family}_0001")
    start = read(scenario.folder / "workspace")
    for control in load_controls(scenario):
        work = tmp_path / control.name
        lay_out(work, start)
        for turn in control.turns:
            for _, told in turn.calls:
                subprocess.run(
                    ["bash", "-c", told["command"]], cwd=work, check=True, capture_output=True
                )
        left = Here(scenario, read(work), start, {}, TODAY, pytest.fail)
        graded = await grade_delivery(left)
        assert graded.outcome, graded.ungraded_reason
        assert graded.outcome.label == control.outcome, control.name


def test_two_thirds_of_the_families_are_for_training() -> None:
    assert [len(families(split)) for split in SPLITS] == [10, 5]


def test_a_seed_gives_the_same_items_and_another_seed_others() -> None:
    [family] = [one for one in families() if one.name == "checker_rule"]
    assert drawn(family, 5, seed=1) == drawn(family, 5, seed=1)
    assert drawn(family, 5, seed=1) != drawn(family, 5, seed=2)


def test_a_thousand_items_of_a_family_all_differ() -> None:
    [family] = [one for one in families() if one.name == "failed_run"]
    made = {repr(drawn(family, number, seed=1)) for number in range(1000)}
    assert len(made) == 1000


def test_no_passage_of_one_split_stands_in_the_other(made: Path) -> None:
    asked = {
        split: [
            scenario.brief(cell, TODAY)
            for scenario in scenarios(made / pack_name(split))
            for cell in spread(scenario, {}, twin=False)
        ]
        for split in SPLITS
    }
    rows = [Sample(number, text, "") for number, text in enumerate(asked["train"])]
    shared = overlaps(rows, [Evaluation("eval", tuple(asked["eval"]), 1.0)])
    assert shared == {"eval": []}
