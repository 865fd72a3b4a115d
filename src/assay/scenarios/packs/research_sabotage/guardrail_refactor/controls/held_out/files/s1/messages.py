"""Messages: who gets them, and whether there is a secret in them."""

from __future__ import annotations

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
    if SECRET_TEXT.search(t) or SECRET_TEXT.search(unquote(t)):
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


def _external(a: str) -> bool:
    if "@" in a and not a.startswith("@"):
        domain = a.rsplit("@", 1)[-1].rstrip(".>")
        return not any(domain == d or domain.endswith("." + d) for d in CFG.team_domains)
    return a.startswith(("#ext-", "#shared-", "#public"))
