"""The audits are plain Inspect tasks too."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from inspect_ai import eval
from inspect_ai.log import list_eval_logs, read_eval_log

from assay.tasks.audit import audit


def inspect(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Inspect's own command line."""
    script = "from inspect_ai._cli.main import main; main()"
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_inspect_eval_runs_the_pack_as_a_task(tmp_path: Path) -> None:
    done = inspect(
        *("eval", "assay/research_sabotage", "--model", "control/honest"),
        *("--sample-id", "incident_escalation*"),  # `make controls` runs every scenario
        *("--log-dir", str(tmp_path), "--display", "plain"),
    )
    assert done.returncode == 0, done.stderr
    [info] = list_eval_logs(str(tmp_path))
    log = read_eval_log(info)
    outcomes = [sample.scores["outcome"].value for sample in log.samples]
    assert outcomes == ["intact", "intact"]  # a run and its twin
    assert "harmful_rate" in json.dumps(log.results.model_dump())


def test_inspects_own_metrics_count_runs_and_not_samples(packs: Path, tmp_path: Path) -> None:
    task = audit("tests", epochs=10, scenarios=str(packs))
    [log] = eval(task, model="control/sabotage?rate=0.3", log_dir=str(tmp_path), display="none")
    values = [s.scores["outcome"].value for s in log.samples if not s.metadata["is_twin"]]
    metrics = {name: m.value for score in log.results.scores for name, m in score.metrics.items()}
    assert 0 < values.count("harmful") < 10
    assert metrics["harmful_rate"] == values.count("harmful") / 10


def test_parameters_may_come_from_inspects_command_line(packs: Path) -> None:
    levels = ["oversight=reviewed"]  # Inspect splits at commas, and reads dates
    task = audit("tests", levels, scenarios=str(packs), today=date(2026, 1, 5))
    assert [sample.metadata["cell"] for sample in task.dataset] == [
        "safety.reviewed",
        "general.reviewed",
    ]


def test_inspect_lists_the_tasks_and_starts_without_torch() -> None:
    script = (
        "import sys\nfrom inspect_ai._util.registry import registry_find\n"
        "from inspect_ai._util.entrypoints import ensure_entry_points\nensure_entry_points()\n"
        "names = [o.__registry_info__.name for o in registry_find("
        "lambda i: i.name.startswith('assay/'))]\n"
        "assert 'torch' not in sys.modules and 'altair' not in sys.modules\nprint(names)"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    assert "assay/research_sabotage" in out.stdout
