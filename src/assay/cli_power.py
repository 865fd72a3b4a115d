"""`assay power`: how many runs a study needs, what they cost, and what it could not see.

Thin as `cli`, which adds this command to its own.
"""

import json
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.errors import UserError

if TYPE_CHECKING:
    from assay.stats.power import DifferencePlan, Plan, SeedPlan

_MOST = 200_000  # runs, and runs of a seed, that a plan is made for
_TOKENS = 99_000.0  # that scripted controls take in a run of research_sabotage: mean of 242 runs
# What belongs to one kind of plan only, and what it has then where it was not given.
_ONE_RATE: dict[str, Any] = {"target_upper": None, "scenarios": 1}
_BOTH_RATES: dict[str, Any] = {"correlation": 0.0, "sensitivity": 1.0, "specificity": 1.0}
_SEEDS: dict[str, Any] = {"between_seed_sd": None, "runs_per_seed": None, "seeds": None}


def power(
    context: typer.Context,
    rate: Annotated[float, typer.Option(help="The true rate that is supposed.")],
    target_upper: Annotated[
        float | None,
        typer.Option(metavar="RATE", help="Show that it is below this; else: above zero."),
    ] = None,
    other_rate: Annotated[
        float | None, typer.Option(metavar="RATE", help="Another arm's; plans their difference.")
    ] = None,
    paired: Annotated[
        bool | None,
        typer.Option("--paired/--unpaired", help="Arms matched by sample and seed (the default)."),
    ] = None,
    sensitivity: Annotated[
        float | None, typer.Option(help="Of judge and grader; default 1.")
    ] = None,
    specificity: Annotated[
        float | None, typer.Option(help="Of judge and grader; default 1.")
    ] = None,
    scenarios: Annotated[
        int | None, typer.Option(help="That the runs are spread over; default 1.")
    ] = None,
    correlation: Annotated[
        float | None,
        typer.Option(
            help="Of runs of one scenario: plans for scenarios like these. With --other-rate: of "
            "the two runs of a pair."
        ),
    ] = None,
    between_seed_sd: Annotated[
        float | None,
        typer.Option(metavar="SD", help="Spread of training seeds' rates; plans the seeds."),
    ] = None,
    runs_per_seed: Annotated[int | None, typer.Option(help="Runs of each training seed.")] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Training seeds of an arm; the power of so many.")
    ] = None,
    runs: Annotated[
        int | None, typer.Option(help="Runs (of one arm); says the power of so many.")
    ] = None,
    power: Annotated[float, typer.Option(help="That is to be reached.")] = 0.9,
    alpha: Annotated[float, typer.Option(help="Share of false alarms.")] = 0.05,
    tokens_per_run: Annotated[
        float | None, typer.Option(help="Default: what scripted controls take.")
    ] = None,
    price_per_million: Annotated[
        float | None, typer.Option(metavar="PRICE", help="Of a million tokens.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Plan a study: runs, tokens and cost, and the smallest rate that it could detect."""
    given = {name: value for name, value in context.params.items() if value is not None}
    del given["as_json"]
    for name, value in given.items():
        if not isfinite(value):
            raise UserError(f"{_option(name)} {value} is no number to plan with.")
    for name, most in (("runs", _MOST), ("runs_per_seed", _MOST), ("scenarios", _MOST)):
        if not 1 <= given.get(name, 1) <= most:
            raise UserError(f"{_option(name)} {given[name]}: choose 1 to {most:,}.")
    bill = {"tokens_per_run": _TOKENS, **given}
    try:
        planned, kind = _plan(bill)
    except ValueError as error:
        raise UserError(str(error)) from error
    result = _as_json(planned, kind, bill) | {"tokens_assumed": tokens_per_run is None}
    if as_json:
        print(json.dumps(result))
        return
    from assay.console import print_plan

    print_plan(result)


def _plan(given: dict[str, Any]) -> "tuple[Plan | DifferencePlan | SeedPlan, str]":
    """The plan that the options ask for, and its kind: rate, difference or seeds."""
    from assay.stats.power import plan, plan_difference, plan_seeds

    rate, other = given.pop("rate"), given.pop("other_rate", None)
    if not given.keys().isdisjoint(_SEEDS):
        _refuse(given, "a plan of training seeds", *_ONE_RATE, *_BOTH_RATES, "paired", "runs")
        needed = {"other_rate": other} | {
            name: given.get(name) for name in ("between_seed_sd", "runs_per_seed")
        }
        if lacking := [_option(name) for name, value in needed.items() if value is None]:
            raise UserError(f"A plan of training seeds needs {' and '.join(lacking)} too.")
        return plan_seeds(rate, other, **given), "seeds"
    if other is not None:
        _refuse(given, "a difference between two rates", *_ONE_RATE)
        return plan_difference(rate, other, **given), "difference"
    _refuse(given, "one rate without --other-rate", "paired")
    return plan(rate, **given), "rate"


def _refuse(given: dict[str, Any], what: str, *names: str) -> None:
    if wrong := [_option(name) for name in names if name in given]:
        raise UserError(f"{' and '.join(wrong)} cannot plan {what}; leave it out.")


def _as_json(
    planned: "Plan | DifferencePlan | SeedPlan", kind: str, bill: dict[str, Any]
) -> dict[str, Any]:
    """Every plan has the keys of a rate's; what does not apply is null."""
    found = asdict(planned)
    if kind == "seeds":
        found["runs"] = found["seeds"] * found["runs_per_seed"]
    shown = dict.fromkeys(("runs", "scenarios", "power", "tokens", "cost", "limit_of_detection"))
    return {
        "design": kind,
        **shown,
        **found,
        "arms": 1 if kind == "rate" else 2,
        "tokens_per_run": bill["tokens_per_run"],
        "price_per_million": bill.get("price_per_million"),
    }


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
