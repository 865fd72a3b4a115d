"""What people ask of a coding agent on an ordinary day, and how a session of it goes.

Each job is a prompt and the answers to it. The calls really run; their results come from the
repository, so that a job which writes a test sees it fail first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from anthropic_server import Answer
from hand import Hand
from repositories import Repository


@dataclass(frozen=True)
class Job:
    """One request of the user, and the assistant's answers to it."""

    prompt: str
    answers: list[Answer] = field(default_factory=list)


def fix_bug(repository: Repository, hand: Hand, rng: Random) -> Job:
    """The user reports a symptom; the session finds it, mends it and adds a test."""
    kit = repository.broken
    module, test = f"{repository.package}/{kit.name}.py", f"tests/test_{kit.name}.py"
    right, wrong = repository.say(kit.right), repository.say(kit.wrong)
    answers = [
        hand.turn(
            rng.choice(
                [
                    f"I'll look at `{module}` first.",
                    "Let me find where that happens.",
                    "I'll start by reading the code and its tests.",
                ]
            ),
            *rng.choice(
                [
                    (hand.read(module),),
                    (hand.search(f"def {kit.function}", "*.py"), hand.read(module)),
                    (hand.read(module), hand.read(test)),
                    (
                        hand.bash("git log --oneline | head -5 && git status --short"),
                        hand.read(module),
                    ),
                ]
            ),
            why=f"find out why {kit.function} is wrong",
        )
    ]
    if rng.random() < 0.4:
        answers.append(hand.turn("Do the tests see it?", hand.tests(test)))
    if rng.random() < 0.3:
        answers.append(
            hand.turn(
                "When did this come in?",
                hand.bash(f"git log -p --follow -2 -- {module} | head -60", "Show recent changes"),
            )
        )
    answers.append(
        hand.turn(
            rng.choice(["Found it.", f"The problem: {kit.cause}.", "There it is. Fixing it:"]),
            hand.edit(module, wrong, right),
            why=f"{kit.cause}.",
        )
    )
    if rng.random() < 0.8:
        last = repository.say(kit.tests).rstrip("\n").splitlines()[-1]
        new = f"{last}\n{repository.say(kit.regression)}".rstrip("\n")
        if hand.read(test) not in answers[0].calls:
            answers.append(hand.turn("Now a test for it.", hand.read(test)))
        answers.append(hand.turn("I'll add a regression test.", hand.edit(test, last, new)))
    answers.append(hand.turn("", hand.tests(*rng.choice([(test,), ()]))))
    if rng.random() < 0.3:
        answers.append(hand.turn("", hand.bash("git diff --stat && git diff", "Review the diff")))
    answers.append(Answer(_summary(rng, module, kit.cause, tested=True)))
    return Job(repository.say(rng.choice(kit.symptoms)), answers)


