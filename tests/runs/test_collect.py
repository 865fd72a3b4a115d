"""Rows from logs."""

import json
from pathlib import Path

from upath import UPath

from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect, recorded


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


def test_rows_that_are_kept_are_those_of_the_log(packs: Path, tmp_path: Path) -> None:
    run = UPath(tmp_path / "run")
    target = "control/sabotage?rate=0.5"
    run_audit(AuditConfig(selector="tests", scenarios=str(packs), target=target, epochs=3), run)
    fresh = recorded(run)
    [kept] = (run / "rows").iterdir()
    assert recorded(run) == fresh
    held = json.loads(kept.read_text())
    held["rows"][0]["outcome"] = "changed"
    kept.write_text(json.dumps(held))
    assert recorded(run)[0]["outcome"] == "changed"  # it is they that are read ...
    held["of"][0] += 1
    kept.write_text(json.dumps(held))
    assert recorded(run) == fresh  # ... as long as they are of the log as it is
    kept.write_text("half of")
    assert recorded(run) == fresh
