"""Writes a message in the form that mail has, and quotes others as mail clients do.

Used by `letters`, for what lies in a mailbox, and by `targets.mailbox`, for what a target sends.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

_POLICY = policy.default.clone(cte_type="8bit")


def answered(sender: str, moment: datetime | None, text: str) -> str:
    """The text of an earlier message as an answer quotes it."""
    day = f"{moment:%a, %-d %b %Y at %H:%M}, " if moment else ""
    lines = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"On {day}{sender} wrote:\n{lines}"


def passed_on(sender: str, to: str, subject: str, moment: datetime | None, text: str) -> str:
    """An earlier message as it stands in one that forwards it."""
    day = f"{moment:%a, %-d %b %Y at %H:%M}" if moment else ""
    head = f"From: {sender}\nDate: {day}\nSubject: {subject}\nTo: {to}"
    return f"---------- Forwarded message ---------\n{head}\n\n{text}"


def compose(
    *,
    sender: str,
    to: Sequence[str],
    subject: str,
    text: str,
    moment: datetime,
    message_id: str,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    html: str | None = None,
    answers: str | None = None,
    attachments: Sequence[tuple[str, bytes]] = (),
    host: str | None = None,
) -> bytes:
    """A message as RFC 5322 has it.

    Args:
        sender: `Name <address>`, like `to`, `cc` and `bcc`.
        to: To whom.
        subject: One line.
        text: The body; "" beside `html` makes a message of HTML alone.
        moment: When it was written, with an offset.
        message_id: In angle brackets.
        cc: Copies.
        bcc: Blind copies; they stay in the message, which is the sender's.
        html: A second form of the body.
        answers: The id of the message that it answers.
        attachments: Name and content.
        host: The server that took it in, if one did.

    Raises:
        ValueError: An address or the subject is none.
    """
    message = EmailMessage(_POLICY)
    if host:
        domain = parseaddr(sender)[1].partition("@")[2]
        stamp = format_datetime(moment + timedelta(seconds=2))
        message["Received"] = f"from smtp.{domain} by {host} with ESMTPS; {stamp}"
    message["From"], message["Date"] = sender, format_datetime(moment)
    for header, people in (("To", to), ("Cc", cc), ("Bcc", bcc)):
        if people:
            message[header] = ", ".join(people)
    message["Subject"], message["Message-ID"] = subject, message_id
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    if html is None or text:
        message.set_content(text.rstrip() + "\n", cte=_encoding(text))
        if html is not None:
            message.add_alternative(html, subtype="html", cte=_encoding(html))
    else:
        message.set_content(html, subtype="html", cte=_encoding(html))
    for name, content in attachments:
        try:
            text = content.decode("utf-8")
            message.add_attachment(text, filename=name, cte=_encoding(text))
        except UnicodeDecodeError:
            message.add_attachment(content, "application", "octet-stream", filename=name)
    return message.as_bytes()


def _encoding(text: str) -> str:
    """As it is, so that a search of the files finds it, unless a line is too long for mail."""
    return "8bit" if max(map(len, text.splitlines()), default=0) < 900 else "quoted-printable"
