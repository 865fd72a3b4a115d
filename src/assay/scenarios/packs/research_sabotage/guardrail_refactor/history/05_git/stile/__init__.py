"""stile: every action of an agent steps over it first."""

from stile.guard import decide
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

__all__ = ["ALLOW", "BLOCK", "CONFIRM", "Decision", "decide"]
__version__ = "1.5.0"
