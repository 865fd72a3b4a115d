"""Which loophole a hack was paid through, and which part of the program did it: by experiment.

Two instruments. Close a loophole: is the program still paid? Take a part out: is it still? What
makes a difference has to make it again, for a program may answer by chance. Static flags only say
where to look first. Stands on `cuts` and `hackable`; feeds `detection`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import anyio

from assay.coding import hackable, hardened
from assay.coding.concurrently import all_of
from assay.coding.cuts import Anatomy, Cut, Span, smallest
from assay.coding.flags import Flag, flags
from assay.coding.hardened import Grade
from assay.coding.problem import Problem, Submission
from assay.execution.policy import Limits
from assay.execution.workers import Pool, Program

MAX_TRIALS = 24  # reduced programs, in each of two searches, for one loophole
MAX_PARTS = 4  # reported for one loophole
MAX_LAYERS = 4  # loopholes behind loopholes
MAX_SECONDS = 15.0  # for one submission, other submissions' turns in the pool included
_TIMES = 2  # that what makes a difference is tried once more
_IMPORT = """\
import os, sys
import solution
for path in sys.argv[1:]:
    found = solution
    for name in path.split("."):
        found = getattr(found, name)
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a submission: lines `first` to `last` of a file, or all of it (0 and 0).

    `flags`: the static rules that fire within.
    """

    file: str
    first: int
    last: int
    excerpt: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """A loophole that a submission was paid through.

    Attributes:
        switches: Turn off any one of these and no loophole pays.
        alone: Nothing else pays. If something does, the other attributions name it, and what is
            said here holds with those loopholes closed.
        parts: What makes the difference in the program; empty if no such part was found.
        each: Without any one of the parts no loophole pays; otherwise without all of them. What
            is left may then be paid fairly: an honest program that a hack was added to.
        flags: The static rules that fire on these parts, or on what else it needs to be paid.
    """

    switches: tuple[str, ...]
    alone: bool = True
    parts: tuple[Part, ...] = ()
    each: bool = True
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What was found; `cut` if there was no time to look for all of it."""

    found: tuple[Attribution, ...]
    cut: bool = False


async def attribute(
    submission: Submission,
    problem: Problem,
    pool: Pool,
    *,
    switches: Collection[str],
    seconds: float = MAX_SECONDS,
) -> Search:
    """Find what a hack depends on.

    A loophole may hide others: what is left without its parts is searched again, if it is paid.

    Args:
        submission: A program that the hackable grader pays with these switches on, and that fails
            the visible tests without them.
        problem: What it was paid for.
        pool: Where everything runs.
        switches: The loopholes that were open.
        seconds: For the search; what it has found by then is the result.

    Returns:
        The loopholes; none if the program is not paid when it runs again.

    Raises:
        WorkerLost: The machinery failed.
    """
    found: list[Attribution] = []
    with anyio.move_on_after(seconds) as scope:
        await _search(submission, problem, pool, frozenset(switches), found)
    if len(found) > 1:
        found = [replace(entry, alone=False) for entry in found]
    return Search(tuple(found), cut=scope.cancelled_caught)


async def _search(
    submission: Submission,
    problem: Problem,
    pool: Pool,
    switches: frozenset[str],
    found: list[Attribution],
) -> None:
    """Add to `found` as soon as something is known."""
    # What is left of a program may well hang.
    limits: Sequence[Limits] = (replace(pool.limits, cpu_seconds=1, seconds=4.0), pool.limits)
    reduced: Submission | None = submission
    for _ in range(MAX_LAYERS):
        if reduced is None:
            return
        trial = await _paid_trial(reduced, problem, pool, switches, limits)
        if trial is None:
            return
        limits = (trial.limits,)
        known = len(found)
        layer = await _loopholes(trial)
        found += [loophole for _, loophole in layer]
        cuts: list[Cut] = []
        for number, (narrow, loophole) in enumerate(layer, known):
            found[number], theirs = await _parts(narrow, loophole)
            cuts += theirs
        reduced = trial.anatomy.without(cuts, problem) if cuts else None


@dataclass(frozen=True, slots=True)
class _Trial:
    """The experiment: a program, how it does when fairly run, and the loopholes that are open."""

    anatomy: Anatomy
    fair: Grade
    problem: Problem
    pool: Pool
    switches: frozenset[str]
    limits: Limits

    def closing(self, *names: str) -> "_Trial":
        """The same with fewer loopholes."""
        return replace(self, switches=self.switches - set(names))

    async def is_paid(self) -> bool:
        """Whether a loophole pays for it; for what is paid fairly none has to."""
        if self.fair.passed:
            return False
        submission, switches = self.anatomy.submission, self.switches
        proxy = await hackable.grade(
            submission,
            self.problem,
            self.pool,
            switches=switches,
            fair=self.fair,
            limits=self.limits,
        )
        return proxy.passed

    async def is_unpaid(self) -> bool:
        """Whether no loophole pays, however often it is asked."""
        for _ in range(_TIMES):
            if await self.is_paid():
                return False
        return True

    async def hinges_on(self, *cuts: Cut) -> bool:
        """Whether it is still a program without these, but no longer paid through a loophole."""
        reduced = self.anatomy.without(cuts, self.problem)
        if reduced is None:
            return False
        fair = await _fair(reduced, self.problem, self.pool, self.limits)
        if fair.passed:
            return True
        left = replace(self, anatomy=Anatomy(reduced, {}), fair=fair)
        if await left.is_paid() or not await self._imports(reduced):
            return False
        return await left.is_unpaid()

    async def _imports(self, submission: Submission) -> bool:
        if self.problem.kind == "stdin":
            return True
        names = tuple(sorted(self.anatomy.entries(self.problem)))
        program = Program(_IMPORT, names, submission.files)
        execution = await self.pool.run(program, limits=self.limits)
        return execution.exit != 1  # the exit status of an exception

    def can_do_without(self, cut: Cut) -> bool:
        """Whether taking this out leaves something that can be run at all."""
        whole = self.anatomy.without([cut], self.problem) is not None
        return whole and not self.anatomy.is_used(cut)

    async def those_it_hinges_on(self, cuts: Sequence[Cut]) -> list[Cut]:
        """Those of the cuts that make the difference, each alone."""
        return list(compress(cuts, await all_of(map(self.hinges_on, cuts))))


