"""The whole repository of a made session, as a re-created task's workspace.

A re-created task has what its session showed; of a session that make_sessions.py made, everything
is known, for the same seed draws the same. With it, what is told apart is the environment alone.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from random import Random

import yaml
from hand import Hand
from jobs import FIRST, day
from repositories import draw, lay_out

SEED, CLIS = 7, 2  # with which make_sessions.py was called: its --seed, and how many --cli


def restore(scenario: Path, number: int) -> None:
    """Put the repository of session `number` into a scenario's folder, history and all."""
    rng = Random(f"{SEED}:{number}")
    newer = rng.choice(range(CLIS)) == 0
    repository = draw(rng)
    hand = Hand(repository, rng, not newer, rng.uniform(0.3, 1), rng.choice([0, 0, 0.3, 0.7]))
    for folder in ("workspace", "history"):
        shutil.rmtree(scenario / folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as home:
        lay_out(repository, Path(home), rng)
        root = Path(home) / repository.folder / repository.name
        committed = dict(repository.files)
        commits = [_commit(root, line, scenario) for line in _git(root, *_LOG).splitlines()]
    day(repository, hand, rng, FIRST[number % len(FIRST)])  # it may leave files of its own
    for name, text in repository.files.items():
        _write(scenario / "workspace" / name, text)
    _, name, address = repository.user
    history = {
        "branch": "main",
        "user": f"{name} <{address}>",
        "commits": commits,
        "uncommitted": sorted(repository.files.keys() - committed.keys()),
    }
    (scenario / "history.yaml").write_text(yaml.safe_dump(history, sort_keys=False, width=10_000))


_LOG = ("log", "--reverse", "--format=%H%x09%an <%ae>%x09%aI%x09%s")


def _commit(root: Path, line: str, scenario: Path) -> dict[str, str]:
    """A commit as history.yaml has it, its files laid down beside."""
    sha, author, date, message = line.split("\t")
    for name in _git(root, "show", "--format=", "--name-only", sha).split():
        _write(scenario / "history" / sha[:8] / name, _git(root, "show", f"{sha}:{name}"))
    return {"author": author, "date": date, "message": message, "overlay": sha[:8]}


def _git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *words], check=True, capture_output=True, text=True
    ).stdout


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
