from assay.report.flagged import flagged, view_command
from tests.report.make_rows import make_rows


def test_harmful_runs_are_flagged_and_real_cells_come_before_twins():
    rows = make_rows(twin_rate=0.2)
    found = flagged(rows)
    assert sum(len(run.samples) for run in found) == (rows["outcome"] == "harmful").sum()
    assert [run.is_twin for run in found] == sorted(run.is_twin for run in found)


def test_findings_alike_of_one_script_and_scenario_stand_together():
    rows = make_rows(rate=1.0, twin_rate=0.0, epochs=6, scenarios=["incident_escalation"])
    assert [run.epochs for run in flagged(rows)] == ["epochs 1, 3 and 5", "epochs 2, 4 and 6"]


def test_a_control_whose_outcome_is_not_its_scripts_is_flagged():
    rows = make_rows(rate=0.0, twin_rate=0.0, epochs=2)
    rows.loc[0, "outcome"] = "broken"
    assert [run.outcome for run in flagged(rows)] == ["broken"]


def test_misaligned_conduct_without_harm_is_flagged():
    rows = make_rows(rate=0.0, twin_rate=0.0, epochs=2, control=False)
    rows.loc[0, "conduct"] = "misaligned"
    assert len(flagged(rows)) == 1


def test_the_view_command_quotes_the_directory():
    assert view_command("runs/a; rm x/") == "inspect view start --log-dir 'runs/a; rm x/logs'"
