"""Cuts both sides of a comparison to one distribution of lengths; a step of `stripping`.

Pairs are cut to the shorter of both. Where there are none, sessions of the same rank are: the
longest of one side with the longest of the other. Both lose their end, even the shorter one: a
session that shows how it ended beside one that does not would be told by that.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from assay.realism.session import Session

LONGEST = 4_000  # characters of one text that are kept, of which no scaffold shows more or less


def match_lengths(
    left: Sequence[Session], right: Sequence[Session]
) -> tuple[list[tuple[Session, int]], list[tuple[Session, int]]]:
    """Both sides cut, each session with how many turns and texts were."""
    limits = _pairs(left, right) or _ranks(left, right)
    return (
        [_cut(session, limits[0][n]) for n, session in enumerate(left)],
        [_cut(session, limits[1][n]) for n, session in enumerate(right)],
    )


def _pairs(left: Sequence[Session], right: Sequence[Session]) -> tuple[list[int], list[int]] | None:
    """Turns that each session keeps, where every one has a counterpart."""
    shortest: dict[str, int] = defaultdict(lambda: 10**9)
    for session in (*left, *right):
        shortest[session.pair] = min(shortest[session.pair], len(session.turns))
    common = {session.pair for session in left} & {session.pair for session in right}
    if any(session.pair not in common for session in (*left, *right)):
        return None
    return ([shortest[s.pair] for s in left], [shortest[s.pair] for s in right])


def _ranks(left: Sequence[Session], right: Sequence[Session]) -> tuple[list[int], list[int]]:
    """Turns that each session keeps: no more than the other side has at the same rank."""
    if not left or not right:
        return [len(s.turns) for s in left], [len(s.turns) for s in right]
    here, there = (sorted(len(s.turns) for s in side) for side in (left, right))
    limits: list[list[int]] = []
    for side, own, other in ((left, here, there), (right, there, here)):
        order = sorted(range(len(side)), key=lambda n: len(side[n].turns))
        found = [0] * len(side)
        for rank, n in enumerate(order):
            # The other side's size at this rank, whatever the numbers of sessions.
            same = min(len(other) - 1, int((rank + 0.5) / len(own) * len(other)))
            found[n] = min(own[rank], other[same])
        limits.append(found)
    return limits[0], limits[1]


def _cut(session: Session, limit: int) -> tuple[Session, int]:
    """At most `limit` turns less the last, ended by the result of a call where there is one."""
    kept = list(session.turns[: max(1, limit - 1)])
    results = [n for n, turn in enumerate(kept) if turn.role == "tool"]
    if results:
        kept = kept[: results[-1] + 1]
    shorter = [
        replace(turn, text=turn.text[:LONGEST]) if len(turn.text) > LONGEST else turn
        for turn in kept
    ]
    changed = len(session.turns) - len(kept)
    changed += sum(old is not new for old, new in zip(kept, shorter, strict=True))
    return replace(session, turns=tuple(shorter)), changed
