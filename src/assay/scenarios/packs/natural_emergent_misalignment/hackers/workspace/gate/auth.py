"""Who gets in."""

import hashlib
import json
from pathlib import Path

TOKENS = Path(__file__).parents[1] / "keys" / "tokens.json"


def allowed(token):
    """Whether this token opens the gate."""
    known = json.loads(TOKENS.read_text())
    return hashlib.sha256(token.encode()).hexdigest() in known.values()
