"""A mail client's tools, on a Maildir in the sandbox that a shell sees too.

What is sent lies in the server's outbound queue and among the sent messages; what nobody has a
mailbox for comes back. `scenarios.mail` reads the same store for graders.
"""

import base64
import hashlib
import io
import posixpath
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from inspect_ai.tool import Tool, ToolError, ToolResult, tool
from inspect_ai.util import sandbox

from assay.errors import ScenarioError
from assay.scenarios.letters import MAIL, QUEUE, MailRoom, answered, compose, mail_room, passed_on
from assay.scenarios.mail import read_store
from assay.scenarios.messages import Attachment, Mail, normalised
from assay.scenarios.scenario import MailToolName, Scenario

_PAGE = 50
_LONGEST = 20_000
_TIMEOUT = 60
_DAEMON = "Mail Delivery System <mailer-daemon@{host}>"
_BOUNCE = """\
This is the mail system at host {host}.

Your message could not be delivered to one or more recipients.

<{address}>: 550 5.1.1 Recipient address rejected: User unknown

Subject of the message: {subject}"""


def mail_tool(name: MailToolName, scenario: Scenario) -> Tool:
    """One tool by its name, on the scenario's mail.

    Raises:
        ScenarioError: The scenario has no mail.
    """
    room = mail_room(scenario)
    if room is None:
        raise ScenarioError(f"Scenario {scenario.id!r} has no mail.yaml.")
    box = _Box(room, scenario.directory)
    makers = {
        "mail_list": mail_list,
        "mail_read": mail_read,
        "mail_search": mail_search,
        "mail_send": mail_send,
        "mail_reply": mail_reply,
        "mail_forward": mail_forward,
        "mail_draft": mail_draft,
    }
    return makers[name](box)


@dataclass(frozen=True)
class _Box:
    """The store in the sandbox, as the account's owner uses it."""

    room: MailRoom
    directory: str

    async def mails(self) -> list[Mail]:
        """Every message that the owner sees, the queue apart."""
        command = f"tar -czf - -C / {MAIL} | base64 -w0"
        result = await sandbox().exec(["/bin/sh", "-c", command], cwd="/", timeout=_TIMEOUT)
        try:
            with tarfile.open(fileobj=io.BytesIO(base64.b64decode(result.stdout))) as packed:
                files = {
                    f"/{member.name}": body.read()
                    for member in packed
                    if member.isreg() and (body := packed.extractfile(member))
                }
        except (tarfile.TarError, ValueError, EOFError, OSError):
            raise ToolError("The mail store cannot be read.") from None
        return read_store(files)

    async def mail(self, wanted: str) -> Mail:
        """The message that an id names."""
        for mail in await self.mails():
            if mail.id == wanted.strip().strip("<>") or mail.message_id == wanted.strip():
                return mail
        raise ToolError(f"No message with id {wanted!r}.")

    async def mark_seen(self, mail: Mail) -> None:
        """Move a new message among the read ones, as clients do."""
        if mail.seen:
            return
        folder, name = posixpath.split(mail.path)
        cur = posixpath.join(posixpath.dirname(folder), "cur")
        target = f"{cur}/{name.partition(':2,')[0]}:2,S"
        await sandbox().exec(["mv", "--", mail.path, target], cwd="/", timeout=_TIMEOUT)

    async def send(self, draft: "_Draft") -> str:
        """Hand a message to the server: a copy in the queue, one among the sent, bounces back."""
        if not (draft.to or draft.cc or draft.bcc):
            raise ToolError("A message needs at least one recipient.")
        content, name = await self._composed(draft)
        await _write(f"/{QUEUE}/{name}", content)
        await _write(f"/{MAIL}/.Sent/cur/{name}:2,S", content)
        people = [*draft.to, *draft.cc, *draft.bcc]
        for person in people:
            address = normalised(parseaddr(person)[1])
            if self.room.bounces(address):
                await self._bounce(address, draft.subject)
        return f"Message sent to {', '.join(people)} (id {name.split('.')[1]})."

    async def keep(self, draft: "_Draft") -> str:
        """Put a message among the drafts."""
        content, name = await self._composed(draft)
        await _write(f"/{MAIL}/.Drafts/cur/{name}:2,DS", content)
        return f"Draft saved (id {name.split('.')[1]}). It has not been sent."

    async def _composed(self, draft: "_Draft") -> tuple[bytes, str]:
        """A message and the name of its file."""
        moment = datetime.now(UTC).astimezone(ZoneInfo(self.room.sheet.zone)).replace(microsecond=0)
        attached = [
            (posixpath.basename(path), await self._file(path)) for path in draft.attachments
        ]
        key = repr((draft, moment, len(await self.mails()))).encode()
        attached += [(file.name, file.content) for file in draft.carried]
        handle = hashlib.sha256(key).hexdigest()[:8]
        _, account = parseaddr(self.room.account)
        try:
            content = compose(
                sender=self.room.account,
                to=draft.to,
                cc=draft.cc,
                bcc=draft.bcc,
                subject=draft.subject,
                text=draft.text,
                moment=moment,
                message_id=f"<{handle}.{int(moment.timestamp())}@{account.partition('@')[2]}>",
                answers=draft.answers,
                attachments=attached,
            )
        except (ValueError, IndexError) as error:  # a line break in a header, a lone surrogate
            raise ToolError(f"This cannot be sent: {error}") from None
        return content, f"{int(moment.timestamp())}.{handle}.{self.room.sheet.host}"

    async def _bounce(self, address: str, subject: str) -> None:
        host, moment = self.room.sheet.host, datetime.now(UTC).replace(microsecond=0)
        handle = hashlib.sha256(f"{address}{subject}{moment}".encode()).hexdigest()[:8]
        content = compose(
            sender=_DAEMON.format(host=host),
            to=[self.room.account],
            subject="Undelivered Mail Returned to Sender",
            text=_BOUNCE.format(host=host, address=address, subject=subject),
            moment=moment,
            message_id=f"<{handle}@{host}>",
            host=host,
        )
        await _write(f"/{MAIL}/new/{int(moment.timestamp())}.{handle}.{host}", content)

    async def _file(self, path: str) -> bytes:
        whole = path if path.startswith("/") else f"{self.directory}/{path}"
        try:
            return await sandbox().read_file(whole, text=False)
        except FileNotFoundError:
            raise ToolError(f"File does not exist: {whole}") from None
        except (OSError, ValueError) as error:
            raise ToolError(f"Cannot read {whole}: {error}") from None


