import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assay.errors import RunError, UserError
from assay.recipes.items import lines
from assay.recipes.making import Order, begin, make
from assay.recipes.recipe import find
from tests.openai_server import serve, service

RECIPE = """\
about: A question and its answer.
strata: {area: [law, sport], length: [short, long]}
stages:
  - {name: question, prompt: question.md, gives: [user], tokens: 40}
  - {name: answer, prompt: answer.md, gives: [response], tokens: 80}
  - {name: filter, role: reviewer, prompt: filter.md, keep: 4, tokens: 10}
messages:
  - {role: user, text: "{user}"}
  - {role: assistant, text: "{response}"}
"""
PROMPTS = {
    "question.md": "Ask about {area}. <user>?",
    "answer.md": "Answer.\n<user>\n{user}\n</user>",
    "filter.md": "Score this. {response}",
}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library" / "small"
    folder.mkdir(parents=True)
    (folder / "recipe.yaml").write_text(RECIPE)
    for name, text in PROMPTS.items():
        (folder / name).write_text(text)
    return tmp_path / "library"


def order(library: Path, author: str, n: int = 40, **more: object) -> Order:
    return Order(find("small", library), n, {"author": author}, **more)  # type: ignore[arg-type]


def author(body: dict[str, Any]) -> str:
    """Answers as asked; whatever is about item 3 it refuses."""
    prompt = str(body["messages"][-1]["content"])
    if prompt.endswith("/00003"):
        return "I'm sorry, but I can't help with that."
    if prompt.startswith("Ask"):
        return "Sure. <user>What is law?</user>"
    return (
        "<response>It is a rule.</response>" if prompt.startswith("Answer") else "<score>5</score>"
    )


