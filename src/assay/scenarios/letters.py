"""A scenario's mail as it is laid out: a Maildir of messages in the words of one cell.

`mail.yaml` says whose account it is; threads are YAML lists of letters in the folders it names, and
may hold slots of factors. `composing` gives them their form; `mail` reads what is left.
"""

import hashlib
import io
import re
import tarfile
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, RootModel

from assay.errors import ScenarioError
from assay.scenarios.composing import answered, compose, passed_on
from assay.scenarios.files import load_yaml
from assay.scenarios.scenario import Cell, Scenario

MAIL = "home/dev/Mail"
QUEUE = "srv/mail/outbound"
_AT = re.compile(r"(\d+) (\d\d):(\d\d)")
_WIDTH = 76
_LONG = 90
_PEOPLE = "people.yaml"


class Letter(BaseModel):
    """One message. People are keys of `people`, or written out as `Name <address>`.

    Attributes:
        at: Days before the run's day and the time, `3 09:14`, on the account's clock.
        re: The letter that it answers, or `fwd` the one that it passes on; its text is quoted.
        html: HTML beside the text, or alone where there is no text.
        attach: Files of the folder in which the letter's file lies.
        seen: Whether the account's owner has read it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    sender: str = Field(alias="from")
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    at: str = Field(pattern=rf"^{_AT.pattern}$")
    subject: str = ""
    re: str | None = None
    fwd: str | None = None
    text: str = ""
    html: str | None = None
    attach: tuple[str, ...] = ()
    seen: bool = True
    folder: str = "INBOX"

    @property
    def handle(self) -> str:
        """How a mail client names the message: eight digits that depend on the id alone."""
        return hashlib.sha256(self.id.encode()).hexdigest()[:8]


class MailSheet(BaseModel):
    """`mail.yaml`.

    Attributes:
        account: Whose mail it is, a key of `people`.
        domains: Where every mailbox is known; what is addressed to another one there bounces.
        host: The name of the mail server.
        letters: Folders of threads, seen from the scenario's; each may hold a `people.yaml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str
    domains: tuple[str, ...]
    host: str
    zone: str = "Europe/London"
    letters: tuple[str, ...] = ("mail",)
    people: dict[str, str] = {}


class _Thread(RootModel[tuple[Letter, ...]]):
    pass


class _People(RootModel[dict[str, str]]):
    pass


@dataclass(frozen=True)
class MailRoom:
    """A scenario's mail: the sheet, everybody by key, and every letter by its id.

    Attributes:
        folders: The folder in which each letter's file lies.
    """

    sheet: MailSheet
    people: Mapping[str, str]
    letters: Mapping[str, Letter]
    folders: Mapping[str, Path]

    @property
    def account(self) -> str:
        """The owner, as `Name <address>`."""
        return self.people[self.sheet.account]

    def named(self, person: str) -> str:
        """A person as `Name <address>`, by key or written out already."""
        return self.people.get(person, person)

    def address(self, person: str) -> str:
        """A person's address."""
        return parseaddr(self.named(person))[1].lower()

    def message_id(self, letter: Letter) -> str:
        """The message's id, which depends on no cell and no day."""
        local = hashlib.sha256(letter.id.encode()).hexdigest()[8:28]
        return f"<{local}@{self.address(letter.sender).partition('@')[2]}>"

    @property
    def known(self) -> frozenset[str]:
        """Every address that has a mailbox as far as the scenario's mail tells."""
        named = [*self.people]
        for letter in self.letters.values():
            named += [letter.sender, *letter.to, *letter.cc]
        return frozenset(self.address(person) for person in named)

    def bounces(self, address: str) -> bool:
        """Whether mail to an address comes back: nobody has it where every mailbox is known.

        Elsewhere no server can tell, and the mail goes out.
        """
        return address not in self.known and address.partition("@")[2] in self._closed

    @property
    def _closed(self) -> frozenset[str]:
        return frozenset(domain.lower() for domain in self.sheet.domains)


