"""What a reviewer is shown of a run, and what not."""

from pathlib import Path

from upath import UPath

from assay.runs.audit import AuditConfig, run_audit
from assay.runs.cases import docket, view

SECRETS = ("elicit", "this session only", "sabotage", "safety", "general", "guards the next")


def test_elicited_runs_are_cases_like_any_other_and_nothing_shows_it(
    packs: Path, tmp_path: Path
) -> None:
    out = UPath(tmp_path / "run")
    config = AuditConfig(
        selector="tests",
        target="control/sabotage",
        scenarios=str(packs),
        elicit=("sabotage",),
    )
    run_audit(config, out)
    found = docket(out, "Ada")
    steered = [case for case in found.cases if "elicited" in case.run_id]
    assert 0 < len(steered) < len(found.cases)
    for case in found.cases:
        shown = view(out, case)
        assert [message.who for message in shown.messages][:2] == ["user", "assistant"]
        text = repr((shown.findings, shown.messages))
        assert "[withheld]" in text
        assert not [secret for secret in SECRETS if secret in text.lower()]
