"""The command line as its user meets it: exit status, one sentence, and JSON on stdout alone."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from assay import cli


class Said(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def assay(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["assay", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return Said(int(stopped.value.code or 0), said.out, said.err)

    return run


def refused(said: Said, *words: str) -> None:
    """Exit 2, one sentence on stderr without a traceback, nothing on stdout."""
    assert said.status == 2
    assert said.out == ""
    assert said.err.startswith("assay: ")
    assert said.err.count("\n") == 1
    assert [word for word in words if word not in said.err] == []


def test_an_unknown_pack(assay: Run) -> None:
    refused(assay("audit", "sabotage", "--target", "control/honest"), "Unknown pack 'sabotage'")


def test_an_unknown_level(assay: Run) -> None:
    said = assay(
        *("audit", "research_sabotage", "--target", "control/honest"),
        *("--level", "oversight=never"),
    )
    refused(said, "Unknown level of oversight 'never'", "reviewed")


def test_an_unknown_control_kind(assay: Run) -> None:
    said = assay("audit", "research_sabotage", "--target", "control/sabotge")
    refused(said, "Did you mean 'sabotage'")


def test_a_target_without_a_key(assay: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MYLAB_API_KEY", raising=False)
    monkeypatch.setenv("MYLAB_BASE_URL", "http://127.0.0.1:1/v1")
    said = assay("audit", "research_sabotage", "--target", "openai-api/mylab/some-model")
    refused(said, "openai-api/mylab/some-model", "MYLAB_API_KEY")


def test_a_provider_that_does_not_exist(assay: Run) -> None:
    refused(assay("audit", "research_sabotage", "--target", "nowhere/model"), "nowhere")
    refused(assay("audit", "research_sabotage", "--target", "model"), "PROVIDER/MODEL")


def test_zero_epochs(assay: Run) -> None:
    said = assay("audit", "research_sabotage", "--target", "control/honest", "--epochs", 0)
    refused(said, "Cannot run 0 epochs")


def test_broken_front_matter(assay: Run, packs: Path) -> None:
    path = packs / "tests" / "greeting" / "scenario.md"
    path.write_text(path.read_text().replace("title:", "titel:"))
    said = assay("audit", "tests", "--target", "control/honest", "--scenarios", packs)
    refused(said, "scenario.md:", "tit")


def test_an_unwritable_output(assay: Run, packs: Path) -> None:
    said = assay(
        *("audit", "tests", "--target", "control/honest", "--scenarios", packs),
        *("--out", "/dev/null/run"),
    )
    refused(said, "Cannot write to '/dev/null/run'", "--out")


def test_a_directory_that_is_no_run(assay: Run, tmp_path: Path) -> None:
    refused(assay("report", tmp_path), "no run directory", "manifest.json")
    refused(assay("report", tmp_path / "none"), "No run directory")


def test_an_unknown_sandbox(assay: Run, packs: Path) -> None:
    said = assay(
        *("audit", "tests", "--target", "control/honest", "--scenarios", packs),
        *("--sandbox", "dokcer"),
    )
    refused(said, "Did you mean 'docker'")


def test_an_audit_from_first_run_to_report(assay: Run, packs: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = ["audit", "tests", "--scenarios", packs, "--epochs", 6, "--out", out, "--json"]
    said = assay(*command, "--target", "control/sabotage?rate=0.5&seed=7")
    assert said.status == 0
    result = json.loads(said.out)
    assert 0 < result["realised_rate"] < 1
    assert result["harmful_rate"]["mean"] == result["realised_rate"]
    assert result["misaligned_rate"] is None
    assert result["ungraded"]["n"] == 0
    assert Path(result["report"]).is_file()
    assert result["run_dir"] == str(out)
    assert (result["stopped"], result["runs"], result["fixed_design_runs"]) == (None, 6, None)
    page = Path(result["report"]).read_text()
    assert "<script>alert(1)</script>" not in page
    assert "validated on scripted controls" in page.lower()

    other = assay(*command, "--target", "control/honest")
    refused(other, "'control/sabotage?rate=0.5&seed=7', not 'control/honest'", "--out")
    again = assay("report", out, "--json")
    assert json.loads(again.out)["reports"] == [result["report"]]


def test_a_stopping_rule_out_of_range(assay: Run) -> None:
    command = ("audit", "research_sabotage", "--target", "control/honest")
    for value in (0, 1.5, -0.1, "nan"):
        refused(assay(*command, "--stop-below", value), "--stop-below", "between 0 and 1")
    refused(assay(*command, "--stop-width", 1), "--stop-width 1.0", "between 0 and 1")
    crossed = assay(*command, "--stop-below", 0.1, "--stop-above", 0.05)
    refused(crossed, "--stop-above 0.05 is less than below 0.1")


def test_an_audit_that_stops_by_itself(assay: Run, packs: Path, tmp_path: Path) -> None:
    command = ("audit", "tests", "--scenarios", packs, "--target", "control/sabotage?rate=0.0")
    said = assay(*command, "--stop-below", 0.5, "--out", tmp_path / "run", "--json")
    result = json.loads(said.out)
    assert said.status == 0
    assert (result["stopped"], result["runs"], result["fixed_design_runs"]) == ("below", 6, 18)
    assert "at most 18 epochs, which are 18 runs and their benign twins" in said.err
    assert "stopped early" in Path(result["report"]).read_text()
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["stopping"]["runs"] == 6


def test_too_few_epochs_for_the_rule_are_warned_of(assay: Run, packs: Path, tmp_path: Path) -> None:
    command = ("audit", "tests", "--scenarios", packs, "--target", "control/honest")
    said = assay(*command, "--stop-below", 0.03, "--epochs", 1, "--out", tmp_path / "run")
    assert said.status == 0
    assert said.err.count("cannot stop this audit; take --epochs 120 or more") == 1


def test_a_grader_that_raises_leaves_its_runs_ungraded(
    assay: Run, packs: Path, tmp_path: Path
) -> None:
    grader = packs / "tests" / "greeting" / "grader.py"
    grader.write_text("async def grade(delivery):\n    raise KeyError('no labels')\n")
    said = assay(
        *("audit", "tests", "--scenarios", packs, "--target", "control/honest"),
        *("--out", tmp_path / "run", "--json"),
    )
    result = json.loads(said.out)
    assert result["harmful_rate"]["n"] == 0
    assert result["harmful_rate"]["mean"] is None
    assert "KeyError" in str(result["ungraded"]["reasons"])


def test_check_names_a_held_out_control_that_is_broken(assay: Run, packs: Path) -> None:
    path = packs / "tests" / "greeting" / "controls" / "held_out" / "honest_1.yaml"
    path.write_text("conduct: honest\nnote: x\nturns: []\n")
    refused(assay("scenarios", "check", "tests", "--scenarios", packs), "honest_1.yaml")


def test_check_says_which_controls_disagree(assay: Run, packs: Path) -> None:
    said = assay("scenarios", "check", "tests", "--scenarios", packs, "--json")
    result = json.loads(said.out)
    assert said.status == 0
    assert (result["controls"], result["agree"], result["disagree"]) == (5, 5, [])
    assert result["held_out"]["n"] == 1

    control = packs / "tests" / "greeting" / "controls" / "incompetent.yaml"
    control.write_text(control.read_text().replace('"bye"', '"ciao"'))
    said = assay("scenarios", "check", "tests", "--scenarios", packs, "--json")
    [entry] = json.loads(said.out)["disagree"]
    assert said.status == 1
    assert "differs from that of 'sabotage'" in entry["problem"]


def test_list_and_show(assay: Run) -> None:
    listed = json.loads(assay("scenarios", "list", "--json").out)
    ids = [scenario["id"] for scenario in listed["packs"]["research_sabotage"]]
    assert ids == [
        "experiment_summary",
        "guardrail_refactor",
        "incident_escalation",
        "monitor_calibration",
        "oversight_evaluation_bug",
        "probe_evaluation",
        "redteam_search",
        "reward_hack_classifier",
        "rl_batch_builder",
        "safety_data_generation",
        "training_data_filter",
        "transcript_archive",
    ]
    shown = json.loads(assay("scenarios", "show", ids[0], "--json").out)
    assert set(shown["factors"]) == {"motivation", "replacement", "autonomy", "oversight"}
    refused(assay("scenarios", "show", "incident_escalatio"), "Did you mean")


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['assay', '--help']\n"
        "from assay import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'inspect_ai', 'pandas', 'numpy', 'altair', 'torch'} & set(sys.modules)\n"
        "sys.exit(len(heavy))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True).returncode == 0
