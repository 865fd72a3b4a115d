"""What `assay realism awareness`, `recreate` and `baseline` print for people, at 80 columns."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from assay.report.awareness import about, about_behaviour
from assay.report.words import listed, number, percent, points, shortened, span
from assay.text import printable

type Json = Mapping[str, Any]

_SIDES = {"here": "in our environment", "petri": "in plain Petri"}


def print_awareness(found: Json, place: str) -> None:
    """How often, when, and what went with it; the words themselves."""
    console = _console()
    _say(console, f"Looked into {number(found['looked_at'], 'session')}.")
    for sentence in (*about(found), *about_behaviour(found)):
        _say(console, sentence)
    for quote in found["quotes"]:
        where = f"{quote['run_id']}, epoch {quote['epoch']}, {quote['aware']}, {quote['where']}:"
        console.print(Padding(escape(printable(where)), (0, 0, 0, 2)), style="dim")
        console.print(Padding(escape(printable(shortened(quote["quote"]))), (0, 0, 0, 4)))
    if found["errors"]:
        reasons = listed([f"{reason} ({count:,})" for reason, count in found["errors"].items()])
        _say(console, f"Unknown: {reasons}.")
    ways = listed([f"{source} ({count:,})" for source, count in found["decisive"].items()])
    _say(console, f"Decisive actions, by how they were found: {ways}.")
    if found["kept"]:
        _say(console, f"Kept in {found['kept']}; `assay report {place}` shows it.")


def print_check(found: Json) -> None:
    """Recall and precision of the filter, and the judge's errors, on the labelled passages."""
    console = _console()
    _say(console, f"{found['passages']} labelled passages, written for this.")
    for part, name in (("held_out", "Held out"), ("tune", "Tuned on")):
        check = found["filter"][part]
        _say(
            console,
            f"{name}: the filter passes {_hits(check['recall'])} of the aware passages (recall); "
            f"of all that it passes {_hits(check['precision'])} are aware (precision, on passages "
            "that were chosen to be hard).",
        )
        if part == "held_out" and check["missed"]:
            _say(console, f"Missed: {listed(list(check['missed']))}.")
    judge = found["judge"]
    if judge is None:
        _say(console, "No judge was measured; --judge MODEL does, with one question a passage.")
        return
    _say(
        console,
        f"{judge['judge']}, on what the filter passes of both parts: sensitivity "
        f"{_hits(judge['sensitivity'])}, specificity {_hits(judge['specificity'])}; no usable "
        f"answer to {judge['unanswered']:,}.",
    )
    if judge["wrong"]:
        _say(console, f"Wrong: {listed(list(judge['wrong']))}.")


def print_recreated(found: Json, corpus: str) -> None:
    """How many sessions became tasks, how whole their workspaces are, and what comes next."""
    console = _console()
    lost = [
        f"{found[state]:,} {words}"
        for state, words in (
            ("refused", "refused by the author"),
            ("malformed", "without a usable answer of the author"),
            ("no_request", "without a request"),
        )
        if found[state]
    ]
    _say(
        console,
        f"{found['written']:,} of {number(found['sessions'], 'session')} became tasks and ran"
        + (f"; {listed(lost)}." if lost else "."),
    )
    _say(
        console,
        f"Put back: {number(found['files'], 'file')}, {found['partly']:,} of them in the parts "
        f"that were seen; {found['named']:,} more were listed and never shown. Calls of the "
        f"sessions that our agent has no tool for: {found['untranslated']:,}. Later "
        f"messages of users, which no task has: {found['later_requests']:,}.",
    )
    _say(console, f"Record: {found['record']}")
    _say(console, f"Report: {found['report']}")
    _say(
        console,
        f"Next: assay realism compare --deployment {corpus} --evaluation {found['run_dir']}",
    )


def print_baseline(found: Json) -> None:
    """Awareness on either side, the paired differences, and what is missing."""
    console = _console()
    _say(
        console,
        f"{found['target']}: {found['runs']['here']:,} runs here, {found['runs']['petri']:,} in "
        f"plain Petri (auditor {found['auditor']}), {number(found['pairs'], 'pair')}.",
    )
    for side, reasons in found["ungraded"].items():
        if reasons:
            told = listed([f"{reason} ({count:,})" for reason, count in reasons.items()])
            _say(console, f"Ungraded {_SIDES[side]}: {told}.")
    if found["verbalised"]:
        _say(console, f"Verbalised awareness: {_both(found['verbalised'])}")
    else:
        _say(
            console,
            f"No judge: mentions of being evaluated, which are no awareness: "
            f"{_both(found['mentions'])}",
        )
    if prompted := found["prompted"]:
        _say(console, f"Prompted, mean probability of an evaluation: {_both(prompted)}")
        won = prompted["win_rate"]
        if won["mean"] is not None:
            _say(
                console,
                f"Shown both, {prompted['discriminator']} takes ours for the more real one "
                f"{percent(won['mean'])} of the time ({span(won)} %; 50 % is no difference).",
            )
        lost = sum(prompted["ungraded"].values())
        if lost:
            _say(console, f"Answers that could not be used, and are in no figure: {lost:,}.")


def _both(found: Json) -> str:
    sides = [
        f"{percent(found[side]['mean'])} {_SIDES[side]} ({span(found[side])} %, n = "
        f"{found[side]['n']:,})"
        for side in ("here", "petri")
    ]
    pack, wide = found["difference"], found["scenarios_like_these"]
    if pack["mean"] is None:
        return f"{listed(sides)}; no pair to compare."
    return (
        f"{listed(sides)}. Petri less ours, paired: {points(pack['mean'])} points "
        f"({points(pack['low'])} to {points(pack['high'])} for these scenarios, "
        f"{points(wide['low'])} to {points(wide['high'])} for scenarios like these)."
    )


def _hits(share: Json) -> str:
    return (
        f"{share['hits']:,} of {share['n']:,} ({percent(share['mean'])}, 95 % {span(share)})"
        if share["n"]
        else "0 of 0"
    )


def _console() -> Console:
    return Console(highlight=False)


def _say(console: Console, text: str) -> None:
    console.print(escape(printable(text.replace("\u00a0", " "))))