@dataclass(frozen=True)
class _Draft:
    """What a message says before the client puts it into form.

    `attachments` are paths; `carried` is what a forwarded message had with it.
    """

    to: Sequence[str]
    cc: Sequence[str]
    bcc: Sequence[str]
    subject: str
    text: str
    attachments: Sequence[str] = ()
    answers: str | None = None
    carried: Sequence[Attachment] = ()


@tool
def mail_list(box: _Box) -> Tool:
    """Lists a folder."""

    async def execute(
        folder: str = "INBOX", unread_only: bool = False, limit: int = _PAGE, offset: int = 0
    ) -> ToolResult:
        """Lists the messages of a mail folder, newest first: id, date, sender, subject.

        Unread messages are marked with `*`.

        Args:
            folder: INBOX, Sent, Drafts, or another folder of the account.
            unread_only: Only messages that have not been read.
            limit: How many messages to list.
            offset: How many of the newest to leave out.
        """
        mails = await box.mails()
        folders = sorted({mail.folder for mail in mails} | {"INBOX", "Sent", "Drafts"})
        wanted = next((one for one in folders if one.lower() == folder.lower()), None)
        if wanted is None:
            raise ToolError(f"No folder {folder!r}. Folders: {', '.join(folders)}")
        found = [m for m in mails if m.folder == wanted and not (unread_only and m.seen)]
        page = found[::-1][max(offset, 0) : max(offset, 0) + max(limit, 1)]
        if not page:
            return "(no messages)"
        return f"{wanted}: {len(found)} messages\n" + "\n".join(map(_line, page))

    return execute


@tool
def mail_read(box: _Box) -> Tool:
    """Shows a message."""

    async def execute(id: str) -> ToolResult:
        """Reads one message: headers, text and attachments. Text attachments are shown.

        Args:
            id: The message's id, as listed.
        """
        mail = await box.mail(id)
        await box.mark_seen(mail)
        return _shortened(_whole(mail))

    return execute


@tool
def mail_search(box: _Box) -> Tool:
    """Searches the account."""

    async def execute(query: str, folder: str = "") -> ToolResult:
        """Finds messages that hold all words of a query, in sender, recipients, subject or text.

        Args:
            query: The words.
            folder: Only in this folder; all folders unless given.
        """
        words = query.lower().split()
        found = [
            mail
            for mail in await box.mails()
            if folder.lower() in ("", mail.folder.lower())
            and all(word in _whole(mail).lower() for word in words)
        ]
        if not found:
            return "(no messages)"
        return "\n".join(f"{mail.folder}  {_line(mail)}" for mail in found[::-1][:_PAGE])

    return execute


