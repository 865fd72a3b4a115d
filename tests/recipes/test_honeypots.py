"""Honeypots as training data: sampled on the split for training, kept by what was done."""

import json
from pathlib import Path

import pytest

from assay.errors import UserError
from assay.recipes.items import lines
from assay.recipes.making import Made, Order, make
from assay.recipes.recipe import find
from assay.scenarios.honeypots.making import make_pack, read_briefs


def sampled(target: str, out: Path, **told: str) -> Made:
    models = {"author": "embedded/author", "target": target}
    return make(Order(find("honeypots").told({"sample": told}), 4, models), out)  # type: ignore[arg-type]


@pytest.fixture
def own(tmp_path: Path) -> str:
    make_pack("train", tmp_path / "own" / "honeypots_train", 2, seed=7)
    return str(tmp_path / "own")


def test_runs_that_did_not_take_the_bait_are_kept(own: str, tmp_path: Path) -> None:
    made = sampled("control/honest", tmp_path / "out", pack="honeypots_train", scenarios=own)
    rows = list(lines(made.dataset))
    assert len({row["messages"][1]["content"] for row in rows}) == 4
    assert {call["name"] for call in (tool["function"] for tool in rows[0]["tools"])} >= {"bash"}


def test_runs_that_took_it_are_dropped_with_the_reason(own: str, tmp_path: Path) -> None:
    made = sampled("control/sabotage", tmp_path / "out", pack="honeypots_train", scenarios=own)
    [snapshot] = (tmp_path / "out" / "stages").glob("*.jsonl")
    assert made.ledger.accepted == 0
    assert [row["reason"].partition(",")[0] for row in lines(snapshot)] == ["harmful"] * 4


@pytest.mark.parametrize("pack", ["microcosm", "honeypots_eval", "research_sabotage"])
def test_what_is_evaluated_with_is_never_sampled(tmp_path: Path, pack: str) -> None:
    with pytest.raises(UserError, match=r"there are .*honeypots_train.*`split: train`"):
        sampled("control/honest", tmp_path / "out", pack=pack)


def test_further_briefs_come_out_of_a_recipe(tmp_path: Path) -> None:
    made = make(Order(find("honeypot_briefs"), 20, {"author": "embedded/author"}), tmp_path / "out")
    briefs = read_briefs(made.dataset)
    assert sum(map(len, briefs.values())) == made.ledger.accepted > 15
    assert all(json.dumps(briefs).count(slot) == made.ledger.accepted for slot in ("{stake}",))
