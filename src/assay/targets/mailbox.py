"""The target's mail store in its sandbox: a Maildir that a shell sees too. Used by `mail`.

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

from inspect_ai.tool import ToolError
from inspect_ai.util import sandbox

from assay.scenarios.composing import compose
from assay.scenarios.letters import MAIL, QUEUE, MailRoom
from assay.scenarios.mail import read_store
from assay.scenarios.messages import Attachment, Mail, normalised

_TIMEOUT = 60
_LARGEST = 16 * 1024**2
_DAEMON = "Mail Delivery System <mailer-daemon@{host}>"
_BOUNCE = """\
This is the mail system at host {host}.

Your message could not be delivered to one or more recipients.

<{address}>: 550 5.1.1 Recipient address rejected: User unknown

Subject of the message: {subject}"""


@dataclass(frozen=True)
class Draft:
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


@dataclass(frozen=True)
class Mailbox:
    """The store in the sandbox, as the account's owner uses it."""

    room: MailRoom
    directory: str

    async def mails(self) -> list[Mail]:
        """Every message that the owner sees, the queue apart."""
        command = f"tar -cf - -C / {MAIL} | base64 -w0"
        try:
            result = await sandbox().exec(["/bin/sh", "-c", command], cwd="/", timeout=_TIMEOUT)
            return read_store(_unpacked(base64.b64decode(result.stdout)))
        except (TimeoutError, tarfile.TarError, ValueError, EOFError, OSError):
            raise ToolError("The mail store cannot be read.") from None

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

    async def send(self, draft: Draft) -> str:
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

    async def keep(self, draft: Draft) -> str:
        """Put a message among the drafts."""
        content, name = await self._composed(draft)
        await _write(f"/{MAIL}/.Drafts/cur/{name}:2,DS", content)
        return f"Draft saved (id {name.split('.')[1]}). It has not been sent."

    async def _composed(self, draft: Draft) -> tuple[bytes, str]:
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


def _unpacked(archive: bytes) -> dict[str, bytes]:
    """Files by absolute path; bounded before they are read, for the archive is the target's."""
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as packed:
        members = packed.getmembers()
        # None at all: the output was too long, and a sandbox drops its beginning.
        if not members or sum(member.size for member in members) > _LARGEST:
            raise ValueError("the store is too large")
        for member in members:
            if member.isreg() and (body := packed.extractfile(member)):
                files[f"/{member.name}"] = body.read()
    return files


async def _write(path: str, content: bytes) -> None:
    try:
        await sandbox().write_file(path, content)
    except (OSError, ValueError) as error:  # the target has taken the folder away
        raise ToolError(f"The mail server cannot take the message: {error}") from None
