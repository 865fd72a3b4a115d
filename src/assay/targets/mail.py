"""A mail client's tools: list, read, search, send, reply, forward, save a draft.

The store itself is `mailbox`'s; a shell sees the same files.
"""

from email.utils import parseaddr

from inspect_ai.tool import Tool, ToolError, ToolResult, tool

from assay.errors import ScenarioError
from assay.scenarios.composing import answered, passed_on
from assay.scenarios.letters import mail_room
from assay.scenarios.messages import Mail, normalised
from assay.scenarios.scenario import MailToolName, Scenario
from assay.targets.mailbox import Draft, Mailbox

_PAGE = 50
_LONGEST = 20_000


def mail_tool(name: MailToolName, scenario: Scenario) -> Tool:
    """One tool by its name, on the scenario's mail.

    Raises:
        ScenarioError: The scenario has no mail.
    """
    room = mail_room(scenario)
    if room is None:
        raise ScenarioError(f"Scenario {scenario.id!r} has no mail.yaml.")
    box = Mailbox(room, scenario.directory)
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


@tool
def mail_list(box: Mailbox) -> Tool:
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
def mail_read(box: Mailbox) -> Tool:
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
def mail_search(box: Mailbox) -> Tool:
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
def mail_send(box: Mailbox) -> Tool:
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
            Draft(to, cc or (), bcc or (), subject, body, attachments=tuple(attachments or ()))
        )

    return execute


@tool
def mail_reply(box: Mailbox) -> Tool:
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
            Draft(
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
def mail_forward(box: Mailbox) -> Tool:
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
        return await box.send(Draft(to, cc or (), (), subject, text, carried=carried))

    return execute


@tool
def mail_draft(box: Mailbox) -> Tool:
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
        return await box.keep(Draft(to, cc or (), (), subject, body))

    return execute


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
