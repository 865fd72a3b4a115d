"""Could they tell? Two corpora compared by a classifier and, where one is named, by a model.

The composition of `two_sample` and `discriminator`; `stats` makes their answers into figures.
`cli_realism` calls it, `console_realism` says it in words, and the report reads `realism.json`.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from upath import UPath

from assay.errors import UserError
from assay.manifest import write_atomically
from assay.realism.discriminator import Discriminator, Spent
from assay.realism.folder import PACK
from assay.realism.pairing import (
    DEPLOYMENT,
    EVALUATION,
    Matched,
    by_lot,
    check_models,
    cluster_of,
    matched_pairs,
    named,
    questions,
)
from assay.realism.quoting import before_decision
from assay.realism.session import Session
from assay.realism.stripping import Applied, strip
from assay.realism.two_sample import Told, two_sample
from assay.stats.discrimination import Calibration, auc, calibration, mean_score
from assay.stats.estimate import Estimate
from assay.stats.pairwise import Cycles, Strengths, cycles, order_bias, strengths, win_rate
from assay.stats.two_sample import PERMUTATIONS

FILE = "realism.json"
TRIPLES = 20


@dataclass(frozen=True)
class Reread:
    """The sessions of a corpus, read again each time they are gone through."""

    location: str

    def __iter__(self) -> Iterator[Session]:
        from assay.realism.corpus import sessions

        return sessions(self.location)


@dataclass(frozen=True)
class Single:
    """What the discriminator makes of one transcript at a time.

    `deployment` and `evaluation` are the mean probabilities that it gave to either side.
    """

    auc: Estimate
    calibration: Calibration
    deployment: Estimate
    evaluation: Estimate


@dataclass(frozen=True)
class Pairwise:
    """What it makes of two at a time. `strengths` is None where only pairs were compared."""

    win_rate: Estimate
    order_bias: Estimate
    cycles: Cycles
    strengths: Strengths | None


@dataclass(frozen=True)
class Comparison:
    """A comparison of deployment with evaluation.

    Attributes:
        told: The classifier's part; always there.
        single: The discriminator's answers to one transcript; None where none was named.
        pairwise: Its answers to two.
        sizes: Sessions of deployment, and of the evaluation.
        n_pairs: Pairs of which both sides are there.
        matched: Whether what was compared pairwise are those pairs; else they were drawn by lot.
        models: Who wrote either side.
        discriminator: The model that was asked.
        ungraded: Answers that could not be used, by reason.
        why: The discriminator's own reasons, by session or by "first | second".
        spent: What asking took.
        stripped: What each step did before: `request`, where tasks were re-created from deployment,
            then those of stripping that were asked for.
    """

    told: Told
    single: Single | None
    pairwise: Pairwise | None
    sizes: tuple[int, int]
    n_pairs: int
    matched: bool
    models: tuple[tuple[str, ...], tuple[str, ...]]
    discriminator: str | None
    ungraded: Mapping[str, int]
    why: Mapping[str, str]
    spent: Spent
    stripped: tuple[Applied, ...] = ()

    @property
    def same_model(self) -> bool:
        """Whether one and the same model, known by name, stands on both sides."""
        return self.models[0] == self.models[1] and "" not in self.models[0]

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it; what was not asked has no key, what is not known is null."""
        found: dict[str, Any] = {}
        if self.single:
            area = self.single.auc
            found["single"] = {"auc": area.mean, "low": area.low, "high": area.high}
        if self.pairwise:
            won, circles = self.pairwise.win_rate, self.pairwise.cycles
            found["pairwise"] = {
                "win_rate": won.mean,
                "low": won.low,
                "high": won.high,
                "order_bias": self.pairwise.order_bias.mean,
                "cycles": circles.cycles if circles.triples else None,
            }
        found["two_sample"] = self.told.as_json()
        found["n_pairs"] = self.n_pairs
        found["ungraded"] = sum(self.ungraded.values())
        return found


