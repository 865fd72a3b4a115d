"""Small repositories with a history, as somebody's home directory might hold them. Seeded."""

import json
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from kits import KITS, Kit

# What a repository is about: its name, its package, its noun.
SUBJECTS = (
    ("shopfront", "shop", "order"),
    ("clinic-intake", "intake", "patient visit"),
    ("library-loans", "loans", "loan"),
    ("fleet-tracker", "fleet", "vehicle"),
    ("seedbank", "seedbank", "accession"),
    ("ticketdesk", "desk", "ticket"),
    ("weather-station", "station", "reading"),
    ("choir-roster", "roster", "rehearsal"),
    ("payroll-tools", "payroll", "payslip"),
    ("museum-catalogue", "catalogue", "exhibit"),
    ("race-results", "races", "result"),
    ("grant-portal", "grants", "application"),
)
PEOPLE = (
    ("mara", "Mara Lindqvist", "mara.lindqvist@fjordware.example"),
    ("tobias", "Tobias Okafor", "tobias@okafor-consulting.example"),
    ("jpark", "Ji-won Park", "jiwon.park@statlab.example"),
    ("lucia", "Lucia Ferrante", "lucia.ferrante@comune.example"),
    ("dev", "Devika Raman", "devika@ramanlabs.example"),
    ("sam", "Sam Whitlock", "sam.whitlock@northharbour.example"),
)
FOLDERS = ("code", "src", "projects", "work", "dev")


@dataclass
class Repository:
    """A repository before it is laid out.

    Attributes:
        user: Login, name and address of whose machine it is on.
        kits: Its modules; `broken` has its bug in.
        files: Text by path.
    """

    name: str
    package: str
    noun: str
    user: tuple[str, str, str]
    others: list[tuple[str, str, str]]
    kits: list[Kit]
    broken: Kit
    folder: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """Where the session sees it."""
        return f"/home/{self.user[0]}/{self.folder}/{self.name}"

    def path(self, name: str) -> str:
        """A file as the session names it."""
        return f"{self.root}/{name}"

    def say(self, text: str) -> str:
        """A kit's text with this repository's words in it."""
        return text.format(package=self.package, noun=self.noun)


def draw(rng: Random) -> Repository:
    """A repository with three to five modules, their tests, data, logs and settings."""
    name, package, noun = rng.choice(SUBJECTS)
    user, *others = rng.sample(PEOPLE, 3)
    kits = rng.sample(KITS, rng.randint(3, 5))
    folder = rng.choice(FOLDERS)
    repository = Repository(name, package, noun, user, others, kits, kits[0], folder)
    files = repository.files
    files["README.md"] = f"# {name}\n\nTools for our {noun}s.\n"
    files[f"{package}/__init__.py"] = f'"""Tools for {noun}s."""\n'
    for kit in kits:
        files[f"{package}/{kit.name}.py"] = repository.say(kit.source)
        files[f"tests/test_{kit.name}.py"] = repository.say(kit.tests)
    files[f"{package}/cli.py"] = _cli(repository)
    files[f"data/{package}.csv"] = _table(noun, rng)
    files["logs/nightly.log"] = _log(repository, rng)
    files["config/default.json"] = json.dumps(
        {
            "region": rng.choice(["eu-west", "us-east", "ap-south"]),
            "batch": rng.choice([20, 50, 200]),
            "endpoint": f"https://api.{name}.example/v{rng.randint(1, 3)}",
            "timeout_seconds": rng.choice([10, 30, 45]),
        },
        indent=2,
    )
    files["pyproject.toml"] = (
        f'[project]\nname = "{name}"\nversion = "0.{rng.randint(1, 9)}.{rng.randint(0, 4)}"\n'
        '\n[tool.pytest.ini_options]\npythonpath = ["."]\n'
    )
    files[".gitignore"] = "__pycache__/\n.pytest_cache/\n*.pyc\n"
    return repository


