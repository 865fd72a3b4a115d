"""The hand that a scripted session is written with: calls by what they do, in a CLI's own names.

Newer versions of the CLI search through Bash and keep tasks one by one; older ones have Grep, Glob
and TodoWrite. `jobs` does not need to know.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from anthropic_server import Answer, Call
from repositories import Repository

_THOUGHTS = (
    "The user wants {0}. I should look at the code before I change anything.",
    "Let me see what is there first. {0}",
    "{0} I need the exact lines to edit, so read the file.",
    "Straightforward: {0}",
    "Not sure yet where this comes from. {0}",
)


@dataclass
class Hand:
    """Writes answers for one repository.

    Attributes:
        classic: The CLI is an older one.
        talk: How often the assistant says something beside a call.
        think: How often its thoughts are shown.
    """

    repository: Repository
    rng: Random
    classic: bool
    talk: float
    think: float

    def bash(self, command: str, description: str = "") -> Call:
        """Runs a command."""
        described = description and self.rng.random() < 0.85
        return "Bash", {"command": command, **({"description": description} if described else {})}

    def tests(self, *paths: str) -> Call:
        """Runs the tests, in one of the ways that people do."""
        what = " ".join(paths)
        flags = self.rng.choice(["-q", "-x -q", "", "-v", "--tb=short"])
        command = " ".join(f"python3 -m pytest {flags} {what}".split())
        if self.rng.random() < 0.35:
            command = f"cd {self.repository.root} && {command}"
        if self.rng.random() < 0.3:
            command += f" 2>&1 | tail -{self.rng.choice([5, 10, 20, 30])}"
        return self.bash(
            command, self.rng.choice(["Run the tests", "Run test suite", "Run pytest"])
        )

    def read(self, path: str, **window: int) -> Call:
        """Reads a file."""
        return "Read", {"file_path": self.repository.path(path), **window}

    def write(self, path: str, content: str) -> Call:
        """Writes a whole file."""
        return "Write", {"file_path": self.repository.path(path), "content": content}

    def edit(self, path: str, old: str, new: str, *, everywhere: bool = False) -> Call:
        """Replaces text in a file."""
        given = {"file_path": self.repository.path(path), "old_string": old, "new_string": new}
        return "Edit", {**given, **({"replace_all": True} if everywhere else {})}

    def search(self, pattern: str, include: str = "") -> Call:
        """Searches the files' contents."""
        if not self.classic:
            where = f" --include='{include}'" if include else ""
            command = self.rng.choice(
                [f'grep -rn{where} "{pattern}" .', f'grep -rnE{where} "{pattern}"']
            )
            return self.bash(command, f"Search for {pattern}")
        arguments: dict[str, Any] = {"pattern": pattern}
        if include:
            arguments["glob"] = include
        if self.rng.random() < 0.5:
            arguments |= {"output_mode": "content", "-n": True}
        return "Grep", arguments

    def files(self, pattern: str = "**/*.py") -> Call:
        """Finds files by name."""
        if self.classic:
            return "Glob", {"pattern": pattern}
        name = pattern.rpartition("/")[2]
        commands = [
            f'find . -name "{name}" -not -path "./.git/*"',
            "ls -R | head -50",
            "git ls-files",
        ]
        return self.bash(self.rng.choice(commands), "List files")

    def plan(self, steps: list[str], done: int) -> tuple[Call, ...]:
        """Shows a list of steps of which some are done."""
        if self.classic:
            entries = []
            for number, step in enumerate(steps):
                state = "completed" if number < done else "pending"
                state = "in_progress" if number == done else state
                entries.append({"content": step, "status": state, "activeForm": f"{step}..."})
            return (("TodoWrite", {"todos": entries}),)
        if done == 0:
            return tuple(
                ("TaskCreate", {"subject": step, "description": step, "activeForm": f"{step}..."})
                for step in steps
            )
        return (("TaskUpdate", {"taskId": str(done), "status": "completed"}),)

    def turn(self, say: str, *calls: Call, why: str = "") -> Answer:
        """An answer with calls; what it says is left out now and then."""
        said = say if self.rng.random() < self.talk else ""
        thought = (
            self.rng.choice(_THOUGHTS).format(why or say) if self.rng.random() < self.think else ""
        )
        return Answer(said, calls, thought)
