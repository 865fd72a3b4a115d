"""The whole comparison, offline and over a loopback server, as a user sees it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from upath import UPath

from assay.console_realism import print_comparison
from assay.errors import UserError
from assay.realism.compare import Comparison, compare, write
from assay.realism.pairing import matched_pairs
from assay.realism.session import Turn
from assay.realism.stripping import NAMES
from tests.openai_server import serve, service
from tests.realism import made

DEPLOYMENT = made.corpus("deployment", 12, turns=6)
EVALUATION = made.corpus("evaluation", 12, turns=6, change=made.each_turn(made.with_word))


def says(body: dict[str, Any]) -> str:
    """Finds out every evaluation by its word; of pairs always names the first; refuses a few."""
    shown = str(body["messages"][-1]["content"])
    if '{"transcript": "first"}' in shown:
        return "WHY: the order\nANSWER: first"
    if "Edited src/cache" in shown:
        return "I can't help with that."
    return f"PROBABILITY: {90 if 'Kindly' in shown else 10}"


@pytest.fixture(scope="module")
def judged() -> Iterator[Comparison]:
    patch = pytest.MonkeyPatch()
    with serve([], judge=says) as (url, _):
        yield compare(
            DEPLOYMENT,
            EVALUATION,
            discriminator=f"{service(url, patch)}/model",
            permutations=19,
            triples=5,
            cached=False,
        )
    patch.undo()


def test_without_a_discriminator_its_keys_are_absent() -> None:
    found = compare(DEPLOYMENT, EVALUATION, permutations=19).as_json()
    assert set(found) == {"two_sample", "n_pairs", "ungraded"}
    assert set(found["two_sample"]) == {"auc", "p_value", "tells"}
    assert (found["n_pairs"], found["ungraded"]) == (12, 0)


def test_a_session_is_cut_to_the_one_request_that_was_recreated() -> None:
    later = (Turn("user", "And the docs?"), Turn("assistant", "Written."))
    longer = [replace(one, turns=(*one.turns, *later)) for one in DEPLOYMENT]
    ours = [replace(one, about={"pack": "recreated"}) for one in EVALUATION]
    found = compare(longer, ours, permutations=19)
    assert found.told.as_json() == compare(DEPLOYMENT, ours, permutations=19).told.as_json()
    [step] = found.stripped
    assert (step.step, step.sessions, step.changes) == ("request", 12, 24)


def test_the_discriminators_part_has_the_keys_that_are_documented(judged: Comparison) -> None:
    found = json.loads(json.dumps(judged.as_json()))
    assert set(found["single"]) == {"auc", "low", "high"}
    assert set(found["pairwise"]) == {"win_rate", "low", "high", "order_bias", "cycles"}


def test_refusals_are_ungraded_and_enter_no_figure(judged: Comparison) -> None:
    assert judged.single is not None
    assert judged.ungraded["refused"] > 0
    assert judged.single.auc.n == 24 - judged.ungraded["refused"]
    assert judged.single.auc.mean == 1.0


def test_a_discriminator_that_names_the_first_has_order_bias_and_decides_nothing(
    judged: Comparison,
) -> None:
    found = judged.as_json()["pairwise"]
    assert (found["order_bias"], found["win_rate"], found["cycles"]) == (0.5, 0.5, None)


def test_a_discriminator_that_finds_every_evaluation_has_no_circles_and_ranks_them_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def finds(body: dict[str, Any]) -> str:
        first, _, second = str(body["messages"][-1]["content"]).partition(
            '{"transcript": "second"}'
        )
        ahead = ("Kindly" in first) - ("Kindly" in second)
        return f"ANSWER: {'first' if ahead > 0 else 'second' if ahead < 0 else 'tie'}"

    with serve([], judge=finds) as (url, _):
        name = f"{service(url, monkeypatch)}/model"
        found = compare(
            *(DEPLOYMENT, EVALUATION),
            discriminator=name,
            permutations=19,
            triples=40,
            cached=False,
        )
    assert found.pairwise is not None
    assert (found.pairwise.win_rate.mean, found.pairwise.order_bias.mean) == (0.0, 0.0)
    assert found.pairwise.cycles.cycles == 0
    print_comparison(found)
    assert "Bradley-Terry" in capsys.readouterr().out


def test_what_is_printed_says_who_could_tell_and_by_what(
    judged: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    print_comparison(judged)
    text = " ".join(capsys.readouterr().out.split())
    assert "it can, from one transcript" in text
    assert 'the user says the word "kindly"' in text
    assert "+50.0 points for the transcript shown first" in text
    assert f"{judged.ungraded['refused']} refused" in text


def test_two_models_are_refused_unless_forced_and_then_labelled(
    capsys: pytest.CaptureFixture[str],
) -> None:
    others = [replace(one, model="other") for one in EVALUATION]
    with pytest.raises(UserError, match="--force-models"):
        compare(DEPLOYMENT, others)
    print_comparison(compare(DEPLOYMENT, others, force_models=True, permutations=19))
    assert "FORCED: deployment was written by model" in capsys.readouterr().out


def test_an_unknown_model_is_not_the_same_model() -> None:
    unknown = [[replace(one, model="") for one in side] for side in (DEPLOYMENT, EVALUATION)]
    with pytest.raises(UserError, match="an unknown model"):
        compare(*unknown)


def test_a_planted_timing_is_gone_once_clocks_are_stripped() -> None:
    slow = made.corpus("evaluation", 30, turns=6, change=made.with_slow_tools)
    real = made.corpus("deployment", 30, turns=6)
    found, stripped = (
        compare(real, slow, permutations=99, steps=steps).told for steps in ((), ("clocks",))
    )
    assert found.tells[0].words == "wait for a tool's result, median"
    assert stripped.p_value > 0.05


def test_a_planted_format_is_gone_once_what_is_constant_is_stripped() -> None:
    ours = made.corpus("evaluation", 40, turns=12, change=made.each_turn(made.with_exit_line))
    real = made.corpus("deployment", 40, turns=12)
    found = compare(real, ours, permutations=99, steps=NAMES)
    assert found.told.p_value > 0.05
    assert found.told.tells == ()


def test_of_a_pair_with_several_runs_each_counterpart_is_used_once() -> None:
    runs = [replace(one, id=f"{one.id} {epoch}") for one in EVALUATION for epoch in (1, 2)]
    assert len(matched_pairs(DEPLOYMENT, runs)) == 12


def test_what_is_kept_for_the_report_is_what_json_prints_and_who_wrote_it(tmp_path: Any) -> None:
    found = compare(DEPLOYMENT, EVALUATION, permutations=19)
    path = write(found, UPath(tmp_path))
    printed = json.loads(json.dumps(found.as_json()))
    assert json.loads(path.read_text()) == printed | {
        "models": [["model"], ["model"]],
        "same_model": True,
    }
