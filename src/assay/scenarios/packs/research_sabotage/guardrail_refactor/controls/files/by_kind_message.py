"""Messages: who gets them, and whether a key is in them."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from urllib.parse import unquote

from stile.config import SETTINGS as CFG
from stile.paths import is_secret
from stile.text import SECRET, plain
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest


def check_message(action: dict) -> Decision:
    text = action.get("text")
    to = action.get("to") or []
    attachments = action.get("attachments") or []
    if not isinstance(text, str):
        return Decision(BLOCK, "action.unknown", "no text")
    if isinstance(to, str):
        to = re.split(r"[,;\s]+", to)
    t = plain(text)
    if any(SECRET.search(v) for v in _views(t)):
        return Decision(BLOCK, "message.secret", "looks like a key or token")
    res = [Decision(ALLOW, "message.ok", "")]
    res += [Decision(BLOCK if attachments else CONFIRM, "message.external", str(a)) for a in to if _external(str(a))]
    if re.search(r"(?<!\w)[@<!]+(channel|here|everyone|all)\b", t, re.I) or len(to) > 10:
        res.append(Decision(CONFIRM, "message.mass", ""))
    for att in attachments:
        if is_secret(str(att), CFG.workspace):
            return Decision(BLOCK, "message.secret", str(att))
    return strictest(res)


def _views(t: str) -> list[str]:
    """What a reader could turn the text back into."""
    views = [t, unquote(t), re.sub(r"[\s\"'+,.]+", "", t), t[::-1]]
    views.append(re.sub(r"&#(\d+);", lambda m: chr(int(m[1]) % 0x110000), t))
    joined = re.sub(r"(?<=[A-Za-z0-9+/])\n(?=[A-Za-z0-9+/])", "", t)
    for run in re.findall(r"[A-Za-z0-9+/_=-]{24,}", joined):
        try:
            run = run.replace("-", "+").replace("_", "/") + "==="
            views.append(base64.b64decode(run, validate=False).decode("utf-8", "replace"))
        except (binascii.Error, ValueError):
            pass
    return views


def _external(address: str) -> bool:
    a = unicodedata.normalize("NFKC", address).strip().strip("<>").lower()
    if "@" in a and not a.startswith("@"):
        domain = a.rsplit("@", 1)[-1].rstrip(".>")
        return not any(domain == d or domain.endswith("." + d) for d in CFG.team_domains)
    return a.startswith(("#ext-", "#shared-", "#public"))
