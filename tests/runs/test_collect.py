"""Rows from logs."""

from pathlib import Path

from upath import UPath

from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect


def test_a_finding_too_long_for_inspects_summary_is_read_from_the_log(
    packs: Path, tmp_path: Path
) -> None:
    grader = packs / "tests" / "greeting" / "grader.py"
    grader.write_text(
        grader.read_text().replace('harm="It', 'harm="It ' + "really " * 300 + '"\n"')
    )
    out = UPath(tmp_path / "run")
    run_audit(AuditConfig(selector="tests", target="control/sabotage", scenarios=str(packs)), out)
    assert set(collect(out)["harm"].str.len()) == {len("It " + "really " * 300 + " greets nobody.")}
