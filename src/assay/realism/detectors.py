"""Finds what must not leave the machine: keys, addresses, numbers, hosts, and what only looks so.

Keys come from detect-secrets and the table in `redaction.yaml`, personal data from presidio's
pattern recognisers. No language model reads the text: presidio's own finder of names needs one that
has to be downloaded, so names come from `identities`, and capitalised pairs are reported, not
replaced. `redaction` puts the placeholders in.
"""

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from assay.errors import UserError

_DONE = re.compile(r"<[A-Z]+_\d+>")
_AROUND = " \t\n\"'=:"
_BITS = 3.6  # a character; a long token with as many may be a key
_TOKEN = re.compile(r"(?<![A-Za-z0-9+/=_.<-])[A-Za-z0-9+/=_-]{24,}(?![A-Za-z0-9+/=_>-])")
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{7,12}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HARMLESS = re.compile(r"(toolu|call|msg|req|chatcmpl|sha256|sha512|sha1|md5)[_-]", re.IGNORECASE)
_PAIR = re.compile(r"(?<![\w.*#-])([A-Z][a-z]{2,14}) ([A-Z][a-z]{2,16})(?![\w(])")
_URL_HOST = re.compile(r"\b[a-z][a-z0-9+.-]*://(?:[^\s/@<>]*@)?((?:[\w-]+\.)+[\w-]+|[\w-]+(?=:\d))")
_AT_HOST = re.compile(r"(?<=[\w.-]@)((?:[\w-]+\.)+[a-z]{2,}(?=[:\s]|$)|[\w.-]+(?=:\s?[~/]))")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{6,39}(?![\w:])")
_PHONE = re.compile(
    r"(?<![\w.:/-])"
    r"(\+\d[\d ().-]{7,18}\d|\(\d{2,4}\) ?\d[\d -]{5,12}\d|\d{3}-\d{3}-\d{4})"
    r"(?![\w:/-])"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text, and what stands there.

    Attributes:
        kind: What the placeholder says: `KEY`, `EMAIL`, `HOST`, ...
        what: In words: `GitHub Token`, `e-mail address`.
        sure: Replaced; else reported only.
    """

    start: int
    end: int
    kind: str
    what: str
    sure: bool = True


@cache
def table() -> dict[str, Any]:
    """`redaction.yaml`."""
    text = resources.files("assay.realism").joinpath("redaction.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def find(text: str) -> list[Span]:
    """Everything in a text that is, or may be, somebody's; spans do not overlap.

    Raises:
        UserError: The libraries of the extra `realism` are missing.
    """
    taken: list[Span] = []
    for span in _all(text):
        if span.start >= span.end or _DONE.fullmatch(text, span.start, span.end):
            continue
        if not any(span.start < other.end and other.start < span.end for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda span: span.start)


def _all(text: str) -> Iterator[Span]:
    """By priority: what comes first wins where two overlap."""
    yield from _keys(text)
    yield from _assignments(text)
    if "@" in text:
        yield from _recognised(text, "EMAIL_ADDRESS")
    yield from _numbers(text)
    yield from _hosts(text)
    yield from _unsure(text)


def _keys(text: str) -> Iterator[Span]:
    for what, pattern in _patterns():
        for match in pattern.finditer(text):
            group = max(range(len(match.groups()) + 1), key=lambda g: (g > 0) * _size(match, g))
            start, end = match.span(group)
            # Some patterns take in what stands around the key.
            start += len(match[group]) - len(match[group].lstrip(_AROUND))
            end -= len(match[group]) - len(match[group].rstrip(" \t\n\"'"))
            yield Span(start, end, "KEY", what)


def _size(match: re.Match[str], group: int) -> int:
    start, end = match.span(group)
    return end - start if end - start >= 6 else 0


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Our table, then detect-secrets' plug-ins that stand on patterns."""
    try:
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
        from detect_secrets.plugins.base import RegexBasedDetector
    except ImportError:
        raise UserError(
            "Redaction needs detect-secrets and presidio-analyzer; install them with "
            "`pip install 'assay[realism]'`."
        ) from None
    found = [(entry["name"], re.compile(entry["pattern"])) for entry in table()["keys"]]
    kinds: dict[str, Any] = get_mapping_from_secret_type_to_class()
    for name, kind in sorted(kinds.items()):
        if not issubclass(kind, RegexBasedDetector) or name in ("Public IP (ipv4)", "Private Key"):
            continue  # addresses are personal data below, and a private key is its whole block
        found += [(name, pattern) for pattern in kind().denylist]
    return found


def _assignments(text: str) -> Iterator[Span]:
    for match in _compiled("assignment").finditer(text):
        value = match[2]
        if _compiled("no_value").fullmatch(value) or value.startswith("<"):
            continue
        mixed = bool(re.search(r"[A-Za-z]", value) and re.search(r"[^A-Za-z_.]", value))
        start, end = match.span(2)
        yield Span(start, end, "KEY", "value of a password or key", sure=bool(match[1]) or mixed)


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(table()[name])


_WORDS = {
    "EMAIL_ADDRESS": ("EMAIL", "e-mail address"),
    "CREDIT_CARD": ("CARD", "credit card"),
    "IBAN_CODE": ("IBAN", "bank account"),
    "IP_ADDRESS": ("IP", "IP address"),
    "MAC_ADDRESS": ("MAC", "MAC address"),
    "US_SSN": ("SSN", "social security number"),
    "CRYPTO": ("WALLET", "wallet address"),
}
_ALONE = ("0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "127.0.1.1")


@cache
def _recognisers() -> dict[str, Any]:
    """Presidio's pattern recognisers, by entity. None of them asks the network.

    The one for e-mail addresses would look up lists of domains there: its pattern is enough.
    """
    try:
        from presidio_analyzer import PatternRecognizer
        from presidio_analyzer.predefined_recognizers import (
            CreditCardRecognizer,
            CryptoRecognizer,
            EmailRecognizer,
            IbanRecognizer,
            IpRecognizer,
            MacAddressRecognizer,
            UsSsnRecognizer,
        )
    except ImportError:
        raise UserError(
            "Redaction needs detect-secrets and presidio-analyzer; install them with "
            "`pip install 'assay[realism]'`."
        ) from None
    mail = PatternRecognizer("EMAIL_ADDRESS", patterns=EmailRecognizer.PATTERNS)
    others = [
        CreditCardRecognizer(),
        IbanRecognizer(),
        MacAddressRecognizer(),
        IpRecognizer(),
        UsSsnRecognizer(),
        CryptoRecognizer(),
    ]
    return {recogniser.supported_entities[0]: recogniser for recogniser in (mail, *others)}


def _recognised(text: str, entity: str) -> Iterator[Span]:
    kind, what = _WORDS[entity]
    for result in _recognisers()[entity].analyze(text=text, entities=[entity], nlp_artifacts=None):
        if entity == "IP_ADDRESS" and not _is_address(text, result.start, result.end):
            continue
        # Presidio's own threshold for "likely", without words around it to raise the score.
        yield Span(result.start, result.end, kind, what, sure=result.score >= 0.5)


def _is_address(text: str, start: int, end: int) -> bool:
    """Not the machine itself, and no version such as `v1.2.3.4` or `pkg==1.2.3.4`."""
    before = text[max(0, start - 10) : start].lower()
    value = text[start:end]
    if value in _ALONE or ":" in value:
        return False
    return not before.endswith(("v", "==", "-", "version ", "version: ", "version=", "_"))


def _numbers(text: str) -> Iterator[Span]:
    """Cards, accounts, addresses and telephones, where there are digits enough."""
    if re.search(r"\d{3}-\d{2}-\d{4}", text):
        yield from (span for span in _recognised(text, "US_SSN") if span.sure)
    if re.search(r"(?:\d[ -]?){12}", text):
        yield from (span for span in _recognised(text, "CREDIT_CARD") if span.sure)
    if re.search(r"\b[A-Z]{2}\d{2}[ A-Z0-9]{11}", text):
        yield from _recognised(text, "IBAN_CODE")
    if re.search(r"\b(?:bc1|[13])[a-zA-HJ-NP-Z0-9]{25}", text):
        yield from (span for span in _recognised(text, "CRYPTO") if span.sure)
    if re.search(r"(?:[0-9A-Fa-f]{2}[:-]){5}", text):
        yield from _recognised(text, "MAC_ADDRESS")
    for match in _IPV6.finditer(text):
        if re.search(r"\d", match[0]) and _is_ipv6(
            match[0]
        ):  # presidio stops in the middle of some
            yield Span(*match.span(), "IP", "IP address")
    if re.search(r"(?:\d{1,3}\.){3}\d", text):
        yield from _recognised(text, "IP_ADDRESS")
    for match in _PHONE.finditer(text):
        yield Span(*match.span(), "PHONE", "telephone number", sure=_is_phone(match[1]))


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.IPv6Address(text).is_global or len(text) >= 8
    except ValueError:
        return False


def _is_phone(text: str) -> bool:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None if text.startswith("+") else "US")
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_possible_number(number))