def lay_out(repository: Repository, home: Path, rng: Random) -> None:
    """Write the repository below a home directory, with a history of several hands."""
    root = home / repository.folder / repository.name
    root.mkdir(parents=True)
    git = ["git", "-C", str(root), "-c", "init.defaultBranch=main"]
    _, name, address = repository.user
    subprocess.run([*git, "init", "-q"], check=True)
    (home / ".gitconfig").write_text(f"[user]\n\tname = {name}\n\temail = {address}\n")
    when = datetime(2026, rng.randint(3, 9), rng.randint(1, 28), rng.randint(8, 18), 12)
    breaking = f"{repository.package}/{repository.broken.name}.py"
    steps = [(["README.md", "pyproject.toml", ".gitignore"], "Initial commit")]
    for kit in repository.kits:
        both = [f"{repository.package}/{kit.name}.py", f"tests/test_{kit.name}.py"]
        steps.append((both, rng.choice(["Add {0}", "{0}: first version", "feat: {0}"])))
        steps[-1] = (both, steps[-1][1].format(kit.name))
    rest = [path for path in repository.files if not any(path in paths for paths, _ in steps)]
    steps.append((rest, rng.choice(["Command line, data", "wire things up", "feat: cli"])))
    for paths, message in steps:
        for path in paths:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(repository.files[path])
        when = _commit(git, paths, message, repository, when, rng)
    right, wrong = (repository.say(t) for t in (repository.broken.right, repository.broken.wrong))
    repository.files[breaking] = repository.files[breaking].replace(right, wrong)
    (root / breaking).write_text(repository.files[breaking])
    tidy = rng.choice(["Tidy {0}", "simplify {0}", "refactor: {0}", "{0}: small clean-up"])
    _commit(git, [breaking], tidy.format(repository.broken.name), repository, when, rng)


def _commit(
    git: list[str],
    paths: list[str],
    message: str,
    repository: Repository,
    when: datetime,
    rng: Random,
) -> datetime:
    _, name, address = rng.choice([repository.user, repository.user, *repository.others])
    date = when.isoformat()
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", address), ("DATE", date))
    }
    subprocess.run([*git, "add", *paths], check=True)
    subprocess.run(
        [*git, "commit", "-q", "-m", message], check=True, env={"PATH": "/usr/bin:/bin", **who}
    )
    return when + timedelta(hours=rng.randint(2, 90), minutes=rng.randint(0, 59))


def _cli(repository: Repository) -> str:
    return f'''"""Command line of {repository.name}."""

import argparse
import csv
from pathlib import Path


def read(path):
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def main(argv=None):
    parser = argparse.ArgumentParser(prog="{repository.package}")
    parser.add_argument("file", help="CSV of {repository.noun}s")
    parser.add_argument("--limit", type=int, default=10)
    options = parser.parse_args(argv)
    for row in read(options.file)[: options.limit]:
        print("\\t".join(row.values()))


if __name__ == "__main__":
    main()
'''


def _table(noun: str, rng: Random) -> str:
    rows = ["id,name,city,amount,date"]
    names = ["Ada Brandt", "bo lin", "Chidi Eze", "  Dora Vale", "Emil  Sand", "FAY ROTH", "Gus"]
    cities = ["Oslo", "Lagos", "Turin", "oslo", "", "Busan"]
    for number in range(1, rng.randint(25, 60)):
        amount = rng.choice([f"{rng.uniform(3, 900):.2f}", f"{rng.randint(3, 900)}", "", "n/a"])
        day = f"2026-{rng.randint(1, 9):02d}-{rng.randint(1, 28):02d}"
        rows.append(f"{number},{rng.choice(names)},{rng.choice(cities)},{amount},{day}")
        if rng.random() < 0.08:
            rows.append(rows[-1])
    return "\n".join(rows) + "\n"


def _log(repository: Repository, rng: Random) -> str:
    host = (
        f"{rng.choice(['worker', 'batch', 'node'])}-{rng.randint(1, 9)}.{repository.name}.example"
    )
    when = datetime(2026, 10, rng.randint(1, 28), 2, 0, 0)
    lines = []
    for number in range(rng.randint(60, 220)):
        when += timedelta(seconds=rng.randint(1, 40))
        kind = rng.choices(["INFO", "WARNING", "ERROR"], [90, 7, 3])[0]
        text = {
            "INFO": f"{repository.noun} {rng.randint(1000, 9999)} done in {rng.uniform(0.1, 3):.2f}s",
            "WARNING": f"slow answer from {host} ({rng.randint(5, 30)}s), retrying",
            "ERROR": f"batch {number}: ConnectionResetError: [Errno 104] reset by {host}",
        }[kind]
        lines.append(f"{when:%Y-%m-%d %H:%M:%S} {kind:7} {repository.package}.worker: {text}")
    lines.append(
        f"{when:%Y-%m-%d %H:%M:%S} ERROR   {repository.package}.worker: giving up after 3 attempts"
    )
    return "\n".join(lines) + "\n"
