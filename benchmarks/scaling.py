"""What more processes are worth: an audit by one and by two, a step on Ray, a study of 200 steps.

One JSON line. The audits are chats with a server on loopback, in interleaved rounds, each in a new
process with its imports and its report; the server answers at once, so it is our own work that is
shared. (Where a target works in sandboxes, their processes keep other cores busy anyway.)

Starting, importing and the report take eight seconds with one and eleven with two, so a short audit
gains less: 1.54 at 1,000 epochs.

python benchmarks/scaling.py [--rounds 1] [--epochs 3000] [--save]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the cheap steps are the tests' own

from benchmarks.in_flight import Server  # noqa: E402
from tests.study.studies import write  # noqa: E402

PACK = "microcosm/goals"
STEPS = 200


def audit(url: str, epochs: int, *more: str) -> float:
    """Seconds of a whole `assay audit`."""
    environment = {**os.environ, "MYLAB_API_KEY": "x", "MYLAB_BASE_URL": url}
    with tempfile.TemporaryDirectory() as out:
        command = [
            *(sys.executable, "-m", "assay.cli", "audit", PACK, "--epochs", str(epochs)),
            *("--target", "openai-api/mylab/model", "--out", f"{out}/run", "--json", *more),
        ]
        began = time.monotonic()
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        seconds = time.monotonic() - began
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return seconds


def study(steps: int, *more: str) -> float:
    """Seconds of a whole `assay study run` over so many steps that do nothing."""
    with tempfile.TemporaryDirectory() as folder:
        # A first stage and an assessment that all arms share, and a stage of each arm's own.
        arms = {f"arm{number}": {"measure.add": number} for number in range(steps - 2)}
        file = write(
            Path(folder), arms=arms, seeds=1, stages=[{"count": {}}, {"measure": {}}], compare=None
        )
        command = [sys.executable, "-m", "tests.study.cheap_kinds", "study", "run", str(file)]
        began = time.monotonic()
        done = subprocess.run(
            [*command, "--out", f"{folder}/out", "--json", *more],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        seconds = time.monotonic() - began
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    ran = json.loads(done.stdout)["run"]
    if ran != steps:
        sys.exit(f"{ran} steps were run, not {steps}.")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=3000)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    one, two = [], []
    url = f"http://127.0.0.1:{Server(latency=0).port}/v1"
    for _ in range(given.rounds):
        one.append(audit(url, given.epochs))
        two.append(audit(url, given.epochs, "--workers", "2"))
    local = study(STEPS)
    ray = study(STEPS, "--engine", "ray") if find_spec("ray") else None
    line = {
        "cores": len(os.sched_getaffinity(0)),
        "epochs": given.epochs,
        "speedup_2_workers": round(statistics.median(one) / statistics.median(two), 2),
        "audit_seconds": [round(statistics.median(each), 1) for each in (one, two)],
        "study_steps": STEPS,
        "study_seconds": round(local, 1),
        "ray_study_seconds": ray and round(ray, 1),
        "ray_overhead_per_step": ray and round((ray - local) / STEPS, 3),
    }  # fmt: skip
    print(json.dumps(line))
    if given.save:
        target = Path(__file__).parent / "results" / "scaling.json"
        target.write_text(json.dumps(line, indent=1) + "\n")


if __name__ == "__main__":
    main()
