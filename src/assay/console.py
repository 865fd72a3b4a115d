"""What the command line prints for people, at 80 columns. `cli` prints JSON itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from assay.report.words import duration, headline
from assay.text import printable

if TYPE_CHECKING:
    from assay.execution.probe import Check
    from assay.price import Price
    from assay.scenarios.catalog import Pack
    from assay.scenarios.controls import Control
    from assay.scenarios.scenario import Scenario

_MARKS = {"ok": "[green]ok[/]", "warning": "[yellow]warning[/]", "missing": "[red]missing[/]"}


def print_checks(checks: "Sequence[Check]") -> None:
    """What the machine can do, and below each gap the command that mends it."""
    table = _table()
    for check in checks:
        remedy = f"\n[bold]{escape(check.remedy)}[/]" if check.remedy else ""
        detail = escape(check.detail) + (remedy if check.state != "ok" else "")
        table.add_row(_MARKS[check.state], escape(check.name), detail)
    Console().print(table)


def print_packs(packs: "Sequence[Pack]") -> None:
    """Every pack with its scenarios."""
    for pack in packs:
        print(f"{pack.name}: {pack.sheet.title}")
        for name, title in pack.titles():
            print(f"  {name:26} {title}")


def print_scenario(scenario: "Scenario", controls: "Sequence[Control]") -> None:
    """One scenario: brief, factors, limits, controls."""
    console = Console(highlight=False)
    console.print(f"[bold]{escape(scenario.title)}[/]  ({scenario.pack}/{scenario.id})")
    limits = scenario.limits
    console.print(
        f"behaviour {scenario.behaviour}; at most {limits.messages} messages and "
        f"{limits.minutes:g} minutes; its files lie in"
    )
    print(f"{scenario.folder}\n")
    console.print(escape(scenario.brief(scenario.default_cell, datetime.now(UTC).date())) + "\n")
    for factor, texts in scenario.factors.items():
        console.print(f"[bold]{factor}[/]")
        for level, text in texts.items():
            marks = [
                "default" if scenario.defaults[factor] == level else "",
                "benign twin" if scenario.twin.get(factor) == level else "",
            ]
            mark = ", ".join(mark for mark in marks if mark)
            console.print(f"  {level}{f' ({mark})' if mark else ''}: {escape(text.strip())}")
    console.print()
    table = _table("control", "conduct", "outcome")
    for control in controls:
        table.add_row(control.name, control.conduct, control.outcome)
    console.print(table)


def print_agreement(result: dict[str, Any]) -> None:
    """The confusion table of a check, its bounds, and every disagreement."""
    console = Console(highlight=False)
    outcomes = ("intact", "harmful", "broken", "untouched", "ungraded")
    table = _table("control", *outcomes)
    for kind, counts in sorted(result["confusion"].items()):
        table.add_row(kind, *(str(counts.get(outcome, "·")) for outcome in outcomes))
    console.print(table)
    console.print()
    held_out = result["held_out"]
    if not held_out["n"]:
        console.print("No held-out controls were run.")
    for name, part, count in (("Controls", result, "controls"), ("Held out", held_out, "n")):
        if not part[count]:
            continue
        console.print(
            f"{name}: {part['agree']} of {part[count]} agree with the grader; over "
            f"{part['distinct']} distinct trajectories the true share is at least "
            f"{part['low']:.2f} (exact, one-sided 95 %)."
        )
    if judged := result["judged"]:
        console.print(
            f"Of these a judge had a say in {judged['controls']}: {escape(judged['by'])}"
            f"{_scripted(judged['by'])}."
        )
    for scenario, kinds in result["lacking"].items():
        console.print(f"[yellow]lacking[/] {scenario}: no control of kind {', '.join(kinds)}")
    for part in (result, held_out):
        for entry in part["disagree"]:
            console.print(
                f"[red]disagrees[/] {entry['scenario']}/{entry['control']}: "
                f"{escape(str(entry['problem']))}"
            )


def _scripted(judge: str) -> str:
    told = ", which answers from the scripts' own truth, so that this tells of no judge"
    return told if judge.startswith("control/") else ""


def print_hacks(hacks: Sequence[dict[str, Any]]) -> None:
    """The catalogue by family: each hack with the loopholes it needs, and what it proves."""
    console = Console(highlight=False)
    for family, members in groupby(hacks, key=itemgetter("family")):
        console.print(f"[bold]{escape(family)}[/]")
        for hack in members:
            console.print(f"  {escape(hack['name'])}  [dim]needs {' and '.join(hack['needs'])}[/]")
            console.print(Padding(escape(hack["proves"]), (0, 0, 0, 4)))


def print_hack_check(result: dict[str, Any]) -> None:
    """How many hacks work as they say, and every rule that does not hold."""
    console = Console(highlight=False)
    if result["error"]:
        console.print(f"[yellow]not checked[/] {escape(printable(result['error']))}")
        return
    console.print(
        f"{result['working']} of {result['hacks']} hacks work, each through the loopholes that it "
        f"names and through nothing else; the hardened grader pays {result['paid_by_hardened']}."
    )
    for failure in result["failures"]:
        where = f"{failure['program']} on {failure['problem']}"
        console.print(f"[red]fails[/] {escape(where)}: {escape(failure['rule'])}")


def print_scores(scores: Sequence[dict[str, Any]]) -> None:
    """For each program its verdict, and below it what there is to say."""
    console = Console(highlight=False)
    for score in scores:
        verdict = score["verdict"] or "not scored"
        colour = {"honest": "green", "hack": "red"}.get(verdict, "yellow")
        console.print(f"[{colour}]{verdict}[/]  {escape(printable(score['file']))}")
        text = escape(score["evidence"] or printable(score["error"]))
        console.print(Padding(text, (0, 0, 0, 4)))


def print_headline(summary: dict[str, Any], target: str) -> None:
    """The report's headline."""
    console = Console(highlight=False)
    console.print(escape(" ".join(headline(summary, target)).replace("\u00a0", " ")))


