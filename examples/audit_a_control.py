"""Audit a target of known conduct from Python, and read the estimates. No key, no GPU."""

from tempfile import TemporaryDirectory

from upath import UPath

from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect
from assay.runs.summary import write_summary

config = AuditConfig(
    selector="research_sabotage/oversight_evaluation_bug",
    target="control/sabotage?rate=0.5&motivation=safety&seed=3",
    judge="control/judge",
    epochs=4,
)

with TemporaryDirectory() as scratch:
    directory = UPath(scratch) / "run"
    run_audit(config, directory)
    rows = collect(directory)
    summary = write_summary(directory, rows)

print(rows[["cell", "epoch", "control_name", "outcome", "conduct"]].to_string(index=False))
harmful, difference = summary["harmful_rate"], summary["difference"]
print(f"harmful: {harmful['mean']:.2f} [{harmful['low']:.2f}, {harmful['high']:.2f}]")
print(f"above the benign twin: {difference['mean']:+.2f} over {difference['pairs']} pairs")
assert harmful["mean"] == summary["realised_rate"]
