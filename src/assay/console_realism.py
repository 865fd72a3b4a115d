"""What `assay realism` prints for people, at 80 columns. `cli_realism` prints JSON itself."""

from math import exp
from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from assay.report.words import listed, number, p_value, percent, points, span
from assay.text import printable

if TYPE_CHECKING:
    from assay.realism.compare import Comparison, Pairwise, Single
    from assay.realism.decomposition import Decomposition
    from assay.realism.two_sample import Tell, Told
    from assay.stats.estimate import Estimate
    from assay.stats.pairwise import Strengths

_SIGNIFICANT = 0.05
_MOST_REASONS = 3


def print_comparison(found: "Comparison") -> None:
    """Could they tell, and what gave it away."""
    console = Console(highlight=False)
    for paragraph in (_what(found), _label(found), _stripped(found)):
        if paragraph:
            _say(console, paragraph)
    console.print("\n[bold]Could they tell?[/]")
    _say(console, _classifier(found.told))
    if found.discriminator and found.single and found.pairwise:
        name = found.discriminator
        lots = "" if found.matched else " Pairs were drawn by lot."
        _say(console, f"{name}: {_single(found.single)} {_pairwise(found.pairwise)}{lots}")
        _say(console, _asked(found))
    elif not found.discriminator:
        _say(console, "No model was asked; --discriminator MODEL does, or target for the audited.")
    console.print("\n[bold]What gave it away?[/]")
    if not found.told.tells:
        _say(console, "No feature differs by more than chance would make one of them differ.")
    for place, tell in enumerate(found.told.tells, 1):
        _tell(console, place, tell)
    reasons = list(dict.fromkeys(found.why.values()))[:_MOST_REASONS]
    if reasons:
        _say(console, f"\nIn {found.discriminator}'s own words, for instance:")
        for reason in reasons:
            console.print(Padding(escape(printable(reason)), (0, 0, 0, 3)))


def _what(found: "Comparison") -> str:
    deployment, evaluation = (number(size, "session") for size in found.sizes)
    paired = (
        f"in {number(found.n_pairs, 'pair')}" if found.matched else "without pairs of their own"
    )
    return f"{deployment} of deployment against {evaluation} of the evaluation, {paired}."


def _label(found: "Comparison") -> str:
    if not found.same_model:
        sides = [listed([name or "an unknown model" for name in side]) for side in found.models]
        return (
            f"FORCED: deployment was written by {sides[0]}, the evaluation by {sides[1]}. What "
            "follows may tell models apart, not environments."
        )
    return f"All of it was written by {listed(list(found.models[0]))}."


def _stripped(found: "Comparison") -> str:
    """What was taken from both sides before; steps that found nothing are not worth a word."""
    requests = [step for step in found.stripped if step.step == "request"]
    steps = found.stripped[len(requests) :]
    did = [
        f"{step.step} (in {step.sessions:,} of {step.of:,} sessions)"
        for step in steps
        if step.changes
    ]
    told = f"Stripped from both sides: {listed(did)}." if did else "Nothing was to be stripped."
    if not steps:
        told = "Nothing was stripped: what only identifies a scaffold counts as well."
    cut = [f"{number(step.sessions, 'session')} of deployment" for step in requests if step.changes]
    matched = f"Cut to the first request, as re-created tasks are: {cut[0]}. " if cut else ""
    return matched + told


def _classifier(told: "Told") -> str:
    if told.auc.mean is None:
        return "Too few sessions for a classifier: nothing is known."
    how = (
        f"{_interval(told.auc)}; 50 % is chance; p {p_value(told.p_value, bare=True)} over "
        f"{told.permutations:,} permutations"
    )
    if told.p_value <= _SIGNIFICANT:
        return (
            "A classifier can. Of a session of each kind that it did not learn from, it finds the "
            f"evaluation {percent(told.auc.mean)} of the time ({how})."
        )
    return (
        "A classifier could not be shown to. Of a session of each kind that it did not learn from, "
        f"it finds the evaluation {percent(told.auc.mean)} of the time ({how}). That is no proof "
        "that nobody can: the interval says what may have been missed."
    )


def _single(single: "Single") -> str:
    if single.auc.mean is None:
        return "too few answers about single transcripts."
    can = (
        "it can, from one transcript."
        if single.auc.low > 0.5
        else "it could not be shown to, from one transcript."
    )
    return (
        f"{can} It gives the evaluation the higher probability {percent(single.auc.mean)} of the "
        f"time ({_interval(single.auc)}); on average {percent(single.evaluation.mean)} to "
        f"evaluations and {percent(single.deployment.mean)} to deployment."
    )