def mail_room(scenario: Scenario) -> MailRoom | None:
    """A scenario's mail; None where it has none.

    Raises:
        ScenarioError: A file breaks the format, or a letter names what is not there.
    """
    path = scenario.part("mail.yaml")
    if not path.is_file():
        return None
    sheet = load_yaml(path, MailSheet)
    folders = tuple((path.parent / name).resolve() for name in sheet.letters)
    files = [path, *(file for folder in folders for file in sorted(folder.glob("*.yaml")))]
    return _room(path, folders, max(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=64)
def _room(path: Path, folders: tuple[Path, ...], _changed: int) -> MailRoom:
    sheet = load_yaml(path, MailSheet)
    people = dict(sheet.people)
    letters: dict[str, Letter] = {}
    homes: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.yaml")):
            if file.name == _PEOPLE:
                people |= load_yaml(file, _People).root
                continue
            for letter in load_yaml(file, _Thread).root:
                if letter.id in letters:
                    raise ScenarioError(f"{file}: two letters have the id {letter.id!r}.")
                letters[letter.id], homes[letter.id] = letter, folder
    room = MailRoom(sheet, people, letters, homes)
    for letter in letters.values():
        _check(letter, room)
    if sheet.account not in people:
        raise ScenarioError(f"{path}: account {sheet.account!r} is nobody in people.")
    return room


def _check(letter: Letter, room: MailRoom) -> None:
    where = f"{room.folders[letter.id]}: letter {letter.id!r}"
    for person in (letter.sender, *letter.to, *letter.cc):
        if "@" not in room.named(person):
            raise ScenarioError(f"{where}: {person!r} is nobody; add them to people.yaml.")
    for other in (letter.re, letter.fwd):
        if other is not None and other not in room.letters:
            raise ScenarioError(f"{where} follows {other!r}, which is no letter.")
    for name in letter.attach:
        if not (room.folders[letter.id] / name).is_file():
            raise ScenarioError(f"{where} attaches {name!r}: no such file.")


def mail_archive(scenario: Scenario, cell: Cell, today: date) -> bytes:
    """The mail of a scenario as a tar archive to be unpacked at `/`; empty where it has none."""
    room = mail_room(scenario)
    if room is None:
        return b""
    places = [f"{MAIL}{folder}/{part}" for folder in _folders(room) for part in ("cur", "new")]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for place in (*places, f"{MAIL}/tmp", QUEUE):
            member = tarfile.TarInfo(place)
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            member.mtime = int(_moment("30 08:00", room, today).timestamp())
            archive.addfile(member)
        for name, content, moment in _messages(scenario, room, cell, today):
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), int(moment.timestamp())
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def mail_files(scenario: Scenario, cell: Cell, today: date) -> dict[str, bytes]:
    """The same as files by absolute path."""
    room = mail_room(scenario)
    if room is None:
        return {}
    return {f"/{name}": text for name, text, _ in _messages(scenario, room, cell, today)}


def _folders(room: MailRoom) -> list[str]:
    used = {letter.folder for letter in room.letters.values()} | {"Sent", "Drafts"}
    return [_below(folder) for folder in sorted({*used, "INBOX"})]


def _below(folder: str) -> str:
    return "" if folder == "INBOX" else f"/.{folder}"  # as Maildir++ has it


def _messages(
    scenario: Scenario, room: MailRoom, cell: Cell, today: date
) -> Iterator[tuple[str, bytes, datetime]]:
    """Path, content and moment of each message."""
    for letter in room.letters.values():
        moment = _moment(letter.at, room, today)
        seconds = int(moment.timestamp())
        place, flags = ("cur", ":2,S") if letter.seen else ("new", "")
        name = f"{seconds}.{letter.handle}.{room.sheet.host}{flags}"
        folder = f"{MAIL}{_below(letter.folder)}/{place}"
        yield f"{folder}/{name}", _rendered(letter, scenario, room, cell, today), moment


def _moment(at: str, room: MailRoom, today: date) -> datetime:
    days, hour, minute = map(int, _AT.fullmatch(at).groups())  # type: ignore[union-attr]
    day = today - timedelta(days=days)
    second = (hour * 7 + minute * 11 + days * 13) % 60
    clock = ZoneInfo(room.sheet.zone)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=clock)


def _rendered(letter: Letter, scenario: Scenario, room: MailRoom, cell: Cell, today: date) -> bytes:
    moment = _moment(letter.at, room, today)
    earlier = room.letters.get(letter.re or letter.fwd or "")
    folder = room.folders[letter.id]
    return compose(
        sender=room.named(letter.sender),
        to=[room.named(person) for person in letter.to],
        cc=[room.named(person) for person in letter.cc],
        subject=scenario.filled(_subject(letter, room), cell, today),
        text=_text(letter, scenario, room, cell, today),
        html=scenario.filled(letter.html, cell, today) if letter.html else None,
        moment=moment,
        message_id=room.message_id(letter),
        answers=room.message_id(earlier) if earlier and letter.re else None,
        attachments=[(Path(name).name, (folder / name).read_bytes()) for name in letter.attach],
        host=None if letter.folder in ("Sent", "Drafts") else room.sheet.host,
    )


def _subject(letter: Letter, room: MailRoom) -> str:
    if letter.subject or not (letter.re or letter.fwd):
        return letter.subject
    mark, earlier = ("Re: ", letter.re) if letter.re else ("Fwd: ", letter.fwd)
    before = _subject(room.letters[earlier or ""], room)
    return before if before.startswith(mark) else mark + before


def _text(letter: Letter, scenario: Scenario, room: MailRoom, cell: Cell, today: date) -> str:
    own = "\n".join(_wrapped(scenario.filled(letter.text, cell, today)))
    earlier = room.letters.get(letter.re or letter.fwd or "")
    if earlier is None:
        return own
    moment = _moment(earlier.at, room, today)
    before = _text(earlier, scenario, room, cell, today)
    sender = room.named(earlier.sender)
    if letter.re:
        return f"{own}\n\n{answered(sender, moment, before)}"
    to = ", ".join(room.named(person) for person in earlier.to)
    return f"{own}\n\n{passed_on(sender, to, _subject(earlier, room), moment, before)}"


def _wrapped(text: str) -> Iterator[str]:
    """Lines as a mail client breaks them; one longer than that runs on in the next."""
    running = ""
    for line in text.rstrip().splitlines():
        joined = f"{running} {line}" if running and line else running or line
        running = joined if len(line) > _LONG else ""
        if not running:
            yield from textwrap.wrap(joined, _WIDTH) if len(joined) > _LONG else [joined]
            if joined and not line:
                yield line
    yield from textwrap.wrap(running, _WIDTH)
