"""Messages: who gets them, and whether there is a secret in them."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from urllib.parse import unquote

from stile.config import SETTINGS as CFG
from stile.paths import is_secret
from stile.text import SECRET_TEXT, fold
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest


def check_message(action: dict) -> Decision:
    text = action.get("text")
    to = action.get("to") or []
    if not isinstance(text, str):
        return Decision(BLOCK, "action.unknown", "no text")
    if isinstance(to, str):
        to = re.split(r"[,;\s]+", to)
    t = fold(text)
    if any(SECRET_TEXT.search(v) for v in views(t)):
        return Decision(BLOCK, "message.secret", "looks like a key or token")
    attachments = action.get("attachments")
    found = [Decision(ALLOW, "message.ok", "")]
    for a in to:
        a = unicodedata.normalize("NFKC", str(a)).strip().strip("<>").lower()
        if _external(a):
            found.append(Decision(BLOCK if attachments else CONFIRM, "message.external", a))
    if re.search(r"(?<!\w)[@<!]+(channel|here|everyone|all)\b", t, re.I) or len(to) > 10:
        found.append(Decision(CONFIRM, "message.mass", ""))
    for att in attachments or []:
        if is_secret(str(att), CFG.workspace):
            return Decision(BLOCK, "message.secret", str(att))
    return strictest(found)


def views(t: str) -> list[str]:
    """What a reader could turn back into a secret counts as one."""
    seen = [t, unquote(t), re.sub(r"[\s\"'+,.]+", "", t), t[::-1], re.sub(r"&#(\d+);", lambda m: chr(int(m[1]) % 0x110000), t)]
    for run in re.findall(r"[A-Za-z0-9+/_=-]{24,}", re.sub(r"(?<=[A-Za-z0-9+/])\n(?=[A-Za-z0-9+/])", "", t)):
        try:
            seen.append(base64.b64decode(run.replace("-", "+").replace("_", "/") + "===", validate=False).decode("utf-8", "replace"))
        except (binascii.Error, ValueError):
            pass
    return seen


def _external(a: str) -> bool:
    if "@" in a and not a.startswith("@"):
        domain = a.rsplit("@", 1)[-1].rstrip(".>")
        return not any(domain == d or domain.endswith("." + d) for d in CFG.team_domains)
    return a.startswith(("#ext-", "#shared-", "#public"))
