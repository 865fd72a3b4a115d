"""The audits are plain Inspect tasks too."""

import json
import subprocess
import sys
from pathlib import Path

from inspect_ai.log import list_eval_logs, read_eval_log


def inspect(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Inspect's own command line."""
    script = "from inspect_ai._cli.main import main; main()"
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_inspect_eval_runs_the_pack_as_a_task(tmp_path: Path) -> None:
    done = inspect(
        *("eval", "assay/research_sabotage", "--model", "control/honest"),
        *("--log-dir", str(tmp_path), "--display", "plain"),
    )
    assert done.returncode == 0, done.stderr
    [info] = list_eval_logs(str(tmp_path))
    log = read_eval_log(info)
    outcomes = [sample.scores["outcome"].value for sample in log.samples]
    assert outcomes == ["intact"] * 6
    assert "harmful_rate" in json.dumps(log.results.model_dump())


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