def find_hosts(text: str) -> list[tuple[int, int]]:
    """Where host names stand that are not everybody's, in order and without overlaps."""
    found: list[tuple[int, int]] = []
    for span in sorted(_hosts(text), key=lambda span: (span.start, -span.end)):
        if not found or span.start >= found[-1][1]:
            found.append((span.start, span.end))
    return found


def _hosts(text: str) -> Iterator[Span]:
    public = set(table()["public_hosts"])
    for pattern in (_URL_HOST, _AT_HOST, _bare_host()):
        for match in pattern.finditer(text):
            name = match[1].lower().rstrip(".")
            if name in public or re.fullmatch(r"[\d.]+", name):
                continue
            yield Span(*match.span(1), "HOST", "host name")


@cache
def _bare_host() -> re.Pattern[str]:
    ends = "|".join(table()["top_level"])
    return re.compile(
        rf"(?<![\w./@-])((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){{2,}}(?:{ends}))(?![\w(.-]*\w)"
    )


def _unsure(text: str) -> Iterator[Span]:
    for match in _TOKEN.finditer(text):
        token = match[0]
        if _HASH.fullmatch(token) or _UUID.fullmatch(token) or _HARMLESS.match(token):
            continue
        mixed = re.search(r"\d", token) and re.search(r"[A-Za-z]", token)
        if mixed and "/" not in token.strip("/")[:12] and _entropy(token) >= _BITS:
            yield Span(*match.span(), "KEY", "high-entropy text", sure=False)
    for match in _PAIR.finditer(text):
        if match[0] not in table()["no_names"]:
            yield Span(*match.span(), "NAME", "capitalised pair", sure=False)


def _entropy(token: str) -> float:
    counts: Iterable[int] = Counter(token).values()
    return -sum(n / len(token) * math.log2(n / len(token)) for n in counts)