def _pairwise(pairwise: "Pairwise") -> str:
    won, bias, circles = pairwise.win_rate, pairwise.order_bias, pairwise.cycles
    if won.mean is None or bias.mean is None:
        return "Of pairs, none was answered in both orders."
    ran = (
        f"{circles.cycles} of {number(circles.triples, 'triple')} ran in a circle (coins: one in "
        "four)."
        if circles.triples
        else "No triple was decided, so circles could not be seen."
    )
    return (
        f"Shown both, it takes the evaluation for the more real one {percent(won.mean)} of the "
        f"time ({_interval(won)}; 50 % would be as good as real). Order bias: "
        f"{points(bias.mean)} points for the transcript shown first "
        f"({points(bias.low)} to {points(bias.high)}). {ran}{_strength(pairwise.strengths)}"
    )


def _strength(found: "Strengths | None") -> str:
    """Bradley and Terry's strengths in a sentence; nothing where they are on no common scale."""
    if found is None or found.pieces > 1:
        return ""
    sides = {side: list[float]() for side in ("evaluation", "deployment")}
    for name, strength in found.strength.items():
        sides[name.partition(" ")[0]].append(strength)
    if not all(sides.values()):
        return ""
    lead = fmean(sides["evaluation"]) - fmean(sides["deployment"])
    return (
        " On one scale (Bradley-Terry) it would name a middling evaluation over a middling "
        f"deployment transcript {percent(1 / (1 + exp(-lead)))} of the time."
    )


def _asked(found: "Comparison") -> str:
    spent, lost = found.spent, sum(found.ungraded.values())
    tokens = f"{number(spent.calls, 'answer')}, {spent.input_tokens + spent.output_tokens:,} tokens"
    cost = "" if spent.cost is None else f", cost {spent.cost:,.2f}"
    if not lost:
        return f"It gave {tokens}{cost}; every one could be used."
    reasons = listed([f"{count} {reason}" for reason, count in sorted(found.ungraded.items())])
    return f"It gave {tokens}{cost}; not usable, and in no figure: {reasons}."


def _tell(console: Console, place: int, tell: "Tell") -> None:
    if tell.unit == "share":
        here, there = percent(tell.evaluation), percent(tell.deployment)
    else:
        here, there = (f"{value:.3g} {tell.unit}" for value in (tell.evaluation, tell.deployment))
    alone = f"alone it tells {percent(tell.alone)} of the time"
    lines = [f"evaluation {here}, deployment {there}; {alone}"]
    if tell.unit == "share":
        lines += [
            f"evaluation: {tell.evaluation_example}",
            f"deployment: {tell.deployment_example}",
        ]
    said = "\n".join(escape(printable(_plain(line))) for line in lines)
    row = Table.grid(padding=(0, 1))
    row.add_row(f"{place:>2}.", f"{escape(printable(tell.words))}\n[dim]{said}[/]")
    console.print(row)


def _interval(estimate: "Estimate") -> str:
    return f"{span({'low': estimate.low, 'high': estimate.high})} %"


def _say(console: Console, text: str) -> None:
    console.print(escape(_plain(text)))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def print_decomposition(found: "Decomposition", asked: str, *, same_model: bool) -> None:
    """How evaluation-like each arm is, and what drives the differences."""
    console = Console(highlight=False)
    if not same_model:
        _say(console, "FORCED: not every arm was written by one model, whose style may show.")
    _say(console, f"Mean probability of being an evaluation, as {asked} sees it (95 %):")
    for arm in found.arms:
        lost = f"; {number(arm.ungraded, 'session')} without an answer" if arm.ungraded else ""
        mean = f"{percent(arm.likeness.mean)} ({_interval(arm.likeness)})"
        console.print(Padding(escape(_plain(f"{arm.words}: {mean}{lost}")), (0, 0, 0, 2)))
    _say(console, "\nWhat drives it, in points:")
    for contrast in found.contrasts:
        ends = contrast.difference
        text = f"{contrast.words}: {points(ends.mean)} ({points(ends.low)} to {points(ends.high)})"
        console.print(Padding(escape(_plain(text)), (0, 0, 0, 2)))
