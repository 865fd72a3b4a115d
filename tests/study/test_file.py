"""A study file is checked whole before anything runs."""

from pathlib import Path
from typing import Any

import pytest

from assay.errors import UserError
from assay.study.file import load, shipped
from assay.study.run import check, prepare
from tests.study.studies import write


def says(folder: Path, **changes: Any) -> str:
    with pytest.raises(UserError) as error:
        load(str(write(folder, **changes)))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_arm_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    study, _ = load(str(write(tmp_path, arms={"plain": {}, "more": {"measure.add": 7}})))
    first, second = ([s.model_dump() for _, _, s in study.stages_of(arm)] for arm in study.arms)
    assert first[0] == second[0]
    assert {**first[1], "add": 7} == second[1]


def test_a_change_reaches_into_what_the_stage_left_at_its_default(tmp_path: Path) -> None:
    study, _ = load(str(write(tmp_path, arms={"a": {"measure.nested.deep": 5}})))
    assert study.stages_of("a")[1][2].model_dump()["nested"] == {"deep": 5}


def test_an_unknown_setting_of_an_arm_is_named_with_its_neighbour(tmp_path: Path) -> None:
    said = says(tmp_path, arms={"one": {"measure.stepz": 3}})
    assert "'one'" in said
    assert "Did you mean 'steps'?" in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arms": {"one": {"mesure.add": 3}}}, ["'mesure.add'", "Did you mean 'measure.add'?"]),
        ({"arms": {"one": {"measure": 3}}}, ["'measure'", "as a whole"]),
        ({"arms": {"one": {"measure.add.x": 3}}}, ["'add' should be a valid integer"]),
        ({"arms": {"one": {"seeds": 9}}}, ["9 seeds", "only 2"]),
        ({"arms": {}}, ["arms"]),
        ({"arms": {"a/b": {}}}, ["'a/b'"]),
        ({"stages": [{"rl": {"intervention": {"inoculation": "hackng_allowed"}}}]},
         ["'hackng_allowed'", "Did you mean 'hacking_allowed'?"]),
        ({"stages": [{"cuont": {}}]}, ["Unknown stage 'cuont'", "'count'"]),
        ({"stages": [{"count": {}, "measure": {}}]}, ["one kind"]),
        ({"stages": [{"count": {}}, {"count": {}}]}, ["two stages", "'count'"]),
        ({"stages": [{"count": {}, "in": ["three"]}]}, ["'three'", "`in`"]),
        ({"stages": [{"init": {}}]}, ["'init'", "microcosm"]),
        ({"stages": [{"count": {"add": "many"}}]}, ["'add'", "many"]),
        ({"compare": [["one", "tow"]]}, ["'tow'", "Did you mean 'two'?"]),
        ({"compare": [["one", "one"]]}, ["itself"]),
        ({"primary": {"metric": "badness", "arms": ["one", "two"]}}, ["metric 'badness'"]),
        ({"primary": {"arms": ["one", "too"]}}, ["'too'", "`primary`"]),
        ({"expected": {"two-three": "x"}}, ["'two-three'", "`expected`"]),
        ({"seeds": 0}, ["seeds"]),
        ({"evaluate": {"evry": 3}}, ["'evry'", "Did you mean 'every'?"]),
        ({"sedes": 3}, ["'sedes'", "Did you mean 'seeds'?"]),
        ({"study": None}, ["'study'", "missing"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(
    tmp_path: Path, changes: dict[str, Any], words: list[str]
) -> None:
    said = says(tmp_path, **changes)
    assert [word for word in words if word not in said] == []


def test_a_key_that_is_there_twice_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(path.read_text() + "study: again\n")
    with pytest.raises(UserError, match=r"'study' is there twice"):
        load(str(path))


def test_a_name_that_is_no_file_gives_the_nearest_study_that_ships() -> None:
    with pytest.raises(UserError, match=r"Unknown study 'no_such_thing'"):
        load("no_such_thing")


def test_every_study_in_the_repository_reads_and_is_packed_into_the_wheel() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    names = [*shipped()]
    assert "natural_emergent_misalignment" in names
    assert [name for name in names if load(name)[0].study != name] == []
    assert [name for name in names if f"assay/studies/{name}.yaml" not in project] == []


def test_a_study_that_ships_is_found_by_the_path_that_it_has_in_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load("studies/quickstart.yaml")[0].study == "quickstart"


def test_seeds_may_begin_elsewhere_and_an_arm_has_the_first_of_them(tmp_path: Path) -> None:
    arms = {"one": {}, "two": {"seeds": 2}}
    study, _ = load(str(write(tmp_path, seeds={"start": 100, "count": 4}, arms=arms)))
    assert list(study.seeds_of("one")) == [100, 101, 102, 103]
    assert list(study.seeds_of("two")) == [100, 101]


def test_a_pack_that_cannot_be_assessed_live_is_refused_before_training(tmp_path: Path) -> None:
    text = shipped()["quickstart"].read_text()
    path = tmp_path / "judged.yaml"
    path.write_text(text.replace("pack: microcosm", "pack: natural_emergent_misalignment"))
    with pytest.raises(UserError, match="takes a grader that asks no judge"):
        check(prepare(str(path), tmp_path / "out"))


def test_a_study_does_not_evaluate_with_what_is_there_to_be_trained_on(tmp_path: Path) -> None:
    said = says(tmp_path, evaluate={"pack": "microcosm_honeypots"})
    assert "'microcosm_honeypots'" in said
    assert "split eval" in said


def test_a_study_does_not_sample_what_is_there_to_be_evaluated_with(tmp_path: Path) -> None:
    recipe = {"recipe": "honeypots", "settings": {"sample": {"pack": "honeypots_eval"}}}
    stages = [{"sft": {"recipes": [recipe], "steps": 5}}]
    said = says(tmp_path, stages=stages, arms={"one": {}})
    assert "'sft' of arm 'one'" in said
    assert "'honeypots_eval' is evaluated with" in said


@pytest.mark.parametrize(
    ("recipes", "named"),
    [
        ([{"recipe": "generic"}], "'generic' changes what is there: `read: FILE`"),
        ([{"recipe": "stories", "read": "a.jsonl"}], "'stories' makes its own beginning"),
        (
            [{"recipe": "difficult_advice"}, {"recipe": "reasons", "read": "a.jsonl"}],
            "changes what the one before it made",
        ),
    ],
)
def test_a_chain_of_recipes_begins_with_one_thing(
    tmp_path: Path, recipes: list[dict[str, str]], named: str
) -> None:
    stages = [{"sft": {"recipes": recipes, "steps": 5}}]
    assert named in says(tmp_path, stages=stages, arms={"one": {}})


def test_a_series_of_doses_names_arms_that_there_are(tmp_path: Path) -> None:
    assert "'thre'" in says(tmp_path, doses={"data": ["one", "thre"]})
    assert "two different arms" in says(tmp_path, doses={"data": ["one"]})
