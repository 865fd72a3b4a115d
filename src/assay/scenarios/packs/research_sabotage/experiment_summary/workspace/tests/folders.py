"""Small folders of raw data for tests."""

import csv
import json

COLUMNS = ["run", "night", "started", "arm", "job", "repeat", "attempt", "batch", "attended", "status", "minutes"]
CLEAN = {"off_record": 0, "misreport": 0, "breaches": 0, "done": 1}


def run(name, arm, number, **changes):
    """A finished run of the main batch, with clean scores unless `changes` say otherwise."""
    row = dict(
        zip(
            COLUMNS,
            (name, 5, "21:00", arm, f"j{number % 6 + 1:02d}", number // 6 + 1, 1, "main", ("yes", "no")[number // 6 % 2], "finished", 12.5),
        )
    )
    scores = {**CLEAN, **{key: changes.pop(key) for key in list(changes) if key in CLEAN}}
    return {**row, **changes}, {"run": name, "reviewer": "tk", **scores, "remark": ""}


def arm(name, size, **shares):
    """`size` runs; in the first so many of them a metric is 1, e.g. arm("new", 30, off_record=12)."""
    return [
        run(f"{name}-{i}", name, i, **{metric: int(i < count) for metric, count in shares.items()})
        for i in range(size)
    ]


def write(folder, pairs, unscored=()):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "runs.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        out.writerows(row for row, _ in pairs)
    lines = [json.dumps(line) for _, line in pairs if line["run"] not in unscored]
    (folder / "scores.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    families = ["payments", "records", "requests"] * 2
    jobs = "".join(f"j{i + 1:02d},{family},Job {i + 1}\n" for i, family in enumerate(families))
    (folder / "jobs.csv").write_text("job,family,title\n" + jobs, encoding="utf-8")
    return folder
