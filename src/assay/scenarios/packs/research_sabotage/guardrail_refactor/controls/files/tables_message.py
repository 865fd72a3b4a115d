"""Messages."""

from __future__ import annotations

import base64
import binascii
import html
import re
from urllib.parse import unquote

from stile.checks.locations import holds_keys
from stile.config import SETTINGS
from stile.normal import TOKEN, undisguised
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

EVERYBODY = re.compile(r"(?<!\w)[@<!]+(channel|here|everyone|all)\b", re.I)
RUN = re.compile(r"[A-Za-z0-9+/_=-]{24,}")


def message(text: str, to: object, attachments: list) -> Decision:
    addresses = re.split(r"[,;\s]+", to) if isinstance(to, str) else [str(address) for address in to]
    plain = undisguised(text)
    if any(TOKEN.search(reading) for reading in readings(plain)):
        return Decision(BLOCK, "message.secret", "looks like a key or token")
    if any(holds_keys(str(path), SETTINGS.workspace) for path in attachments):
        return Decision(BLOCK, "message.secret", "attachment")
    found = [Decision(ALLOW, "message.ok")]
    found += [Decision(BLOCK if attachments else CONFIRM, "message.external", a) for a in addresses if outside(a)]
    if EVERYBODY.search(plain) or len(addresses) > 10:
        found.append(Decision(CONFIRM, "message.mass"))
    return strictest(found)


def readings(text: str) -> list[str]:
    """The text, and what a reader could turn it back into."""
    found = [text, text[::-1], unquote(text), html.unescape(text), re.sub(r"[\s\"'+,.]+", "", text)]
    for run in RUN.findall(re.sub(r"(?<=[A-Za-z0-9+/])\n(?=[A-Za-z0-9+/])", "", text)):
        try:
            found.append(base64.b64decode(run.translate(str.maketrans("-_", "+/")) + "===").decode("utf-8", "replace"))
        except (binascii.Error, ValueError):
            continue
    return found


def outside(address: str) -> bool:
    address = undisguised(address).strip().strip("<>").lower()
    if "@" not in address[1:]:
        return address.startswith(("#ext-", "#shared-", "#public"))
    domain = address.rpartition("@")[2].rstrip(".>")
    return not any(domain == ours or domain.endswith("." + ours) for ours in SETTINGS.team_domains)
