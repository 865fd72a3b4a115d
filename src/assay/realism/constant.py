"""Lines that identify a corpus: nearly all of its tasks hold them, and none of the other side's.

Learned from both sides of a comparison and removed from both; a step of `stripping`. Sessions of
one scenario count as one task: what they share may be the work itself, which is not to be removed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assay.realism.session import Session

MOST = 0.8  # of the tasks of one side hold it
_LETTERS = 4  # in a line, or it is no text that could be told
_FEWEST = 5  # tasks on a side, under which nothing can be called constant


def learn_constants(left: Sequence[Session], right: Sequence[Session]) -> set[str]:
    """Lines, numbers apart, that at least `MOST` of one side's tasks hold and none of the other."""
    found: set[str] = set()
    here, there = _tasks(left), _tasks(right)
    for side, other in ((here, there), (there, here)):
        if len(side) < _FEWEST:
            continue
        counts = Counter(line for lines in side for line in lines)
        elsewhere = set[str]().union(*other)
        found |= {
            line for line, n in counts.items() if n >= MOST * len(side) and line not in elsewhere
        }
    return found


def without(session: Session, constants: set[str]) -> tuple[Session, int]:
    """A session without those lines; how many went."""
    if not constants:
        return session, 0
    count = 0
    turns = []
    for turn in session.turns:
        lines = turn.text.split("\n")
        kept = [line for line in lines if _key(line) not in constants]
        count += len(lines) - len(kept)
        gone = len(kept) < len(lines)
        # The end of a text before the line that went is no end that its scaffold wrote.
        turns.append(replace(turn, text="\n".join(kept).rstrip("\n")) if gone else turn)
    return replace(session, turns=tuple(turns)), count


def _tasks(sessions: Iterable[Session]) -> list[set[str]]:
    """The lines of each task."""
    found: dict[str, set[str]] = defaultdict(set)
    for session in sessions:
        lines = {_key(line) for turn in session.turns for line in turn.text.split("\n")}
        found[str(session.about.get("scenario") or session.id)] |= lines - {""}
    return list(found.values())


def _key(line: str) -> str:
    """A line as it is compared: no indentation, no numbers; nothing, where it says nothing."""
    key = re.sub(r"\d+", "0", line.strip())
    return key if len(re.findall(r"[^\W\d_]", key)) >= _LETTERS else ""