def compare(
    deployment: Iterable[Session],
    evaluation: Iterable[Session],
    *,
    discriminator: str | None = None,
    steps: Sequence[str] = (),
    cut: bool = False,
    force_models: bool = False,
    triples: int = TRIPLES,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    cached: bool = True,
) -> Comparison:
    """Compare deployment with evaluation: by a classifier always, by a model where one is named.

    Both sides are gone through several times. Without a discriminator and steps they are not held
    in memory: give what can be iterated over again, such as `Reread`.

    Args:
        deployment: Sessions of real use.
        evaluation: Sessions of ours. Where they share `pair` with deployment, they are compared
            with those; otherwise by lot. A session of which a task was re-created is taken up to
            its second request.
        discriminator: A model as Inspect names it.
        steps: Steps of `stripping`, which are taken first, of both sides.
        cut: Compare what stands before the decisive action (see `decisive`), before any step.
        force_models: Go on although the sides were not written by one model.
        triples: Triples of sessions that are compared all around, to count cycles.
        permutations: Of the two-sample test.
        seed: Of folds, permutations, and of what is drawn by lot.
        cached: Take a model's answer to the very same question from Inspect's cache.

    Raises:
        UserError: A side is empty; the sides were not written by the same model; or the
            discriminator cannot be reached.
    """
    if steps or cut or discriminator is not None:
        deployment, evaluation = list(deployment), list(evaluation)
    heads = [
        [(one.model, one.pair, one.about.get("pack")) for one in side]
        for side in (deployment, evaluation)
    ]
    models = _models(*([model for model, *_ in side] for side in heads), forced=force_models)
    applied = list[Applied]()
    if recreated := frozenset(pair for _, pair, pack in heads[1] if pack == PACK):
        matched_deployment = Matched(deployment, recreated)
        applied.append(matched_deployment.applied(len(heads[1])))
        deployment = matched_deployment
    if cut:
        deployment, evaluation = (
            [_before(one) for one in side] for side in (deployment, evaluation)
        )
    if steps:
        both = strip(list(deployment), list(evaluation), steps)
        deployment, evaluation = both.left, both.right
        applied += both.report
    told = two_sample(deployment, evaluation, seed=seed, permutations=permutations)
    n_pairs = len(set.intersection(*({pair for _, pair, _ in side} for side in heads)))
    matched = n_pairs > 1
    single = pairwise = None
    ungraded, why, spent = Counter[str](), dict[str, str](), Spent()
    if discriminator is not None:
        real, ours = list(deployment), list(evaluation)
        pairs = matched_pairs(real, ours) if matched else by_lot(real, ours, seed)
        asked = _ask(discriminator, real, ours, pairs, triples, seed, cached)
        single, pairwise = _single(asked, real, ours), _pairwise(asked, pairs)
        answers = asked.answers
        ungraded, why, spent = answers.ungraded, answers.why, answers.spent
    return Comparison(
        told=told,
        single=single,
        pairwise=pairwise,
        sizes=(len(heads[0]), len(heads[1])),
        n_pairs=n_pairs,
        matched=matched,
        models=models,
        discriminator=discriminator,
        ungraded=dict(ungraded),
        why=why,
        spent=spent,
        stripped=tuple(applied),
    )


def write(comparison: Comparison, run: UPath) -> UPath:
    """Keep a comparison in the run directory of its evaluation, where the report looks for it."""
    path = run / FILE
    who = {"models": comparison.models, "same_model": comparison.same_model}
    found = {**comparison.as_json(), **who}
    write_atomically(path, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return path


def target_of(evaluation: UPath) -> str:
    """The model that was audited, as Inspect names it: the discriminator that says most.

    Raises:
        UserError: The logs do not say, or name several.
    """
    from inspect_ai.log import list_eval_logs, read_eval_log

    place = evaluation / "logs" if (evaluation / "logs").is_dir() else evaluation
    logs = list_eval_logs(str(place))
    names = {read_eval_log(log, header_only=True).eval.model for log in logs}
    if len(names) != 1:
        found = f"names {', '.join(sorted(names))}" if names else "holds no log"
        raise UserError(
            f"{str(evaluation)!r} {found}, so it does not say which model was audited; name the "
            "discriminator with --discriminator PROVIDER/MODEL."
        )
    return names.pop()


def _before(session: Session) -> Session:
    return replace(session, turns=before_decision(session))


def _models(
    deployment: Sequence[str], evaluation: Sequence[str], *, forced: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for name, side in (("deployment", deployment), ("evaluation", evaluation)):
        if not side:
            raise UserError(f"There is no session on the {name} side to compare.")
    one, two = (tuple(sorted(set(side))) for side in (deployment, evaluation))
    check_models({DEPLOYMENT: one, EVALUATION: two}, forced=forced)
    return one, two


def _ask(
    name: str,
    deployment: Sequence[Session],
    evaluation: Sequence[Session],
    pairs: Sequence[tuple[Session, Session]],
    triples: int,
    seed: int,
    cached: bool,
) -> Discriminator:
    import anyio

    from assay.runs.preflight import check_model

    asked = Discriminator(check_model(name), cached=cached)
    sides = ((DEPLOYMENT, deployment), (EVALUATION, evaluation))
    everyone = [(named(side, session), session) for side, own in sides for session in own]

    async def ask() -> None:
        await asked.single(everyone)
        await asked.pairwise(questions(pairs, triples, random.Random(seed)))

    anyio.run(ask)
    return asked


def _single(
    asked: Discriminator, deployment: Sequence[Session], evaluation: Sequence[Session]
) -> Single:
    said = asked.answers.probability
    sides, shares, pairs = list[bool](), list[float](), list[str]()
    for side, own in ((DEPLOYMENT, deployment), (EVALUATION, evaluation)):
        for session in own:
            if named(side, session) in said:
                sides.append(side == EVALUATION)
                shares.append(said[named(side, session)])
                pairs.append(cluster_of(session))

    def mean(wanted: bool) -> Estimate:
        own = [place for place, side in enumerate(sides) if side == wanted]
        return mean_score([shares[place] for place in own], [pairs[place] for place in own])

    area = auc(shares, sides, pairs)
    return Single(area, calibration(shares, sides), mean(False), mean(True))


def _pairwise(asked: Discriminator, pairs: Sequence[tuple[Session, Session]]) -> Pairwise:
    choices = asked.answers.choices
    pair_of = {name: name for choice in choices for name in (choice.first, choice.second)}
    compared = set()
    for one, two in pairs:
        names = named(DEPLOYMENT, one), named(EVALUATION, two)
        pair_of |= dict.fromkeys(names, cluster_of(two))
        compared |= {names, names[::-1]}
    own = [choice for choice in choices if (choice.first, choice.second) in compared]
    evaluation = {named(EVALUATION, two) for _, two in pairs}
    return Pairwise(
        win_rate=win_rate(own, evaluation, pair_of),
        order_bias=order_bias(own, pair_of),
        cycles=cycles(choices),
        strengths=strengths(choices),
    )
