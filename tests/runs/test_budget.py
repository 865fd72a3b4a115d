"""A budget: no run is begun beyond it, and a larger one goes on."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
from typer.testing import CliRunner, Result
from upath import UPath

from assay.cli import app
from assay.errors import UserError
from assay.manifest import Manifest
from assay.tasks.budget import Purse, Shared
from tests.openai_server import serve

SCRIPT = [
    ("Writing.", ("write", {"file_path": "hello.py", "content": "def hello(n): return 'hi'\n"})),
    ("Done.", None),
]
RUNS = 20


@pytest.fixture
def asked(packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`assay audit` against a server that counts, with options of the test's."""
    with serve(SCRIPT) as (url, served):
        name = f"lab{urlsplit(url).port}"  # models are kept by name, with the port they had
        monkeypatch.setenv(f"{name.upper()}_API_KEY", "x")
        monkeypatch.setenv(f"{name.upper()}_BASE_URL", url)

        def ask(*more: str) -> Result:
            command = ["audit", "tests", "--scenarios", str(packs), "--max-samples", "1"]
            command += ["--target", f"openai-api/{name}/model", "--epochs", str(RUNS // 2)]
            return CliRunner().invoke(app, [*command, "--out", str(tmp_path / "run"), *more])

        ask.served = served
        yield ask


def test_no_run_is_begun_beyond_it_and_a_larger_one_goes_on(asked, tmp_path: Path) -> None:
    first = asked("--budget", "1", "--json")
    assert first.exit_code == 0, first.output
    run = UPath(tmp_path / "run")
    assert "The budget of 1 tokens is spent" in first.stderr
    assert Manifest.read(run).status == "started"
    rows = pd.read_parquet(str(run / "results.parquet"))
    assert len(rows) == 1  # those that were held back are no runs, and no ungraded ones
    paid = len(asked.served.requests)

    second = asked("--budget", "1e9", "--json")
    assert second.exit_code == 0, second.output
    assert Manifest.read(run).status == "complete"
    assert json.loads(second.stdout)["counts"]["main"] == RUNS // 2
    assert len(asked.served.requests) == paid * RUNS  # nothing was paid for twice


def test_what_was_spent_before_counts(asked) -> None:
    asked("--budget", "1")
    paid = len(asked.served.requests)
    assert "The budget of 1 tokens is spent" in asked("--budget", "1").stderr
    assert len(asked.served.requests) == paid


def test_a_price_makes_it_money_and_the_last_line_says_what_it_came_to(asked) -> None:
    said = asked("--budget", "0.000001", "--price", "1000000/2000000")
    assert "The budget of $0.00 is spent" in said.stderr
    assert "Tokens: " in said.stdout
    assert "$" in said.stdout.partition("Tokens: ")[2]


def test_several_processes_spend_of_one_budget(asked, tmp_path: Path) -> None:
    first = asked("--budget", "1", "--workers", "2", "--json")
    assert first.exit_code == 0, first.output
    run = UPath(tmp_path / "run")
    assert "The budget of 1 tokens is spent" in first.stderr
    assert Manifest.read(run).status == "started"
    begun = len(pd.read_parquet(str(run / "results.parquet")))
    assert 1 <= begun < RUNS  # two may begin within a second of each other, and go on for one
    paid = len(asked.served.requests)
    assert paid >= begun

    again = asked("--budget", "1", "--workers", "2")
    assert "The budget of 1 tokens is spent" in again.stderr
    assert len(asked.served.requests) == paid

    last = asked("--budget", "1e9", "--workers", "2", "--json")
    assert last.exit_code == 0, last.output
    assert Manifest.read(run).status == "complete"
    assert json.loads(last.stdout)["counts"]["main"] == RUNS // 2
    assert len(asked.served.requests) == paid // begun * RUNS


def test_what_processes_have_spent_is_known_to_all(tmp_path: Path) -> None:
    folder = UPath(tmp_path)
    one, other = (Shared(folder, name) for name in "ab")
    purse = Purse(100.0, shared=one)
    purse.pay(20, 5, 0)
    other.pay(60)
    assert Purse(100.0, shared=Shared(folder)).spent == 85
    assert not purse.is_empty
    other.pay(20)
    other.write()
    assert Purse(100.0, shared=Shared(folder, "a")).is_empty  # begun anew


def test_what_was_spent_is_carried_over_to_the_next_command(tmp_path: Path) -> None:
    folder = UPath(tmp_path)
    Shared(folder, "a").pay(60)
    Shared(folder).carry(50)  # the rows know less: a run that was cut has none
    assert Shared(folder).spent() == 60
    Shared(folder, "a").pay(7)  # the same block, in the next command
    Shared(folder).carry(50)
    Shared(folder).carry(50)
    assert Shared(folder).spent() == 67
    Shared(folder).carry(90)
    assert Shared(folder).spent() == 90


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--budget", "0"], "more than 0"),
        (["--price", "cheap"], "READ/WRITTEN"),
    ],
)
def test_bad_input_is_one_sentence(asked, options: list[str], sentence: str) -> None:
    result = asked(*options)
    assert isinstance(result.exception, UserError)
    assert sentence in str(result.exception)
