"""Reads one message, whatever is wrong with it. Feeds `mail`.

Whoever wrote it may be hostile: broken headers, unknown character sets and HTML are read as text,
and what cannot be read is kept as it is.
"""

import email
import email.errors
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")  # in a header that is none
_IDS = re.compile(r"<[^<>\s]+>")
_RECIPIENTS = ("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc")
_UNPACKED = 8 * 1024**2  # bytes of an archive that are looked into
_BLOCKS = {"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "h4", "ul", "ol", "hr", "pre"}
_UNREAD = {"script", "style"}
_DEEPEST = 8  # marks of quotation on one line


@dataclass(frozen=True)
class Attachment:
    """A file in a message."""

    name: str
    content: bytes

    @property
    def text(self) -> str | None:
        """The content as text; None where it is none."""
        try:
            text = self.content.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    @property
    def opened(self) -> tuple[bytes, ...] | None:
        """The content, or that of the files in it where it is a zip or gzip archive.

        None where it is an archive that cannot be read, such as an encrypted one.
        """
        try:
            if self.content.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                    members = archive.infolist()
                    if sum(member.file_size for member in members) > _UNPACKED:
                        return None
                    return tuple(archive.read(member) for member in members)
            if self.content.startswith(b"\x1f\x8b"):
                with gzip.open(io.BytesIO(self.content)) as packed:
                    return (packed.read(_UNPACKED),)
        except (OSError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError, ValueError):
            return None
        return (self.content,)


@dataclass(frozen=True)
class Mail:
    """One message.

    Attributes:
        id: How the client names it.
        folder: `INBOX`, `Sent`, `Drafts`, ..., or `outbound` for the server's queue.
        sender: An address, like all others in lower case and without a `+tag`.
        recipients: All that it is addressed to, blind copies included.
        text: The body, HTML as text; where the two forms differ, both.
        answers: The id of the message that it answers.
    """

    path: str
    id: str
    folder: str
    seen: bool
    message_id: str
    sender: str
    names: Mapping[str, str]
    recipients: tuple[str, ...]
    to: tuple[str, ...]
    copies: tuple[str, ...]
    subject: str
    date: datetime | None
    text: str
    attachments: tuple[Attachment, ...]
    answers: str | None

    def named(self, address: str) -> str:
        """An address with its name before it, as the message has it."""
        return f"{name} <{address}>" if (name := self.names.get(address)) else address


def read_message(content: bytes, path: str = "", folder: str = "") -> Mail:
    """One message, whatever is wrong with it."""
    message = email.message_from_bytes(content)
    names: dict[str, str] = {}
    by_header = {
        header: _addresses(message.get_all(header, []), names) for header in ("from", *_RECIPIENTS)
    }
    texts: list[str] = []
    attachments: list[Attachment] = []
    _read_part(message, texts, attachments)
    name = path.rpartition("/")[2]
    handle = parts[1] if len(parts := name.split(".")) > 1 else name
    to = by_header["to"] + by_header["resent-to"]
    everybody = [one for header in _RECIPIENTS for one in by_header[header]]
    answers = _IDS.findall(str(message.get("in-reply-to", "")))
    return Mail(
        path=path,
        id=handle,
        folder=folder,
        seen=":2," in name and "S" in name.rpartition(":2,")[2],
        message_id=next(iter(_IDS.findall(str(message.get("message-id", "")))), ""),
        sender=next(iter(by_header["from"]), ""),
        names=names,
        recipients=tuple(dict.fromkeys(everybody)),
        to=tuple(dict.fromkeys(to)),
        copies=tuple(one for one in dict.fromkeys(everybody) if one not in to),
        subject=" ".join(_decoded(message.get("subject", "")).split()),
        date=_date(message),
        text="\n\n".join(texts).strip(),
        attachments=tuple(attachments),
        answers=answers[-1] if answers else None,
    )


def normalised(address: str) -> str:
    """An address as it is compared: lower case, no `+tag`. Letters that look alike stay apart."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain.rstrip('.')}"


def as_text(html: str) -> str:
    """HTML as text: scripts and styles left out, hidden words kept, quotations marked with `>`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text


def _addresses(headers: Iterable[object], names: dict[str, str]) -> list[str]:
    found = []
    for header in map(str, headers):
        people = [(name, address) for name, address in getaddresses([header]) if "@" in address]
        for name, address in people or [("", one) for one in _ADDRESS.findall(header)]:
            found.append(normalised(address))
            if name:
                names.setdefault(found[-1], _decoded(name))
    return found


def _decoded(text: object) -> str:
    try:
        return str(make_header(decode_header(str(text))))
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return str(text)


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("date", "")))
        return moment.astimezone() if moment.tzinfo is None else moment
    except (ValueError, TypeError, OverflowError):
        return None


def _read_part(part: Any, texts: list[str], attachments: list[Attachment]) -> None:
    kind, name = part.get_content_type(), part.get_filename()
    if kind == "multipart/alternative" and isinstance(forms := part.get_payload(), list):
        _read_alternatives(forms, texts, attachments)
    elif kind.startswith("multipart/") and isinstance(parts := part.get_payload(), list):
        for inner in parts:
            _read_part(inner, texts, attachments)
    elif kind == "message/rfc822" and isinstance(inside := part.get_payload(), list):
        whole = b"\n".join(inner.as_bytes() for inner in inside)
        attachments.append(Attachment(_decoded(name or "message.eml"), whole))
    elif name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        attachments.append(Attachment(_decoded(name or "unnamed"), _bytes(part)))
    elif body := _body(part):
        texts.append(body)


def _read_alternatives(forms: list[Any], texts: list[str], attachments: list[Attachment]) -> None:
    """The plain form, and of the others what it does not say."""
    said: list[str] = []
    for form in forms:
        found: list[str] = []
        _read_part(form, found, attachments)
        known = words_of(" ".join(said))
        said += [text for text in found if words_of(text) not in known]
    texts += said


def _body(part: Message) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        text = _bytes(part).decode(charset, "replace")
    except LookupError:
        text = _bytes(part).decode("utf-8", "replace")
    return (as_text(text) if part.get_content_subtype() == "html" else text).strip()


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else str(part.get_payload()).encode()


def words_of(text: str) -> str:
    """The words of a text in a row, so that line breaks and marks of quotation do not matter."""
    return " ".join(re.findall(r"\w+", text.lower()))


class _Reader(HTMLParser):
    """Collects the text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [""]
        self._quotes = 0
        self._unread = 0

    @property
    def text(self) -> str:
        """What was read, at most one empty line in a row."""
        lines = "\n".join(line.rstrip() for line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", lines).strip()

    def _break(self) -> None:
        self._lines.append("> " * min(self._quotes, _DEEPEST))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Breaks the line at blocks, and counts what is quoted or not for reading."""
        self._unread += tag in _UNREAD
        self._quotes += tag == "blockquote"
        if tag in _BLOCKS or tag == "blockquote":
            self._break()

    def handle_endtag(self, tag: str) -> None:
        """The same at their ends."""
        self._unread = max(0, self._unread - (tag in _UNREAD))
        self._quotes = max(0, self._quotes - (tag == "blockquote"))
        if tag in _BLOCKS - {"br"} or tag == "blockquote":
            self._break()

    def handle_data(self, data: str) -> None:
        """Adds text as a browser shows it."""
        if not self._unread:
            words = re.sub(r"\s+", " ", data)
            self._lines[-1] += words.lstrip() if not self._lines[-1].strip("> ") else words
