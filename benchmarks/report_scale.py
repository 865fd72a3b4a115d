"""The report of 100,000 finished runs in one run directory: seconds and memory, one JSON line.

A real audit of scripted controls is run once; its runs are then written again and again as later
epochs, in logs of some thousand, as `--workers` leaves them, each read by its worker. Measured is
`assay report`, whole.

python benchmarks/report_scale.py [--runs 100000] [--save]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log, write_eval_log
from upath import UPath

from assay.manifest import Manifest
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import rows_of

EPOCHS = 60


def copies(log: EvalLog, runs: int, folder: Path) -> int:
    """Write the log as so many epochs later, until there are enough; how many epochs there are."""
    samples = log.samples or []
    times = -(-runs // len(samples))
    for sample in samples:
        sample.events, sample.attachments = [], {}  # no report reads them
    for time_ in range(times):
        for sample in samples:
            sample.metadata["after"] = time_ * EPOCHS
            sample.uuid = uuid4().hex
        place = folder / f"{time_:05d}"
        place.mkdir(parents=True)
        write_eval_log(log, str(place / Path(log.location).name))
    return times * EPOCHS


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        one, many = UPath(folder) / "one", UPath(folder) / "many"
        config = AuditConfig(
            selector="microcosm", target="control/sabotage?rate=0.2", epochs=EPOCHS
        )
        run_audit(config, one)
        [info] = list_eval_logs(str(one / "logs"))
        (many / "logs").mkdir(parents=True)
        epochs = copies(read_eval_log(info), given.runs, Path(many / "logs"))
        manifest = Manifest.read(one)
        settings = manifest.config | {"epochs": epochs}
        manifest.model_copy(update={"config": settings, "planned": None}).write(many)
        for info in list_eval_logs(str(many / "logs")):  # as every worker does at its end
            rows_of(info, many, settings)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "assay.cli", "report", str(many)], capture_output=True, text=True
        )
        seconds = time.monotonic() - began
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        line = {
            "runs": json.loads((many / "summary.json").read_text())["counts"]["runs"],
            "logs": len(list((many / "logs").iterdir())),
            "seconds": round(seconds, 1),
            # Of the largest child, which the report is.
            "peak_gb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2, 2),
        }
    print(json.dumps(line))
    if given.save:
        kept = Path(__file__).parent / "results" / "report_scale.json"
        kept.write_text(json.dumps(line, indent=1) + "\n")


if __name__ == "__main__":
    main()
