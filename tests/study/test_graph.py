"""Steps are addressed by what goes into them."""

from pathlib import Path

import pytest

from assay.errors import UserError
from assay.study.graph import Graph
from tests.study.studies import BASE, graph, write


def keys(found: Graph) -> set[str]:
    return {step.key for step in found.steps}


def test_arms_share_the_steps_before_they_differ(tmp_path: Path) -> None:
    found = graph(write(tmp_path))
    assert [step.name for step in found.steps] == [
        "count-s0", "assess-s0", "measure-one-s0", "measure-two-s0",
        "count-s1", "assess-s1", "measure-one-s1", "measure-two-s1",
    ]  # fmt: skip
    assert found.chain("one", 1)[0] == found.chain("two", 1)[0]


def test_a_changed_arm_has_new_keys_from_the_change_on(tmp_path: Path) -> None:
    before = graph(write(tmp_path))
    after = graph(write(tmp_path, arms={"one": {}, "two": {"count.add": 9}}))
    assert [s.key for s in before.chain("one", 0)] == [s.key for s in after.chain("one", 0)]
    assert not {s.key for s in before.chain("two", 0)} & {s.key for s in after.chain("two", 0)}


@pytest.mark.parametrize(
    "changes",
    [
        {"study": "other"},
        {"arms": {"first": {}, "second": {"measure.add": 2}}, "compare": None},
        {"stages": [{"count": {"steps": 2, "add": 3}, "as": "c"}, {"measure": {"steps": 2}}]},
        {"stages": [{"count": {"add": 3, "steps": 2, "pause": 9}}, {"measure": {"steps": 2}}]},
        {"about": "words", "expected": {"one": "nothing"}},
    ],
)
def test_names_and_what_does_not_matter_are_in_no_key(tmp_path: Path, changes: dict) -> None:
    assert keys(graph(write(tmp_path))) == keys(graph(write(tmp_path, **changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"seeds": {"start": 1, "count": 2}},
        {"model": "hub/other"},
        {"stages": [{"count": {"steps": 3, "add": 3}}, {"measure": {"steps": 2}}]},
    ],
)
def test_what_matters_changes_the_keys(tmp_path: Path, changes: dict) -> None:
    before, after = graph(write(tmp_path)), graph(write(tmp_path, **changes))
    assert (
        before.chain("one", 1)[-1].key != after.chain("one", 2 if "seeds" in changes else 1)[-1].key
    )
    assert keys(before) != keys(after)


def test_how_to_assess_matters_only_to_steps_that_assess(tmp_path: Path) -> None:
    before = graph(write(tmp_path)).chain("one", 0)
    evaluate = {"pack": "research_sabotage", "samples": 7}
    after = graph(write(tmp_path, evaluate=evaluate)).chain("one", 0)
    assert before[0] == after[0]
    assert {step.key for step in before[1:]}.isdisjoint(step.key for step in after[1:])


def test_a_files_content_counts_and_not_its_path(tmp_path: Path) -> None:
    def key(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        stages = [{"count": {"file": name}}, {"measure": {}}]
        return graph(write(tmp_path, stages=stages)).steps[0].key

    first = key("a.jsonl", "1")
    assert key("b.jsonl", "1") == first
    assert key("a.jsonl", "2") != first


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no '\./data\.jsonl'"):
        graph(write(tmp_path, stages=[{"count": {"file": "./data.jsonl"}}, {"measure": {}}]))


def test_the_microcosm_is_built_for_every_seed_and_an_arm_without_rl_is_assessed(
    tmp_path: Path,
) -> None:
    stages = [{"count": {}}, {"measure": {}, "in": ["two"]}]
    found = graph(write(tmp_path, model="microcosm", stages=stages))
    assert [step.stage for step in found.chain("one", 0)] == ["init", "count", "assess"]
    assert [step.stage for step in found.chain("two", 0)] == ["init", "count", "assess", "measure"]


def test_the_assessment_of_the_model_before_is_shared_and_nothing_waits_for_it(
    tmp_path: Path,
) -> None:
    count, assess, measure = graph(write(tmp_path)).chain("one", 0)
    assert assess.arms == ["one", "two"]
    assert measure.parents == assess.parents == (count.key,)


def test_an_arm_with_fewer_seeds_has_fewer_steps(tmp_path: Path) -> None:
    found = graph(write(tmp_path, arms={**BASE["arms"], "two": {"measure.add": 2, "seeds": 1}}))
    assert found.chain("two", 1) == []


def test_distilling_builds_on_the_weights_before_rl_and_on_those_after(tmp_path: Path) -> None:
    stages = [{"documents": {"steps": 1}}, {"rl": {"steps": 1}}, {"distil": {"steps": 1}}]
    found = graph(write(tmp_path, model="microcosm", stages=stages, arms={"one": {}}, compare=None))
    named = {step.kind: step for step in found.chain("one", 0)}
    assert named["distil"].parents == (named["documents"].key, named["rl"].key)


def test_a_model_that_learns_nothing_is_assessed_as_it_is(tmp_path: Path) -> None:
    found = graph(
        write(
            tmp_path,
            seeds=1,
            arms={"without": {}, "one": {}},
            stages=[{"count": {}, "in": ["one"]}],
            compare=[["one", "without"]],
        )
    )
    assert [step.kind for step in found.chain("without", 0)] == ["assess"]
    assert [step.kind for step in found.chain("one", 0)] == ["count", "assess"]