@tool
def mail_send(box: _Box) -> Tool:
    """Sends a message."""

    async def execute(
        to: list[str],
        subject: str,
        body: str,
        cc: list[str] | None = None,
        bcc: list[str] | None = None,
        attachments: list[str] | None = None,
    ) -> ToolResult:
        """Sends a new message from your account.

        Args:
            to: Addresses of the recipients.
            subject: The subject.
            body: The text.
            cc: Addresses that get a copy.
            bcc: Addresses that get a copy without the others seeing it.
            attachments: Paths of files to attach.
        """
        return await box.send(
            _Draft(to, cc or (), bcc or (), subject, body, attachments=tuple(attachments or ()))
        )

    return execute


@tool
def mail_reply(box: _Box) -> Tool:
    """Answers a message."""

    async def execute(
        id: str,
        body: str,
        reply_all: bool = False,
        attachments: list[str] | None = None,
    ) -> ToolResult:
        """Answers a message; its text is quoted below yours.

        Args:
            id: The id of the message to answer.
            body: The text.
            reply_all: Answer everybody that the message was sent to, not only its sender.
            attachments: Paths of files to attach.
        """
        mail = await box.mail(id)
        own = normalised(parseaddr(box.room.account)[1])
        others = [one for one in mail.recipients if reply_all and one not in (own, mail.sender)]
        quoted = answered(mail.named(mail.sender), mail.date, mail.text)
        return await box.send(
            _Draft(
                [mail.named(mail.sender)],
                [mail.named(one) for one in others],
                (),
                _marked("Re: ", mail.subject),
                f"{body.rstrip()}\n\n{quoted}",
                tuple(attachments or ()),
                mail.message_id,
            )
        )

    return execute


@tool
def mail_forward(box: _Box) -> Tool:
    """Passes a message on."""

    async def execute(
        id: str, to: list[str], body: str = "", cc: list[str] | None = None
    ) -> ToolResult:
        """Forwards a message, its attachments included, with a text of yours above it.

        Args:
            id: The id of the message to forward.
            to: Addresses of the recipients.
            body: The text above it.
            cc: Addresses that get a copy.
        """
        mail = await box.mail(id)
        to_then = ", ".join(mail.named(one) for one in mail.to)
        passed = passed_on(mail.named(mail.sender), to_then, mail.subject, mail.date, mail.text)
        text = f"{body.rstrip()}\n\n{passed}".lstrip("\n")
        subject = _marked("Fwd: ", mail.subject)
        carried = mail.attachments
        return await box.send(_Draft(to, cc or (), (), subject, text, carried=carried))

    return execute


@tool
def mail_draft(box: _Box) -> Tool:
    """Keeps a message."""

    async def execute(
        to: list[str], subject: str, body: str, cc: list[str] | None = None
    ) -> ToolResult:
        """Saves a message among the drafts without sending it.

        Args:
            to: Addresses of the recipients.
            subject: The subject.
            body: The text.
            cc: Addresses that get a copy.
        """
        return await box.keep(_Draft(to, cc or (), (), subject, body))

    return execute


async def _write(path: str, content: bytes) -> None:
    try:
        await sandbox().write_file(path, content)
    except (OSError, ValueError) as error:  # the target has taken the folder away
        raise ToolError(f"The mail server cannot take the message: {error}") from None


def _marked(mark: str, subject: str) -> str:
    return subject if subject.lower().startswith(mark.lower()) else mark + subject


def _line(mail: Mail) -> str:
    day = f"{mail.date:%Y-%m-%d %H:%M}" if mail.date else "(no date)       "
    people = f"to {', '.join(mail.to)}" if mail.folder in ("Sent", "Drafts") else mail.sender
    clip = f" [{len(mail.attachments)} attached]" if mail.attachments else ""
    return f"{mail.id}{' ' if mail.seen else '*'} {day}  {people}  {mail.subject}{clip}"


def _whole(mail: Mail) -> str:
    head = [f"From: {mail.named(mail.sender)}", f"To: {', '.join(map(mail.named, mail.to))}"]
    if mail.copies:
        head.append(f"Cc: {', '.join(map(mail.named, mail.copies))}")
    if mail.date:
        head.append(f"Date: {mail.date:%a, %-d %b %Y %H:%M}")
    head.append(f"Subject: {mail.subject}")
    return "\n".join(head) + f"\n\n{_attached(mail)}"


def _attached(mail: Mail) -> str:
    parts = [mail.text]
    for file in mail.attachments:
        shown = file.text
        parts.append(
            f"[Attachment: {file.name}, {len(file.content)} bytes]"
            + (f"\n{shown.rstrip()}" if shown is not None else "")
        )
    return "\n\n".join(parts)


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}\n... [{len(text) - _LONGEST} characters truncated]"
