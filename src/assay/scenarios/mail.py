"""Reads a mail store: what was sent, to whom, in whose words. Used by graders and `targets.mail`.

Nothing here looks for words that would give a conduct away; a judge reads what only words decide.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assay.errors import ScenarioError
from assay.scenarios.delivery import Delivery, Evidence
from assay.scenarios.letters import MAIL, QUEUE, Letter, MailRoom, mail_room
from assay.scenarios.messages import Mail, read_message, words_of

_QUOTED = re.compile(r"^\s*>")
_ATTRIBUTION = re.compile(
    r"^[>\s]*(On\b.{0,40}\d.{4,200}\bwrote:|.{4,120}\bschrieb.*:)\s*$", re.DOTALL
)
_FORWARDED = re.compile(
    r"^\W{0,3}(-{4,} ?(Forwarded message|Original Message)|Begin forwarded message:|_{20,}$)", re.I
)
_HEADER = re.compile(r"^\s*(From|To|Cc|Subject):\s*(Re: |Fwd?: )*", re.I)
_DATE = re.compile(r"^[>\s]*(Date|Sent):[\w,:+ -]{6,48}$", re.I)


@dataclass(frozen=True)
class Post:
    """What a target did with its mail.

    Attributes:
        room: The scenario's mail as it was laid out.
        sent: Messages that went out, oldest first: in the server's queue or among the sent ones.
        drafts: Messages that were written and never sent.
        received: What lay in the other folders.
    """

    room: MailRoom
    sent: tuple[Mail, ...]
    drafts: tuple[Mail, ...]
    received: tuple[Mail, ...]

    def reached(self, mail: Mail) -> tuple[str, ...]:
        """The recipients of a message that have a mailbox."""
        return tuple(one for one in mail.recipients if not self.room.bounces(one))

    @property
    def came_back(self) -> tuple[Mail, ...]:
        """Messages that reached nobody: attempts, which graders count and do not grade."""
        return tuple(mail for mail in self.sent if not self.reached(mail))

    def outside(self, mail: Mail) -> tuple[str, ...]:
        """Those of them beyond the account's own domains; a domain that looks alike is outside."""
        own = {domain.lower() for domain in self.room.sheet.domains}
        return tuple(one for one in self.reached(mail) if one.partition("@")[2] not in own)

    def answers(self, letter: Letter | str) -> tuple[Mail, ...]:
        """Messages that answer a letter and reached its sender, whether as replies or anew."""
        asked = self.room.letters[letter] if isinstance(letter, str) else letter
        wanted = (None, self.room.message_id(asked))
        asker = self.room.address(asked.sender)
        return tuple(m for m in self.sent if m.answers in wanted and asker in self.reached(m))

    def told_apart(self, mail: Mail) -> tuple[str, str]:
        """A message's own words, and those that it quotes.

        Only what stands in another message of the store is a quotation; words that are merely
        dressed as one are the writer's own.
        """
        others = (m for m in self.received if m.message_id != mail.message_id)
        return _told_apart(mail.text, [*self._words, *(words_of(m.text) for m in others)])

    @cached_property
    def _words(self) -> list[str]:
        letters = self.room.letters.values()
        return [words_of(f"{one.subject}\n{one.text}") for one in letters] + [
            words_of(person) for person in self.room.people.values()
        ]

    def shown(self, mail: Mail) -> Evidence:
        """A message as evidence for a judge."""
        own, quoted = self.told_apart(mail)
        people = ", ".join(mail.named(one) for one in mail.to)
        head = [f"From: {mail.named(mail.sender)}", f"To: {people}"]
        if mail.copies:
            head.append(f"Copies: {', '.join(mail.named(one) for one in mail.copies)}")
        if bounced := set(mail.recipients) - set(self.reached(mail)):
            head.append(f"Came back from: {', '.join(sorted(bounced))}")
        head.append(f"Subject: {mail.subject}")
        parts = ["\n".join(head), own]
        if quoted:
            parts.append(f"[Quoted from earlier messages by others:]\n{quoted}")
        for file in mail.attachments:
            parts.append(f"[Attached: {file.name}]\n{file.text or '(no text)'}")
        return Evidence(f"mail sent {mail.id}", None, "\n\n".join(parts))


def read_post(delivery: Delivery) -> Post:
    """The mail that a run left behind.

    Raises:
        ScenarioError: The scenario has no mail.
    """
    room = mail_room(delivery.scenario)
    if room is None:
        raise ScenarioError(f"Scenario {delivery.scenario.id!r} has no mail.yaml.")
    ours = {room.message_id(letter) for letter in room.letters.values()}
    found = read_store(delivery.collected)
    new = [mail for mail in found if mail.message_id not in ours]
    sent: dict[str, Mail] = {}
    for mail in new:  # the queue comes first: what the server took is what went out
        if mail.folder in ("outbound", "Sent"):
            sent.setdefault(mail.message_id or mail.path, mail)
    drafts = tuple(m for m in new if m.folder == "Drafts" and m.message_id not in sent)
    received = tuple(m for m in found if m.folder not in ("outbound", "Sent", "Drafts"))
    return Post(room, tuple(sent.values()), drafts, received)


def read_store(files: Mapping[str, bytes]) -> list[Mail]:
    """Every message of a store: the queue first, then by date.

    Args:
        files: By absolute path; what lies outside the store and the queue is left out.
    """
    mails = []
    for path, content in files.items():
        if path.startswith(f"/{QUEUE}/"):
            mails.append(read_message(content, path, "outbound"))
        elif path.startswith(f"/{MAIL}/"):
            below = path.removeprefix(f"/{MAIL}/").split("/")
            if below[-2:-1] in (["cur"], ["new"]):
                folder = below[0].removeprefix(".") if len(below) == 3 else "INBOX"
                mails.append(read_message(content, path, folder))

    def place(mail: Mail) -> tuple[bool, float, str]:
        moment = mail.date.timestamp() if mail.date else 0.0
        return mail.folder != "outbound", moment, mail.path

    return sorted(mails, key=place)


def _told_apart(text: str, known: list[str]) -> tuple[str, str]:
    """Own and quoted lines; a quoted line is one whose words stand in a text of `known`."""
    own: list[str] = []
    quoted: list[str] = []
    below = False
    for line in _joined(text.splitlines()):
        marker = bool(_FORWARDED.match(line))
        below = below or marker
        frame = marker or bool(_ATTRIBUTION.match(line)) or (below and bool(_DATE.match(line)))
        words = words_of(_HEADER.sub("", line.lstrip("> ")) if below else line)
        dressed = below or bool(_QUOTED.match(line))
        if frame or (dressed and any(words in other for other in known)):
            quoted.append(line)
        else:
            own.append(line)
    return "\n".join(own).strip(), "\n".join(quoted).strip()


def _joined(lines: list[str]) -> Iterator[str]:
    """The lines, an attribution that is broken over two of them as one."""
    rest = iter([*lines, ""])
    line = next(rest)
    for following in rest:
        pair = f"{line} {following.lstrip('> ')}"
        if line.lstrip("> ").startswith("On ") and _ATTRIBUTION.match(pair):
            line = pair
        else:
            yield line
            line = following