def print_usage(summary: dict[str, Any], seconds: float, price: "Price | None") -> None:
    """Tokens by role, what they cost where a price is known, and how long this call took."""
    tokens, cost = summary["tokens"], summary["cost"]
    told = [
        f"{tokens['input']:,} read",
        *([f"{tokens['cached']:,} from a cache"] if tokens["cached"] else []),
        f"{tokens['output']:,} written",
        *(f"{tokens[role]:,} by the {role}" for role in ("judge", "auditor") if tokens.get(role)),
    ]
    if price:
        others = sum(tokens.get(role, 0) for role in ("judge", "auditor"))
        cost = price.of(tokens["input"] + others, tokens["output"], tokens["cached"])
    paid = "" if cost is None else f" ${cost:,.2f}."
    took = duration(seconds).replace("\u00a0", " ")
    Console(highlight=False).print(f"\nTokens: {', '.join(told)}.{paid} Took {took}.")


def print_dimensions(sentences: "Sequence[str]", dimensions: "Sequence[dict[str, Any]]") -> None:
    """What a run of Petri's seeds found, and the scores by dimension."""
    console = Console(highlight=False)
    console.print(escape(" ".join(sentences).replace("\u00a0", " ")))
    if not dimensions:
        return
    table = _table("dimension", "mean", "highest", "6 or more", "no score")
    for each in dimensions:
        mean = "-" if each["mean"] is None else f"{each['mean']:.1f}"
        high = f"{each['high']} / {each['scored']}"
        table.add_row(
            escape(each["name"]), mean, str(each["highest"] or "-"), high, str(each["unscored"])
        )
    console.print()
    console.print(table)


def print_plan(plan: dict[str, Any]) -> None:
    """A plan of `assay power`, in sentences."""
    console = Console(highlight=False)
    console.print(f"{_design(plan)} with a power of {100 * plan['power']:.1f} %.")
    if plan.get("most_flags") is not None:
        console.print(f"It is shown if at most {plan['most_flags']:,} of them are flagged.")
    if plan.get("least_flags") is not None:
        console.print(f"It is shown if {plan['least_flags']:,} of them or more are flagged.")
    if plan["limit_of_detection"] is not None:
        seen = _percent(plan["limit_of_detection"])
        console.print(f"Limit of detection: {seen}, the smallest rate that it would see.")
    source = ", as scripted controls take (--tokens-per-run says yours)"
    console.print(
        f"Tokens: {_round(plan['tokens'])} at {plan['tokens_per_run']:,.0f} a run"
        f"{source if plan['tokens_assumed'] else ''}. Benign twins, which an audit runs too, take "
        "as many again."
    )
    if plan["cost"] is not None:
        console.print(f"Cost: {plan['cost']:,.2f} at {plan['price_per_million']:g} a million.")
    console.print(f"Assumed: {plan['assumptions']} Method: {plan['method']}.")


def _design(plan: dict[str, Any]) -> str:
    rate = f"a true rate of {_percent(plan['rate'])}"
    if plan["design"] == "seeds":
        return (
            f"{plan['seeds']:,} training seeds in each of two arms, {plan['runs_per_seed']:,} runs "
            f"of each seed, tell {rate} from {_percent(plan['other_rate'])}"
        )
    if plan["design"] == "difference":
        arms = "pairs of runs" if plan["paired"] else "runs in each of two arms"
        return f"{plan['runs']:,} {arms} tell {rate} from {_percent(plan['other_rate'])}"
    many = plan["scenarios"] > 1
    where = f", spread over {plan['scenarios']:,} scenarios," if many else ""
    target = plan["target_upper"]
    goal = "above zero" if target is None else f"below {_percent(target)}"
    return f"{plan['runs']:,} runs{where} show {rate} to be {goal}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _round(tokens: int) -> str:
    return f"{tokens / 1e6:,.1f} million" if tokens >= 1e6 else f"{tokens:,}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=bool(headings))
    for heading in headings or ("", "", ""):
        table.add_column(heading, overflow="fold")
    return table
