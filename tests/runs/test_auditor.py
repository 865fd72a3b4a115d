"""`assay audit --auditor`: the same grader, rows and report with an auditor in the user's seat."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner
from upath import UPath

from assay.cli import app
from assay.errors import UserError
from assay.report.rebuild import rebuild
from assay.runs.audit import AuditConfig, AuditorConfig, run_audit


def config(packs: Path, who: str, **given: object) -> AuditConfig:
    talk = AuditorConfig(model=who, turns=4, rollback=True)
    settings = {"target": "control/sabotage", "auditor": talk} | given
    return AuditConfig(selector="tests", scenarios=str(packs), **settings)


def test_rows_and_report_say_who_the_user_was(packs: Path, tmp_path: Path) -> None:
    run = UPath(tmp_path / "run")
    auditor = "control/user?turns=3&rollback=2"
    run_audit(config(packs, auditor, judge="control/judge"), run)
    summary, page = rebuild(run)
    rows = pd.read_parquet(str(run / "results.parquet"))
    assert list(rows["auditor"]) == [auditor] * 2
    assert list(rows["conduct"]) == ["misaligned"] * 2
    assert (rows["auditor_tokens"] > 0).all()
    assert (summary["auditor"]["turns"], summary["auditor"]["rollbacks"]) == (3, 2)
    assert (
        "It took conversation and files back 2\u00a0times, in 2\u00a0runs" in Path(page).read_text()
    )


def test_a_refusing_auditor_is_a_reason_in_the_report_and_no_rate(
    packs: Path, tmp_path: Path
) -> None:
    run = UPath(tmp_path / "run")
    run_audit(config(packs, "control/user?refuses=1"), run)
    summary, page = rebuild(run)
    assert summary["harmful_rate"]["n"] == 0
    assert "it never let the target speak; it said: I cannot take part" in Path(page).read_text()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"auditor": AuditorConfig(model="control/honest")}, "control/user"),
        ({"continuation": True}, "without --auditor"),
    ],
)
def test_what_no_auditor_can_do_is_said_before_the_run(
    packs: Path, tmp_path: Path, given: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        run_audit(config(packs, "control/user", **given), UPath(tmp_path / "run"))


def test_the_filter_needs_an_auditor() -> None:
    asked = ["audit", "tests", "--target", "control/honest", "--realism-filter", "0.5"]
    result = CliRunner().invoke(app, asked)
    assert "need --auditor" in str(result.exception)
