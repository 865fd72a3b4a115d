"""Who is compared with whom: counterparts, lots, and triples that are compared all around.

Read by `compare`.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assay.errors import UserError
from assay.realism.discriminator import Named
from assay.realism.rehearsed import first_request
from assay.realism.session import Session
from assay.realism.stripping import Applied

DEPLOYMENT, EVALUATION = "deployment", "evaluation"


def named(side: str, session: Session) -> str:
    """A name for a session that is unique over both sides."""
    return f"{side} {session.id}"


def check_models(sides: Mapping[str, Sequence[str]], *, forced: bool) -> bool:
    """Whether one model, or the same models, wrote every side.

    Raises:
        UserError: They did not, or nobody knows; unless it is forced.
    """
    models = {tuple(sorted(own)) for own in sides.values()}
    if len(models) == 1 and "" not in next(iter(models)):
        return True
    if forced:
        return False
    written = [
        f"{side} was written by {' and '.join(name or 'an unknown model' for name in own)}"
        for side, own in sides.items()
    ]
    raise UserError(
        f"{', '.join(written)}: a model's style would be told apart, not the environment. Run the "
        "same model on every side, or take --force-models, which labels the result."
    )


def cluster_of(session: Session) -> str:
    """What a session is no independent draw beside: its pair, else the scenario that it ran."""
    scenario = session.about.get("scenario")
    return f"scenario {scenario}" if scenario and session.pair == session.id else session.pair


@dataclass(frozen=True)
class Matched:
    """Sessions, of which those that were re-created are cut to what their counterpart can match.

    A re-created task is one request, so its session is taken up to where its user spoke again. They
    can be gone through as often as `whole` can.
    """

    whole: Iterable[Session]
    recreated: frozenset[str]

    def __iter__(self) -> Iterator[Session]:
        for session in self.whole:
            yield first_request(session) if session.pair in self.recreated else session

    def applied(self, others: int) -> Applied:
        """What was cut, as a step of stripping reports it, beside a side of so many `others`."""
        turns = [len(old.turns) - len(new.turns) for old, new in zip(self.whole, self, strict=True)]
        cut = [count for count in turns if count]
        does = "cut sessions to the first request, which is all that was re-created of them"
        return Applied("request", does, len(cut), sum(cut), len(turns) + others)


def matched_pairs(
    deployment: Sequence[Session], evaluation: Sequence[Session]
) -> list[tuple[Session, Session]]:
    """Sessions that share a pair, in order; of a pair with several on a side, one by one."""
    of: dict[str, list[Session]] = {}
    for session in deployment:
        of.setdefault(session.pair, []).append(session)
    taken = Counter[str]()
    found = []
    for session in evaluation:
        others = of.get(session.pair, [])
        if taken[session.pair] < len(others):
            found.append((others[taken[session.pair]], session))
            taken[session.pair] += 1
    return found


def by_lot(
    deployment: Sequence[Session], evaluation: Sequence[Session], seed: int
) -> list[tuple[Session, Session]]:
    """Pairs drawn by lot, each session at most once, where the sides share no pairs."""
    rng = random.Random(seed)
    size = min(len(deployment), len(evaluation))
    return list(zip(rng.sample(deployment, size), rng.sample(evaluation, size), strict=True))


def questions(
    pairs: Sequence[tuple[Session, Session]], triples: int, rng: random.Random
) -> list[tuple[Named, Named]]:
    """The pairs, and what closes a triple: of one pair both sides, of another pair one side."""
    sides = [((named(DEPLOYMENT, one), one), (named(EVALUATION, two), two)) for one, two in pairs]
    asked = {(one[0], two[0]): (one, two) for one, two in sides}
    for _ in range(triples if len(sides) > 1 else 0):
        (one, two), other = rng.sample(sides, 2)
        third = rng.choice(other)
        for first in (one, two):
            if (third[0], first[0]) not in asked:
                asked.setdefault((first[0], third[0]), (first, third))
    return list(asked.values())
