"""Who is in a corpus: learned from what the sessions themselves show.

Authors of commits, `user.name`, To and From lines, home directories, owners in listings and shell
prompts name people and logins. They are learned from the whole corpus before anything is replaced,
so that a name which one session shows is replaced in every other. `redaction` uses it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assay.realism.detectors import table

_NAME = r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}"
_PEOPLE = (
    re.compile(
        rf"^\s*(?:Author|Commit|Committer|Reviewed-by|Co-authored-by|Signed-off-by):\s+({_NAME}) <",
        re.M | re.I,
    ),
    re.compile(rf"^(?:From|To|Cc|Bcc|Reply-To): \"?({_NAME})\"? <", re.M),
    re.compile(rf"\buser\.name[ =]+[\"']?({_NAME})[\"']?\s*$", re.M),
    re.compile(rf"^\s*name ?= ?[\"']?({_NAME})[\"']?\n\s*email ?=", re.M),
    re.compile(rf"^\s*\d+\t({_NAME}) <[^>\s]+@", re.M),  # git shortlog
    re.compile(rf"\(({_NAME}) +\d{{4}}-\d\d-\d\d", re.M),  # git blame
    re.compile(rf"[\"']name[\"']: ?[\"']({_NAME})[\"'], ?[\"']email[\"']"),
    re.compile(rf"\b({_NAME}) <[\w.+-]+@[\w-]+\.[\w.-]+>"),
)
_HOMES = (
    re.compile(r"(?<![\w.])(/(?:home|Users|var/home|export/home)/([A-Za-z_][\w.-]*))"),
    re.compile(r"(?<!\w)([A-Za-z]:\\{1,2}Users\\{1,2}([A-Za-z_][\w.-]*))"),
)
_LISTED = re.compile(
    r"^[-dlbcps][-rwxsStT]{9}[.+@]? +\d+ +([A-Za-z_][\w.-]*) +([A-Za-z_][\w.-]*) ", re.M
)
_PROMPT = re.compile(r"^\(?(?:[\w.-]*\) ?)?([a-z_][\w.-]*)@([\w.-]+)(?=:[~/]| [~/])", re.M)
_SYSTEM = ("root", "shared", "public", "default", "user", "username", "you", "me", "linuxbrew")


@dataclass
class Identities:
    """People, logins and machines.

    Attributes:
        names: Full names, and parts of them that stand alone.
        homes: Home directories by login.
        logins: Replaced wherever they stand as a word; those that are words only where they
            stand as a login.
        machines: Host names without a domain.
    """

    names: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    logins: dict[str, None] = field(default_factory=dict)
    machines: dict[str, None] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Take in what one text shows."""
        for pattern in _PEOPLE:
            for match in pattern.finditer(text):
                self._person(match[1].strip())
        for pattern in _HOMES:
            for match in pattern.finditer(text):
                if match[2].lower() not in _SYSTEM:
                    self.homes[match[1]] = match[2]
                    self.logins.setdefault(match[2])
        for match in _PROMPT.finditer(text):
            if match[1] not in _SYSTEM:
                self.logins.setdefault(match[1])
            self.machines.setdefault(match[2])

    def find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Places of people and logins: start, end, kind, and the value that it stands for."""
        for pattern in _HOMES:
            for match in pattern.finditer(text):
                if match[1] in self.homes:
                    yield *match.span(1), "HOME", match[2]
        if self.logins:
            for match in _LISTED.finditer(text):
                for group in (1, 2):
                    if match[group] in self.logins:
                        yield *match.span(group), "USER", match[group]
            for match in self._as_login().finditer(text):
                yield *match.span(1), "USER", match[1]
        words = [*self.names, *(login for login in self.logins if self.distinctive(login))]
        words += [machine for machine in self.machines if len(machine) > 4 and "-" in machine]
        if words:
            for match in _any_of(words).finditer(text):
                value = match[1]
                if value in self.names:
                    yield *match.span(1), "NAME", self.names[value]
                else:
                    kind = "USER" if value in self.logins else "HOST"
                    yield *match.span(1), kind, value

    @staticmethod
    def distinctive(login: str) -> bool:
        """Whether a login can be told from a word wherever it stands."""
        return len(login) >= 4 and login.lower() not in table()["common_logins"]

    def _person(self, name: str) -> None:
        """A full name, and its parts where they are no ordinary words."""
        if name.lower() in ("github actions", "not committed yet") or "[bot]" in name:
            return
        self.names.setdefault(name, name)
        for part in name.split():
            if len(part) >= 4 and part[:1].isupper():
                self.names.setdefault(part, name)

    def _as_login(self) -> re.Pattern[str]:
        """Logins where nothing else can be meant: `sam@host`, `sudo -u sam`, `-home-sam-`."""
        every = "|".join(map(re.escape, sorted(self.logins, key=len, reverse=True)))
        return re.compile(
            rf"(?:(?<=-home-)|(?<=-Users-)|(?<=USER=)|(?<=LOGNAME=)|(?<=chown )|(?<=sudo -u )|"
            rf"(?<![\w.@/-])(?=[\w.-]+@[\w.-]+:[~/]))({every})(?![\w.])"
        )


def _any_of(words: list[str]) -> re.Pattern[str]:
    every = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(rf"(?<![\w@])({every})(?!\w)")