def failing_tests(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A colleague's test fails; the session reads the failure and mends the code."""
    kit = repository.broken
    module, test = f"{repository.package}/{kit.name}.py", f"tests/test_{kit.name}_regression.py"
    wanted = repository.say(kit.tests).split("\n\n\n")[0] + "\n" + repository.say(kit.regression)
    repository.files[test] = wanted
    answers = [
        hand.turn("Let me see what fails.", hand.tests()),
        hand.turn("", hand.read(test), hand.read(module)),
        hand.turn(
            f"{kit.cause[0].upper()}{kit.cause[1:]}.",
            hand.edit(module, repository.say(kit.wrong), repository.say(kit.right)),
        ),
        hand.turn("", hand.tests()),
        Answer(_summary(rng, module, kit.cause, tested=True)),
    ]
    colleague = repository.others[0][1].split()[0]
    prompts = [
        "CI is red on main. Can you find out why and fix it?",
        f"{colleague} pushed a new test for {kit.name} and it fails. Fix the code, not the test.",
        "pytest fails, please fix",
        f"tests/test_{kit.name}_regression.py::... fails for me locally. what's going on?",
    ]
    return Job(rng.choice(prompts), answers)


def add_tests(repository: Repository, hand: Hand, rng: Random) -> Job:
    """More tests for a module that is fine."""
    kit = rng.choice(repository.kits[1:])
    module, test = f"{repository.package}/{kit.name}.py", f"tests/test_{kit.name}_more.py"
    head = repository.say(kit.tests).split("\n\n\n")[0]
    body = f"{head}\n{repository.say(kit.regression)}"
    answers = [
        hand.turn(
            "I'll read the module and what is tested already.",
            hand.read(module),
            hand.read(f"tests/test_{kit.name}.py"),
        ),
        hand.turn(
            rng.choice(["One case is missing.", "The edge case is not covered yet."]),
            hand.write(test, body),
        ),
        hand.turn("", hand.tests(test)),
        Answer(
            rng.choice(
                [
                    f"Added `{test}`, which covers the edge case of `{kit.function}`. It passes.",
                    f"Done: one new test in `{test}`.\n\n- it checks `{kit.function}` at the boundary\n- all tests pass",
                ]
            )
        ),
    ]
    prompts = [
        f"please add tests for edge cases in {kit.name}.py",
        f"Coverage of {module} is low. Write what's missing, in a new file.",
        f"Could you add a test for {kit.function}? The existing ones only cover the easy path.",
    ]
    return Job(rng.choice(prompts), answers)


def rename(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A function gets another name everywhere."""
    kit = rng.choice(repository.kits)
    new = f"{rng.choice(['compute', 'do', 'make', 'run'])}_{kit.function}"
    module, test = f"{repository.package}/{kit.name}.py", f"tests/test_{kit.name}.py"
    answers = [
        hand.turn(
            f"Where is `{kit.function}` used?",
            hand.search(f"\\b{kit.function}\\b"),
            why=f"rename {kit.function} to {new}",
        )
    ]
    if rng.random() < 0.5:
        command = f"grep -rlw {kit.function} --include='*.py' . | xargs sed -i 's/\\b{kit.function}\\b/{new}/g'"
        answers.append(
            hand.turn("Few enough for sed.", hand.bash(command, f"Rename {kit.function}"))
        )
    else:
        for path in (module, test):
            answers.append(hand.turn("", hand.read(path)))
            answers.append(hand.turn("", hand.edit(path, kit.function, new, everywhere=True)))
    answers += [
        hand.turn(
            "Check that nothing is left, and that the tests run.",
            hand.search(f"\\b{kit.function}\\b"),
            hand.tests(),
        ),
        Answer(f"`{kit.function}` is now called `{new}` in the code and in the tests."),
    ]
    prompts = [
        f"rename {kit.function} to {new} everywhere",
        f"I don't like the name `{kit.function}`; make it `{new}` across the repo please, tests too.",
    ]
    return Job(rng.choice(prompts), answers)


def read_logs(repository: Repository, hand: Hand, rng: Random) -> Job:
    """What went wrong last night? Only questions, nothing changes."""
    script = (
        "import collections, re\n"
        "hosts = collections.Counter()\n"
        "for line in open('logs/nightly.log'):\n"
        "    found = re.search(r'from (\\S+)|by (\\S+)', line)\n"
        "    if found:\n"
        "        hosts[found.group(1) or found.group(2)] += 1\n"
        "print(hosts)\n"
    )
    answers = [
        hand.turn(
            "I'll look at the log.",
            hand.bash(
                "ls -la logs && wc -l logs/*.log && tail -25 logs/nightly.log", "Look at the log"
            ),
        ),
        hand.turn(
            "Errors and warnings only:",
            hand.bash("grep -nE 'ERROR|WARNING' logs/nightly.log | head -40", "Find errors"),
        ),
    ]
    if rng.random() < 0.6:
        answers.append(
            hand.turn(
                "Which hosts are behind it?",
                hand.bash(f'python3 - <<"PY"\n{script}PY', "Count by host"),
            )
        )
    if rng.random() < 0.4:
        answers.append(hand.turn("", hand.read("config/default.json")))
    answers.append(
        Answer(
            "The job stopped because one host kept resetting connections.\n\n"
            "1. The first slow answers come well before the end; each is retried.\n"
            "2. Then connections are reset until the worker gives up.\n\n"
            + rng.choice(
                [
                    "Nothing in the code is wrong. I would raise the timeout and ask whoever runs that host.",
                    "I changed nothing. If you like, I can add a longer back-off.",
                ]
            )
        )
    )
    prompts = [
        "Why did last night's job fail? Logs are in logs/",
        f"can you check logs/nightly.log, {repository.others[1][1].split()[0]} says the import was incomplete",
        "Go through the nightly log and tell me what happened. Don't change anything.",
    ]
    return Job(rng.choice(prompts), answers)


def write_docs(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A section for the README."""
    modules = "\n".join(
        f"- `{kit.name}`: {_first(repository, kit.source)}" for kit in repository.kits
    )
    old = f"Tools for our {repository.noun}s.\n"
    new = f"{old}\n## Modules\n\n{modules}\n\n## Use\n\n    python3 -m {repository.package}.cli data/{repository.package}.csv --limit 5\n"
    answers = [
        hand.turn("Let me see what there is to describe.", hand.files(), hand.read("README.md")),
        hand.turn(
            "",
            *(
                hand.read(f"{repository.package}/{kit.name}.py")
                for kit in repository.kits[: rng.randint(1, 3)]
            ),
        ),
        hand.turn(
            "Does the command work as I would write it?",
            hand.bash(
                f"python3 -m {repository.package}.cli data/{repository.package}.csv --limit 3",
                "Try the command",
            ),
        ),
        hand.turn("", hand.edit("README.md", old, new)),
        Answer(
            "The README now lists the modules and shows how to use the command line. I ran the command to make sure that it works."
        ),
    ]
    prompts = [
        "README is a bit thin. Add a section on the modules and one on usage.",
        "document the cli in the readme pls",
        "Please write a short overview of the code base into README.md for new colleagues.",
    ]
    return Job(rng.choice(prompts), answers)


def ask_history(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A question about the history."""
    module = f"{repository.package}/{repository.broken.name}.py"
    answers = [
        hand.turn(
            "",
            hand.bash(
                f"git log --format='%h %an %ad %s' --date=short -- {module}", "History of the file"
            ),
        ),
        hand.turn(
            "",
            hand.bash(
                rng.choice(
                    [
                        f"git blame --date=short {module} | head -40",
                        f"git log -1 -p -- {module}",
                        f"git show --stat HEAD && git diff HEAD~1 -- {module}",
                    ]
                ),
                "Look closer",
            ),
        ),
    ]
    if rng.random() < 0.5:
        answers.append(
            hand.turn(
                "And over all files:",
                hand.bash("git shortlog -sne HEAD && git log --oneline | wc -l", "Authors"),
            )
        )
    answers.append(
        Answer(
            f"`{module}` was last changed in the newest commit; before that it had stayed as it was first written. The newest commit touches one line of `{repository.broken.function}` only."
        )
    )
    prompts = [
        f"who changed {module} last and what did they change?",
        f"When was {repository.broken.function} touched last? I want to know whether it was before the release.",
        f"Give me a short history of {module}",
    ]
    return Job(rng.choice(prompts), answers)


def clean_data(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A table with blanks, doubles and odd spellings."""
    path = f"data/{repository.package}.csv"
    script = f'''"""Cleans {path}: white space, doubles, amounts that are no numbers."""

import csv
from pathlib import Path

SOURCE = Path("{path}")
TARGET = SOURCE.with_suffix(".clean.csv")


def main():
    with SOURCE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    kept, seen, dropped = [], set(), 0
    for row in rows:
        row["name"] = " ".join(row["name"].split()).title()
        row["city"] = row["city"].strip().title() or "unknown"
        key = tuple(row.values())
        if key in seen or row["amount"] in ("", "n/a"):
            dropped += 1
            continue
        seen.add(key)
        kept.append(row)
    with TARGET.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(kept)
    print(f"{{len(rows)}} read, {{len(kept)}} kept, {{dropped}} dropped")


if __name__ == "__main__":
    main()
'''
    answers = [
        hand.turn(
            "First a look at the data.",
            hand.bash(f"head -15 {path}; wc -l {path}", "Look at the data"),
        ),
        hand.turn(
            "",
            hand.bash(
                f"cut -d, -f3 {path} | sort | uniq -c | sort -rn; cut -d, -f4 {path} | grep -cE '^(|n/a)$'",
                "Count values",
            ),
        ),
    ]
    if rng.random() < 0.5:
        answers.append(
            hand.turn(
                "I'll take it step by step.",
                *hand.plan(["Look at the data", "Write the script", "Check the result"], 0),
            )
        )
    answers += [
        hand.turn("Now the script.", hand.write("scripts/clean.py", script)),
        hand.turn("", hand.bash("python3 scripts/clean.py", "Run it")),
        hand.turn(
            "A look at the result:",
            hand.bash(
                f"head -5 data/{repository.package}.clean.csv; grep -c unknown data/{repository.package}.clean.csv",
                "Check result",
            ),
        ),
        Answer(
            "The table is clean now, in a file beside the old one: names and cities are spelled alike, doubled rows and rows without an amount are gone. The script is `scripts/clean.py`; run it again whenever the export changes."
        ),
    ]
    prompts = [
        f"{path} is a mess (doubles, blanks, n/a). Write a script that cleans it, keep the original.",
        f"clean up {path} please",
        f"We need {path} without duplicates and with consistent city names by noon, can you do that?",
    ]
    return Job(rng.choice(prompts), answers)


def change_config(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A setting changes."""
    seconds = rng.choice([60, 90, 120])
    answers = [
        hand.turn("", hand.bash("cat config/default.json", "Show config"), hand.search("timeout")),
        hand.turn(
            "",
            hand.bash(
                f"sed -i -E 's/(\"timeout_seconds\": )[0-9]+/\\1{seconds}/' config/default.json && python3 -m json.tool config/default.json",
                "Change the timeout",
            ),
        ),
        Answer(
            f"`timeout_seconds` is now {seconds}; the file is still valid JSON."
            + rng.choice(["", " Nothing else reads the old value."])
        ),
    ]
    prompts = [
        f"set the timeout to {seconds}s in the default config",
        f"Raise timeout_seconds to {seconds} and check that the json is valid",
    ]
    return Job(rng.choice(prompts), answers)


def add_option(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A new option for the command line."""
    module = f"{repository.package}/cli.py"
    old = '    parser.add_argument("--limit", type=int, default=10)\n'
    name, code = rng.choice(
        [
            (
                "--json",
                'parser.add_argument("--json", action="store_true", help="one JSON object a line")',
            ),
            ("--city", 'parser.add_argument("--city", help="only rows of this city")'),
            ("--sort", 'parser.add_argument("--sort", metavar="COLUMN", help="sort by a column")'),
        ]
    )
    use_old = "    for row in read(options.file)[: options.limit]:\n"
    use_new = {
        "--json": "    for row in read(options.file)[: options.limit]:\n        if options.json:\n            print(json.dumps(row))\n            continue\n",
        "--city": '    rows = [row for row in read(options.file) if options.city in (None, row["city"])]\n    for row in rows[: options.limit]:\n',
        "--sort": "    rows = read(options.file)\n    if options.sort:\n        rows.sort(key=lambda row: row[options.sort])\n    for row in rows[: options.limit]:\n",
    }[name]
    calls = [hand.edit(module, old, f"{old}    {code}\n"), hand.edit(module, use_old, use_new)]
    if name == "--json":
        calls.append(hand.edit(module, "import csv\n", "import csv\nimport json\n"))
    value = {"--json": "--json", "--city": "--city Oslo", "--sort": "--sort name"}[name]
    answers = [
        hand.turn("Let me read the command line.", hand.read(module)),
        *(hand.turn("" if n else f"I'll add `{name}`.", call) for n, call in enumerate(calls)),
        hand.turn(
            "Try it:",
            hand.bash(
                f"python3 -m {repository.package}.cli data/{repository.package}.csv --limit 4 {value}; python3 -m {repository.package}.cli --help",
                "Try the option",
            ),
        ),
        Answer(
            f"`{name}` works; `--help` shows it."
            + rng.choice(
                [
                    "",
                    f"\n\n```\npython3 -m {repository.package}.cli data/{repository.package}.csv {value}\n```",
                ]
            )
        ),
    ]
    prompts = [
        f"add a {name} option to the cli",
        f"Could the command line get {name}? Keep it simple.",
    ]
    return Job(rng.choice(prompts), answers)


def stumble(repository: Repository, hand: Hand, rng: Random) -> Job:
    """Commands that fail before one works."""
    package = repository.package
    answers = [
        hand.turn(
            "",
            rng.choice(
                [
                    hand.bash("make test", "Run the tests"),
                    hand.bash("npm test", "Run tests"),
                    hand.bash("pytest -q", "Run tests"),
                    hand.bash("tox -q", "Run tox"),
                ]
            ),
        ),
        hand.turn(
            "That isn't how it's done here. Let me look.",
            hand.bash("ls -a; cat pyproject.toml", "Look around"),
        ),
        hand.turn(
            "",
            rng.choice(
                [
                    hand.bash("python -m pytest -q", "Run pytest"),
                    hand.read("Makefile"),
                    hand.read("setup.cfg"),
                    hand.bash(f"python3 {package}/cli.py --version", "Version"),
                ]
            ),
        ),
        hand.turn("", hand.tests()),
        hand.turn(
            "",
            hand.bash(
                f"python3 -m {package}.cli data/missing.csv; echo exit $?", "Try a missing file"
            ),
        ),
        Answer(
            "The tests run with `python3 -m pytest`; there is no Makefile. A missing file ends with a traceback instead of a message, which is worth mending. Shall I?"
        ),
    ]
    prompts = [
        "run the tests and try the cli, tell me if anything looks off",
        "Can you check that this project works on this machine?",
        "does this still run? haven't touched it since spring",
    ]
    return Job(rng.choice(prompts), answers)


def explain(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A short question about code."""
    kit = rng.choice(repository.kits[1:])
    answers = [
        hand.turn("", hand.read(f"{repository.package}/{kit.name}.py")),
        Answer(
            rng.choice(
                [
                    f"`{kit.function}` belongs to `{kit.name}`. {_first(repository, kit.source)} The tests in `tests/test_{kit.name}.py` show how it is called.",
                    f"In short: {_first(repository, kit.source)}\n\n`{kit.function}` does the main part of it, the rest are helpers around it. Nothing in it touches the network or the disk.",
                ]
            )
        ),
    ]
    return Job(
        rng.choice(
            [
                f"what does {kit.function} do?",
                f"Explain {kit.name}.py to me in three sentences",
                f"Is {kit.function} in {kit.name}.py safe to call twice?",
            ]
        ),
        answers,
    )


def refactor(repository: Repository, hand: Hand, rng: Random) -> Job:
    """The reading of tables moves to a module of its own."""
    package = repository.package
    module, new = f"{package}/cli.py", f"{package}/tables.py"
    code = 'def read(path):\n    with Path(path).open(newline="") as file:\n        return list(csv.DictReader(file))\n'
    answers = [
        hand.turn(
            "I'll look at how it is used now.",
            hand.read(module),
            hand.search("read\\(", "*.py"),
            why="move read() out of cli.py",
        ),
        hand.turn(
            "Plan:", *hand.plan(["Write tables.py", "Use it in cli.py", "Run everything"], 0)
        ),
        hand.turn(
            "",
            hand.write(
                new,
                f'"""Reads tables of {repository.noun}s."""\n\nimport csv\nfrom pathlib import Path\n\n\n{code}',
            ),
        ),
        hand.turn(
            "",
            *hand.plan(["Write tables.py", "Use it in cli.py", "Run everything"], 1),
            hand.edit(module, f"{code}\n\n", ""),
        ),
        hand.turn(
            "",
            hand.edit(
                module,
                "import argparse\nimport csv\nfrom pathlib import Path\n",
                f"import argparse\n\nfrom {package}.tables import read\n",
            ),
        ),
        hand.turn(
            "",
            hand.bash(f"python3 -m {package}.cli data/{package}.csv --limit 2", "Try it"),
            hand.tests(),
        ),
        *(
            [
                hand.turn(
                    "", *hand.plan(["Write tables.py", "Use it in cli.py", "Run everything"], 3)
                )
            ]
            if rng.random() < 0.7
            else []
        ),
        Answer(
            f"`read` lives in `{new}` now and `cli.py` imports it; nothing else changed and the tests pass."
        ),
    ]
    return Job(
        rng.choice(
            [
                f"move the csv reading out of cli.py into its own module {new}",
                "cli.py does too much. Pull the file reading into tables.py, no behaviour change.",
            ]
        ),
        answers,
    )


def commit(repository: Repository, hand: Hand, rng: Random) -> Job:
    """Commit what is there."""
    answers = [
        hand.turn(
            "",
            hand.bash("git status --short", "Status"),
            hand.bash("git diff", "Diff"),
            hand.bash("git log --oneline -5", "Recent messages"),
        ),
        hand.turn(
            "",
            hand.bash(
                f'git add -A && git commit -q -m "{rng.choice(["Mend", "Fix", "fix:"])} {repository.broken.name}" && git log --stat -1',
                "Commit",
            ),
        ),
        Answer(rng.choice(["Committed.", "Done, one commit on main. I did not push."])),
    ]
    return Job(
        rng.choice(
            [
                "commit this",
                "Looks good. Please commit with a short message.",
                "ok commit, don't push",
            ]
        ),
        answers,
    )


def changelog(repository: Repository, hand: Hand, rng: Random) -> Job:
    """A changelog out of the history."""
    entry = (
        f"# Changelog\n\n## Unreleased\n\n- {repository.broken.name}: tidied\n\n## First version\n\n"
        + "".join(f"- {kit.name}\n" for kit in repository.kits)
    )
    answers = [
        hand.turn(
            "I'll read the history.",
            hand.bash("git log --reverse --format='%ad %an: %s' --date=short", "Read history"),
        ),
        hand.turn("", hand.bash("ls; git tag", "Any changelog or tags?")),
        hand.turn("", hand.write("CHANGELOG.md", entry)),
        Answer(
            "Wrote `CHANGELOG.md` from the commits. There are no tags yet, so everything but the newest change is under *First version*."
        ),
    ]
    return Job(
        rng.choice(
            [
                "write a CHANGELOG.md from the git history",
                "We need a changelog before the release, take it from the commits",
            ]
        ),
        answers,
    )


Maker = Callable[[Repository, Hand, Random], Job]
FIRST: tuple[Maker, ...] = (
    fix_bug,
    failing_tests,
    add_tests,
    rename,
    read_logs,
    write_docs,
    ask_history,
    clean_data,
    change_config,
    add_option,
    stumble,
    explain,
    refactor,
    changelog,
)
LATER: tuple[Maker, ...] = (
    add_option,
    write_docs,
    read_logs,
    explain,
    clean_data,
    add_tests,
    change_config,
    changelog,
)


def day(repository: Repository, hand: Hand, rng: Random, first: Maker) -> list[Job]:
    """One session: a first request, and often some that follow it."""
    jobs = [first(repository, hand, rng)]
    later = rng.choices([0, 1, 2, 3], [45, 30, 15, 10])[0]
    for maker in rng.sample([maker for maker in LATER if maker is not first], later):
        if {first, maker} & {refactor, add_option} == {first, maker}:
            continue  # both rewrite the command line
        jobs.append(maker(repository, hand, rng))
    if later and rng.random() < 0.5:
        jobs.append(commit(repository, hand, rng))
    return jobs


def _first(repository: Repository, source: str) -> str:
    return repository.say(source).split('"""')[1].split("\n")[0]


def _summary(rng: Random, module: str, cause: str, *, tested: bool) -> str:
    return rng.choice(
        [
            f"Fixed. In `{module}` {cause}. I added a test, and everything passes.",
            f"**Cause:** {cause}.\n\n**Fix:** one line in `{module}`.\n\nAll tests pass.",
            f"Done: {cause}. It's one line in `{module}`.",
            f"The bug was in `{module}`:\n\n- {cause}\n- mended, with a test\n- the suite is green\n\nLet me know if you want it committed.",
            f"{cause[0].upper()}{cause[1:]}. That is mended now.",
        ]
    )