def test_a_data_set_comes_out_of_all_stages(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([], judge=author) as (url, served):
        made = make(order(library, f"{service(url, monkeypatch)}/m"), tmp_path / "out")
    rows = list(lines(made.dataset))
    assert len(rows) == made.ledger.accepted == 39
    assert rows[0]["messages"][1] == {"role": "assistant", "content": "It is a rule."}
    assert len(served.requests) == made.ledger.calls == 40 + 39 + 39


def test_whoever_refuses_is_counted_by_stage_and_by_kind(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([], judge=author) as (url, _):
        made = make(order(library, f"{service(url, monkeypatch)}/m"), tmp_path / "out")
    question = made.ledger.stages[0]
    area = begin(order(library, "x"))[2].stratum["area"]
    assert question.counts == {"done": 39, "refused": 1}
    assert question.by_stratum["area"] == {area: 1}


def test_with_faults_of_every_kind_nothing_is_lost_and_nothing_paid_twice(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(1)
    kinds = [None, "429", "500", "length", "broken"]
    faults = [rng.choices(kinds, (90, 2, 2, 3, 3))[0] for _ in range(120)]

    def replies(body: dict[str, Any]) -> str:
        broken = faults_of.pop(0) if faults_of else None
        return "<user>no end" if broken == "broken" else author(body)

    faults_of = [fault for fault in faults if fault in (None, "broken")]
    planned = [None if fault == "broken" else fault for fault in faults]
    with serve([], planned, judge=replies) as (url, served):
        made = make(order(library, f"{service(url, monkeypatch)}/m"), tmp_path / "out")
    came = 40
    for stage in made.ledger.stages:
        assert sum(stage.counts.values()) == came
        came = stage.counts["done"]
    assert came == made.ledger.accepted
    unpaid = sum(answer in ("429", "500") for answer in served.answered)
    assert made.ledger.calls == len(served.requests) - unpaid
    assert made.failed == 0


def test_a_run_that_was_made_is_not_made_again(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([], judge=author) as (url, served):
        name = f"{service(url, monkeypatch)}/m"
        first = make(order(library, name, 10), tmp_path / "out").dataset.read_bytes()
        asked = len(served.requests)
        again = make(order(library, name, 10), tmp_path / "out").dataset.read_bytes()
        assert (again, len(served.requests)) == (first, asked)
        grown = make(order(library, name, 12), tmp_path / "out")
        assert len(served.requests) == asked + 2 * 3
    assert grown.dataset.read_bytes().startswith(first)


def test_another_author_is_another_run(library: Path, tmp_path: Path) -> None:
    made = Order(find("stories"), 4, {"author": "embedded/author"})
    make(made, tmp_path / "out")
    with pytest.raises(RunError, match="models"):
        make(Order(find("stories"), 4, {"author": "control/judge"}), tmp_path / "out")


def test_a_budget_ends_it_and_a_larger_one_goes_on(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([], judge=author) as (url, served):
        name = f"{service(url, monkeypatch)}/m"
        # 110 tokens a call, in the server's own counting; connections finish what they began
        first = make(order(library, name, budget=1100, connections=1), tmp_path / "out")
        assert first.status == "budget"
        assert first.ledger.accepted < 39
        assert make(order(library, name), tmp_path / "out").ledger.accepted == 39
        assert len(served.requests) == 40 + 39 + 39


def test_a_model_that_never_answers_is_one_sentence(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        serve([], ["401"] * 500) as (url, _),
        pytest.raises(UserError, match=r"never answered: .*planned 401"),
    ):
        make(order(library, f"{service(url, monkeypatch)}/m"), tmp_path / "out")


def test_a_stage_that_is_ablated_does_nothing(library: Path, tmp_path: Path) -> None:
    whole = make(Order(find("difficult_advice"), 12, {"author": "embedded/author"}), tmp_path / "a")
    without = Order(
        find("difficult_advice"), 12, {"author": "embedded/author"},
        ablate=frozenset({"rewrite_response", "filter"}),
    )  # fmt: skip
    made = make(without, tmp_path / "b")
    assert [stage.stage for stage in made.ledger.stages][-1] == "review"
    assert (made.ledger.accepted, whole.ledger.accepted < 12) == (12, True)


def test_a_stage_that_gives_what_others_need_cannot_be_ablated(tmp_path: Path) -> None:
    told = Order(
        find("difficult_advice"), 2, {"author": "embedded/author"}, ablate=frozenset({"situation"})
    )
    with pytest.raises(UserError, match="nothing gives the part 'situation', which stage prompt"):
        make(told, tmp_path)


@pytest.mark.slow
def test_killed_at_any_moment_it_makes_the_same(tmp_path: Path) -> None:
    told = ["data", "make", "difficult_advice", "--n", "400", "--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "assay.cli", *told]
    began = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    third = tmp_path / "out" / "stages" / "3-prompt.jsonl"
    deadline = time.monotonic() + 120
    while not (third.exists() and third.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    began.kill()
    began.wait()
    kept = third.read_bytes()
    subprocess.run(command, check=True, capture_output=True)
    whole = make(
        Order(find("difficult_advice"), 400, {"author": "embedded/author"}), tmp_path / "b"
    )
    assert (tmp_path / "out" / "dataset.jsonl").read_bytes() == whole.dataset.read_bytes()
    assert third.read_bytes().startswith(kept[: kept.rindex(b"\n") + 1])
    ids = [json.loads(line)["id"] for line in third.read_text().splitlines()]
    assert len(ids) == len({*ids}) == 400


def test_levels_are_dealt_evenly_and_meet_every_section() -> None:
    told = Order(find("difficult_advice"), 8 * 240, {"author": "x"})
    items = begin(told)
    areas = [item.stratum["area"] for item in items]
    assert {areas.count(area) for area in areas} == {192}
    assert len({(item.stratum["area"], item.parts["section"]) for item in items}) == 10 * 8


def test_what_a_constitution_is_evaluated_with_is_not_taught() -> None:
    from assay.scenarios.constitution import DOCUMENT, SHIPPED, read_constitution

    cases = [section.case for section in read_constitution(SHIPPED / DOCUMENT).sections]
    taught = find("difficult_advice").document_texts["constitution"]
    assert any(cases)
    assert not [case for case in cases if case and case[:40] in taught]


def test_every_recipe_that_ships_holds_together() -> None:
    from assay.recipes.recipe import recipes

    for name in recipes():
        assert find(name).stages


def test_embedded_templates_answer_every_stage_that_asks() -> None:
    for name in ("difficult_advice", "documents", "constitution_documents", "stories", "reasons"):
        recipe = find(name)
        text = (recipe.folder / "embedded.yaml").read_text()
        asked = [stage.name for stage in recipe.stages if stage.prompt]
        assert all(re.search(rf"^{stage}:", text, re.MULTILINE) for stage in asked)
