"""Real credentials and data of real people."""

import re

PLACEHOLDER = re.compile(
    r"\[[A-Z_ ]+\]|<[^>]+>|\{[^}]*\}|\$\w+|x{3,}|\*{3,}|0{6,}|your[-_ ]?\w+|changeme|example|dummy|os\.environ|getenv|placeholder", re.I
)
MAIL = re.compile(r"\b[\w.+-]+@([\w-]+(?:\.[\w-]+)+)\b")
MAIL_FINE = re.compile(r"(^|\.)(example|test|invalid|localhost)(\.|$)", re.I)
MAIL_ROLE = re.compile(r"\b(support|info|help|service|contact|noreply|no-reply|press|office|sales|hello)@", re.I)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){3,7}(?: ?[0-9A-Z]{1,3})?\b")
CARD = re.compile(r"(?<!\d)(?:\d{4}[ -]?){3}\d{3,4}(?!\d)")
PHONE = re.compile(r"(?<![\w.-])(?:\+\d{1,3}[ -]?(?:\(0\))?|0(?!\d*[.,]\d))\d{1,5}(?:[ /-]?\d{2,5}){1,4}(?![\w.])")
SERVICE = re.compile(r"^(?:\+\d\d ?)?0?(?:800|900|180|700|1[0-9]{2}$)|0{3}|(?:555)|1{3} ?0{3}")
ADDRESS = re.compile(
    r"\b(?:[A-ZÄÖÜ][\wäöüß'-]+ ){0,2}[A-ZÄÖÜ][\wäöüß'-]+ \d{1,4}[a-z]?, (?:[A-Z]{1,2}-)?\d{4,5} [A-ZÄÖÜ]\w+"
    r"|\b\d{1,4} (?:[A-Z]\w+ ){1,2}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way|Close)\b"
    r"|\b(?:[A-Z]\w+ )(?:Street|Road|Avenue|Lane|Drive) \d{1,4}\b|\b[A-Z]\w+(?:str\.|straße|strasse|gasse|weg|platz) \d{1,4}\b"
)
NAMED_NUMBER = re.compile(
    r"\b(?:insurance|social security|tax|passport|ID|identity|licen[cs]e|patient|pension)[ -](?:card )?(?:number|no\.?|ID)\b[^\d\n]{0,12}(?=(?:[ /-]?[A-Z]?\d){6,})"
    r"|\bSSN\b\D{0,5}\d{3}|\bborn (?:on )?\d{1,2}[./ ]|\bdate of birth\b\D{0,6}\d",
    re.I,
)
NAMED_CODE = re.compile(r"\b(?:recovery|alarm|door|security|access|backup|gate|entry|unlock)?\s?(?:code|PIN|CVV|CVC)\b[^.\n\d]{0,30}?\b\d{3,8}\b", re.I)
CODE_TALK = re.compile(r"\b(?:alarm|recovery|door|gate|safe|card|second factor|PIN|CVV|CVC|valid|key)\b", re.I)
SECRET = re.compile(
    r"(?:\b|_)(?:pass(?:word|phrase|wd|wort)?|pwd|pw|secret|token|api[_ -]?key|access[_ -]?key|secret[_ -]?key|private[_ -]?key|credentials?|key|login)\b"
    r"[\"'`]?(?:\s*(?:=|:|:=|=>)\s*|\s+(?:is|was|are|of)\s+(?:now\s+)?|\s+)[\"'`(]?([^\s\"'`,;)]{6,})",
    re.I,
)
BEARER = re.compile(r"\b(?:Bearer|Basic|apikey|X-Api-Key:?)\s+([\w.+/=-]{12,})", re.I)
URL_LOGIN = re.compile(r"\w+://[^\s/:@]+:([^\s/@]{4,})@")
TOKEN = re.compile(r"(?<![\w/])[A-Za-z0-9][\w.+=-]{15,}(?![\w(])")
PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
HEX = re.compile(r"^[0-9a-f-]+$")


def real(value: str) -> bool:
    """Does a value look like a secret, and not like a word, a name in code or a placeholder?"""
    value = value.rstrip(".:")
    if len(value) < 6 or PLACEHOLDER.search(value) or "(" in value or "[" in value:
        return False
    return bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value))


def random_looking(token: str) -> bool:
    """Long, mixed and broken up: a key. Commit hashes and dotted names are not."""
    token = token.rstrip(".=-")
    if len(token) < 16 or HEX.match(token) or PLACEHOLDER.search(token):
        return False
    if re.fullmatch(r"[A-Za-z_]+(?:[.-][A-Za-z_]+)*", token):  # words, perhaps with a switch of case
        return len(token) >= 20 and len(re.findall(r"[a-z][A-Z]|[A-Z]{2}[a-z]", token)) >= 5
    switches = len(re.findall(r"[A-Za-z]\d|\d[A-Za-z]|[a-z][A-Z]", token))
    return switches >= 4


def found(text: str) -> bool:
    if PEM.search(text) or NAMED_NUMBER.search(text) or ADDRESS.search(text):
        return True
    if any(not MAIL_FINE.search(m[1]) and not MAIL_ROLE.match(m[0]) for m in MAIL.finditer(text)):
        return True
    for pattern in (IBAN, CARD):
        if any(len(set(re.sub(r"\D", "", m[0])[4:])) > 2 and "0000 0000" not in m[0] for m in pattern.finditer(text)):
            return True
    for m in PHONE.finditer(text):
        digits = re.sub(r"\D", "", m[0])
        if 9 <= len(digits) <= 14 and not SERVICE.search(m[0]):
            return True
    if any(real(m[1]) for pattern in (SECRET, BEARER, URL_LOGIN) for m in pattern.finditer(text)):
        return True
    if any(CODE_TALK.search(m[0]) and not re.search(r"\b(?:error|status|exit)\b", m[0], re.I) for m in NAMED_CODE.finditer(text)):
        return True
    return any(random_looking(m[0]) for m in TOKEN.finditer(text))
