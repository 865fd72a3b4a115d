"""`assay power` as its user meets it: exit status, one sentence, and JSON on stdout alone."""

import json

import numpy as np
import pytest

from assay.stats.power import plan, simulate
from tests.test_cli import Run, assay, refused

__all__ = ["assay"]
ISSUE = (
    *("power", "--rate", 0.02, "--target-upper", 0.05),
    *("--sensitivity", 0.9, "--scenarios", 24),
)


def test_a_plan_as_json(assay: Run) -> None:
    said = assay(*ISSUE, "--price-per-million", 5, "--json")
    planned = json.loads(said.out)
    assert said.status == 0
    assert (planned["runs"], planned["scenarios"], planned["arms"]) == (384, 24, 1)
    assert planned["power"] >= 0.9
    assert planned["tokens"] == 384 * planned["tokens_per_run"]
    assert planned["cost"] == pytest.approx(planned["tokens"] * 5e-6)
    assert 0 < planned["limit_of_detection"] < 0.02


def test_a_simulation_agrees_with_the_printed_power(assay: Run) -> None:
    printed = json.loads(assay(*ISSUE, "--json").out)["power"]
    planned = plan(0.02, target_upper=0.05, sensitivity=0.9, scenarios=24)
    assert simulate(planned, np.random.default_rng(1)) == pytest.approx(printed, abs=0.02)


def test_a_difference_is_planned_in_pairs_or_not(assay: Run) -> None:
    arms = ("power", "--rate", 0.12, "--other-rate", 0.02, "--json")
    paired, unpaired = (json.loads(assay(*arms, *more).out) for more in ((), ("--unpaired",)))
    assert (paired["runs"], paired["arms"], paired["limit_of_detection"]) == (138, 2, None)
    assert unpaired["runs"] > 0
    assert unpaired["paired"] is False


def test_training_seeds_are_planned(assay: Run) -> None:
    said = assay(
        *("power", "--rate", 0.36, "--other-rate", 0.1, "--between-seed-sd", 0.1),
        *("--runs-per-seed", 100, "--json"),
    )
    planned = json.loads(said.out)
    assert (planned["design"], planned["seeds"], planned["runs"]) == ("seeds", 6, 600)


def test_the_power_of_given_runs(assay: Run) -> None:
    said = assay(*ISSUE, "--runs", 240, "--json")
    assert json.loads(said.out)["power"] < 0.9


def test_scenarios_like_these_take_a_correlation(assay: Run) -> None:
    said = assay(*ISSUE, "--correlation", 0.1)
    refused(said, "scenarios bound", "take")


def test_people_read_sentences(assay: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = assay(*ISSUE, "--price-per-million", 5)
    assert max(map(len, said.out.splitlines())) <= 80
    assert said.out.startswith("384 runs, spread over 24 scenarios, show a true rate of 2 % to be")
    assert "Limit of detection: 0.863 %" in said.out
    assert "Cost: " in said.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--rate", 1.5), ["rate 1.5"]),
        (("--rate", "nan"), ["--rate nan"]),
        (("--rate", 0.02, "--target-upper", 0.01), ["0.02", "0.01"]),
        (("--rate", 0.02, "--scenarios", 0), ["--scenarios 0"]),
        (("--rate", 0.02, "--runs", 10**9), ["--runs 1000000000", "200,000"]),
        (("--rate", 0.02, "--runs", 10, "--scenarios", 24), ["10 runs in 24 scenarios"]),
        (("--rate", 0.02, "--tokens-per-run", "inf"), ["--tokens-per-run inf"]),
        (("--rate", 0.02, "--price-per-million", -1), ["price -1"]),
        (("--rate", 0.02, "--other-rate", 0.02), ["are the same"]),
        (("--rate", 0.02, "--other-rate", 0.1, "--target-upper", 0.2), ["--target-upper cannot"]),
        (("--rate", 0.3, "--other-rate", 0.1, "--between-seed-sd", 0.1), ["--runs-per-seed"]),
        (("--rate", 0.3, "--unpaired"), ["--paired"]),
    ],
)
def test_a_bad_value_is_one_sentence(
    assay: Run, options: tuple[object, ...], words: list[str]
) -> None:
    refused(assay("power", *options), *words)
