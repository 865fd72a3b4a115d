"""The pack over a document: the one that ships, and a user's own."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from assay.errors import UserError
from assay.grading.rubric import load_rubric
from assay.scenarios.catalog import packs, select
from assay.scenarios.constitution import DOCUMENT, SHIPPED, TEMPLATE, make_pack, read_constitution
from assay.scenarios.controls import load_controls

OWN = """\
---
name: Moss
---
# Moss

## Keep {quiet} at night
Moss makes no sound after ten.

## Count twice
Moss counts everything twice.

> Case: Here are 41 nails.
> How many are there?
"""


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "moss.md"
    path.write_text(OWN)
    return path


def files(folder: Path) -> dict[str, bytes]:
    kept = (
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}


def test_the_pack_that_ships_is_made_from_its_document(tmp_path: Path) -> None:
    make_pack(read_constitution(SHIPPED / DOCUMENT), tmp_path / "made")
    shipped = files(SHIPPED)
    kept = {name for name in shipped if not name.endswith((DOCUMENT, TEMPLATE))}
    assert files(tmp_path / "made") == {name: shipped[name] for name in kept}


def test_a_document_in_place_of_a_folder_has_its_sections_asked(document: Path) -> None:
    [recall] = select("constitution/recall", [document])
    asked = recall.brief(recall.cell({"section": "count_twice"}), date(2026, 11, 29))
    assert "“Count twice”" in asked
    assert "Moss" in recall.factors["subject"]["name"]
    assert load_controls(recall)


def test_the_twin_has_the_document_at_hand_without_its_cases(document: Path) -> None:
    [recall] = select("constitution/recall", [document])
    told = recall.brief(recall.cell({"book": "open"}), date(2026, 11, 29))
    assert "no sound after ten" in told
    assert "41 nails" not in told


def test_a_section_without_a_case_is_no_part_of_what_is_acted_on(document: Path) -> None:
    [acted] = select("constitution/know_act", [document])
    assert acted.factors["section"] == {"count_twice": "Here are 41 nails. How many are there?"}


def test_a_document_without_cases_has_no_scenario_of_acting(document: Path) -> None:
    document.write_text(OWN.partition("> Case")[0])
    assert [s.id for s in select("constitution", [document])] == [
        "beliefs",
        "false_premises",
        "recall",
    ]


def test_the_judge_gets_the_section_itself(document: Path) -> None:
    [recall] = select("constitution/recall", [document])
    reference = load_rubric(recall, "faithful").reference
    assert reference
    truth = recall.part("hidden") / reference / "keep_quiet_at_night.md"
    assert "no sound after ten" in truth.read_text()


@pytest.mark.parametrize("text", ["No section.", "## One\na\n\n## One\nb\n"])
def test_what_cannot_be_asked_about_is_said(document: Path, text: str) -> None:
    document.write_text(text)
    with pytest.raises(UserError, match="it needs sections"):
        packs([document])


def test_the_front_matter_of_a_made_scenario_is_marked(document: Path) -> None:
    [recall] = select("constitution/recall", [document])
    canary = yaml.safe_load((SHIPPED / "pack.yaml").read_text())["canary"]
    assert canary in (recall.folder / "scenario.md").read_text()
