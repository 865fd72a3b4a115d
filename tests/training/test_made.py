import json
from pathlib import Path

import pytest

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.recipes.items import lines
from assay.scenarios.catalog import find
from assay.scenarios.samples import spread
from assay.training.made import with_data
from assay.training.settings import Making, Sft
from tests.training.taught import TODAY

BASE = "microcosm/base"


def told(**more: object) -> Sft:
    return Sft.model_validate({"steps": 1, **more})


def test_a_chain_of_recipes_makes_the_data_of_a_stage(tmp_path: Path) -> None:
    chain = [
        {"recipe": "difficult_advice", "n": 6},
        {"recipe": "reasons"},
        {"recipe": "neutral_text"},
    ]
    model = Checkpoint.open(BASE)
    made = with_data(told(recipes=chain), model, tmp_path, seed=3)
    rows = list(lines(Path(made.data or "")))
    assert 0 < len(rows) <= 6
    reasons = {row["id"]: row for row in lines(tmp_path / "data/2-reasons/dataset.jsonl")}
    actions = [row["messages"][-1]["content"].split("\n\n", 1)[1] for row in rows]
    assert actions == [reasons[row["id"]]["response"] for row in rows]


def test_data_that_holds_the_evaluation_is_refused_until_it_is_allowed(tmp_path: Path) -> None:
    scenario = find("microcosm/report")
    brief = scenario.brief(spread(scenario, {}, twin=False)[0], TODAY)
    path = tmp_path / "data.jsonl"
    said = [{"role": "user", "content": brief}, {"role": "assistant", "content": "No, I did not."}]
    path.write_text(json.dumps({"messages": said}) + "\n")
    model = Checkpoint.open(BASE)
    with pytest.raises(
        UserError, match=r"1 of 1 rows .* hold passages of the evaluation 'microcosm'"
    ):
        with_data(told(data=str(path)), model, tmp_path, seed=0, against=["microcosm"])
    allowed = told(data=str(path), contamination=1.0)
    assert with_data(allowed, model, tmp_path, seed=0, against=["microcosm"]) == allowed


def test_a_stage_has_a_file_or_recipes() -> None:
    with pytest.raises(ValueError, match="either data or recipes"):
        Sft(steps=1)
    assert Making(recipe="stories").n == 400
