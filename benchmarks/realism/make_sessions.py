"""Makes sessions of ordinary work with a real Claude Code, against a scripted server on loopback.

    npm install --prefix CLI @anthropic-ai/claude-code
    python benchmarks/realism/make_sessions.py --cli CLI --out sessions --count 60

The scaffold is real and the model is not: what it writes tests how scaffolds look, and says nothing
about tasks. Each session works in a small repository of its own, in a home directory of its own,
inside bubblewrap. `--cli` may be repeated, for several versions of the CLI; `--model` is the name
that the sessions carry. Seeded: the same seed asks and answers the same; ids and clocks differ.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from anthropic_server import Answer, serve
from hand import Hand
from jobs import FIRST, day
from repositories import Repository, draw, lay_out

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "SHELL": "/bin/bash",
    "TERM": "xterm-256color",
    "ANTHROPIC_API_KEY": "none",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
}

_ARGUMENTS = (
    *("-p", "--dangerously-skip-permissions", "--verbose"),
    *("--input-format", "stream-json", "--output-format", "stream-json"),
)
_FLUSH = 1.0  # seconds: a CLI that ends at once may not have written its last message


def main() -> None:
    """Make the sessions that are not there yet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cli", action="append", required=True, type=Path, help="npm's folder")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model", default="claude-sonnet-4-5")
    parser.add_argument("--pace", type=float, default=0.4, help="median seconds before an answer")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    site = _packages(options.out / ".site")
    for number in range(options.count):
        name = f"{number:03d}"
        if (options.out / "made" / f"{name}.json").exists():
            continue
        rng = Random(f"{options.seed}:{number}")
        cli = rng.choice(options.cli)
        made = make(number, rng, cli, site, options.out / "projects", options.model, options.pace)
        (options.out / "made").mkdir(exist_ok=True)
        (options.out / "made" / f"{name}.json").write_text(json.dumps(made) + "\n")
        print(json.dumps(made), file=sys.stderr)


def make(
    number: int, rng: Random, cli: Path, site: Path, projects: Path, model: str, pace: float
) -> dict[str, object]:
    """One session, in a home directory of its own; its file lands below `projects`."""
    program = _program(cli)
    repository = draw(rng)
    hand = Hand(
        repository,
        rng,
        program[0] == "/usr/bin/node",
        rng.uniform(0.3, 1),
        rng.choice([0, 0, 0.3, 0.7]),
    )
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        lay_out(repository, home, rng)
        before = dict(repository.files)
        jobs = day(repository, hand, rng, FIRST[number % len(FIRST)])
        for path in repository.files.keys() - before.keys():
            (home / repository.folder / repository.name / path).write_text(repository.files[path])
        answers = [answer for job in jobs for answer in job.answers]
        with serve(answers, rng, model, _pause(rng, pace)) as (url, served):
            command = _sandboxed(cli, program, site, home, repository, url)
            ended = _converse(
                [*command, *_ARGUMENTS, "--model", model], [job.prompt for job in jobs]
            )
        written = sorted((home / ".claude" / "projects").rglob("*.jsonl"))
        for path in written:
            target = projects / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    return {
        "number": number,
        "first": FIRST[number % len(FIRST)].__name__,
        "requests": len(jobs),
        "ended": ended,
        "answers": len(served.requests),
        "planned": len(answers),
        "files": [path.name for path in written],
    }


def _converse(command: list[str], prompts: list[str]) -> int:
    """Say each prompt when the answer to the one before is there; how many were answered."""
    ended = 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        for prompt in prompts:
            said = {"type": "user", "message": {"role": "user", "content": prompt}}
            process.stdin.write(json.dumps(said) + "\n")
            process.stdin.flush()
            if not any('"type":"result"' in line for line in process.stdout):
                break
            ended += 1
            time.sleep(_FLUSH)
        process.stdin.close()
        process.wait(timeout=60)
    return ended


def _pause(rng: Random, pace: float) -> Callable[[Answer], float]:
    def seconds(answer: Answer) -> float:
        length = len(answer.say) + len(answer.think) + len(str(answer.calls))
        return min(8 * pace, pace * rng.lognormvariate(0, 0.6) * (1 + length / 1500))

    return seconds


def _packages(site: Path) -> Path:
    """Packages for the sessions' Python: what a developer has in `~/.local`."""
    if not site.exists():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--target", str(site)]
        subprocess.run(
            [*pip, "--only-binary=:all:", "--python-version", "3.11", "pytest"], check=True
        )
    return site


def _program(cli: Path) -> list[str]:
    native = sorted((cli / "node_modules/@anthropic-ai").glob("claude-code-*/claude"))
    if native:
        return [f"/opt/claude/{native[0].parent.name}/claude"]
    return ["/usr/bin/node", "/opt/claude/claude-code/cli.js"]


def _sandboxed(
    cli: Path, program: list[str], site: Path, home: Path, repository: Repository, url: str
) -> list[str]:
    login = repository.user[0]
    house = f"/home/{login}"
    accounts = home.parent / "passwd"
    accounts.write_text(
        f"root:x:0:0:root:/root:/bin/bash\n{login}:x:1000:1000::{house}:/bin/bash\n"
    )
    groups = home.parent / "group"
    groups.write_text(f"root:x:0:\n{login}:x:1000:\n")
    (home / ".local/lib/python3.11/site-packages").mkdir(parents=True, exist_ok=True)
    binds = [
        *("--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"),
        *(
            part
            for name in ("bin", "lib", "lib64", "sbin")
            for part in ("--symlink", f"usr/{name}", f"/{name}")
        ),
        *("--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/root"),
        *("--ro-bind", str(accounts), "/etc/passwd", "--ro-bind", str(groups), "/etc/group"),
        *("--ro-bind", str(cli / "node_modules/@anthropic-ai"), "/opt/claude"),
        *("--bind", str(home), house),
        *("--ro-bind", str(site), f"{house}/.local/lib/python3.11/site-packages"),
    ]
    variables = {**_ENVIRONMENT, "HOME": house, "USER": login, "ANTHROPIC_BASE_URL": url}
    host = f"{login}-laptop"
    return [
        *("bwrap", *binds, "--unshare-user", "--uid", "1000", "--gid", "1000"),
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", host),
        *("--die-with-parent", "--new-session", "--chdir", repository.root, "--clearenv"),
        *(part for key, value in variables.items() for part in ("--setenv", key, value)),
        *program,
    ]


if __name__ == "__main__":
    main()