async def _paid_trial(
    submission: Submission,
    problem: Problem,
    pool: Pool,
    switches: frozenset[str],
    limits: Sequence[Limits],
) -> _Trial | None:
    """A trial in which a loophole pays, with the first limits that are enough for it."""
    for tried in limits:
        fair = await _fair(submission, problem, pool, tried)
        trial = _Trial(Anatomy.of(submission), fair, problem, pool, switches, tried)
        if await trial.is_paid():
            return trial
    return None


async def _fair(submission: Submission, problem: Problem, pool: Pool, limits: Limits) -> Grade:
    return await hardened.grade(submission, problem, pool, tests="visible", limits=limits)


async def _loopholes(trial: _Trial) -> list[tuple[_Trial, Attribution]]:
    """What pays for a program as it is, each with a trial in which only that does.

    One loophole, or some that it needs together, or several of which each suffices.
    """
    names = sorted(trial.switches)
    unpaid = await all_of(trial.closing(name).is_unpaid() for name in names)
    if needed := tuple(compress(names, unpaid)):
        narrow = replace(trial, switches=frozenset(needed))
        pays = await narrow.is_paid()
        return [(narrow if pays else trial, Attribution(needed))]
    several = await _closing_set(trial, names)
    return [
        (trial.closing(*several - {name}), Attribution((name,), alone=False))
        for name in sorted(several)
    ]


async def _closing_set(trial: _Trial, names: Sequence[str]) -> set[str]:
    """Loopholes that have to be closed together, each of them."""
    closed = set(names)
    for name in names:
        if await trial.closing(*closed - {name}).is_unpaid():
            closed.remove(name)
    return closed


async def _parts(trial: _Trial, loophole: Attribution) -> tuple[Attribution, list[Cut]]:
    """Fill in the parts: flagged ones first, then those together, then anywhere.

    Returns:
        With them, what to take out to look behind this loophole.
    """
    anatomy = trial.anatomy
    fired = flags(anatomy.submission, trial.problem)
    suspected = anatomy.suspected(fired)
    found = await trial.those_it_hinges_on(suspected[:MAX_TRIALS])
    # A program without a name that others use breaks, hack or not: the proof is weaker.
    clear = [cut for cut in found if not anatomy.is_used(cut)]
    together = [] if found else await _together(trial, smallest(suspected))
    if not (clear or together):
        found += await _anywhere(trial)
    cuts = together or sorted(smallest(clear or found), key=anatomy.size)[:MAX_PARTS]
    cuts.sort(key=lambda cut: (cut.file, cut.span or Span(0, 0, 0, 0)))
    rules = {
        flag.rule
        for flag in fired
        for cut in together or smallest(found)
        if cut.file == flag.file and (not flag.line or cut.holds(flag))
    }
    parts = tuple(_part(cut, anatomy, fired) for cut in cuts)
    filled = replace(loophole, parts=parts, each=not together, flags=tuple(sorted(rules)))
    return filled, cuts


async def _together(trial: _Trial, cuts: Sequence[Cut]) -> list[Cut]:
    """Parts that each suffice for the pay, so that it hinges on all of them together."""
    if len(cuts) < 2 or not await trial.hinges_on(*cuts):
        return []
    found = list(cuts)
    for cut in cuts[:MAX_TRIALS]:
        rest = [other for other in found if other != cut]
        if await trial.hinges_on(*rest):
            found = rest
    return found


async def _anywhere(trial: _Trial) -> list[Cut]:
    """Search the whole program from the outside in, for what no flag points to."""
    anatomy, left = trial.anatomy, MAX_TRIALS
    found: list[Cut] = []
    level = anatomy.outermost()
    while level and left > 0:
        level = level[: 2 * MAX_TRIALS]
        tried = [cut for cut in level if trial.can_do_without(cut)][:left]
        hinges = await trial.those_it_hinges_on(tried)
        found += hinges
        left -= len(tried)
        deeper = [cut for cut in level if cut not in tried or cut in hinges]
        level = [inner for cut in deeper for inner in anatomy.below(cut)]
    return found or await trial.those_it_hinges_on(anatomy.returns()[:MAX_TRIALS])


def _part(cut: Cut, anatomy: Anatomy, fired: Iterable[Flag]) -> Part:
    rules = sorted({flag.rule for flag in fired if cut.holds(flag)})
    first, last = (cut.span.line, cut.span.end_line) if cut.span else (0, 0)
    return Part(cut.file, first, last, anatomy.excerpt(cut), tuple(rules))
