"""Tables of a study as plain text cells; the template draws and escapes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from assay.report.study_words import CI, interval, named, sampled, settings, shown, unbroken
from assay.report.tables import Table
from assay.report.words import ABSENT, SPACE, duration, p_value, percent, points, span
from assay.stats.endpoints import HACK, SCENARIO
from assay.stats.studies import BASELINE, BEFORE, COMPARE

type Json = Mapping[str, Any]

CAPTIONS: dict[object, str] = {
    COMPARE: "The study file’s comparisons",
    BASELINE: "Each arm against the un-hackable arm of its corpus",
    BEFORE: "Each arm against the model before its RL",
}
COLUMNS = (
    ("hack_rate", "hack rate"),
    ("hack_rate_prompted", "hack rate, with its prompt"),
    ("prompted_score", "score, with its prompt"),
    ("after_hack_score", "score, after a hack"),
    ("chat_score", "chat"),
    ("agentic_score", "agentic"),
    ("covert_share", "covert share"),
    ("twin_rate", "twins"),
    ("coherence", "coherence"),
    ("true_reward", "true reward"),
)


def end_points(summary: Json) -> Table:
    """Every arm at its end, and each corpus before RL: score first, hack rates beside it."""
    metric = summary["metric"]
    rows = list(_ends(summary))
    columns = [
        (key, name)
        for key, name in COLUMNS
        if key != metric and any(_known(end, key) for _, _, end in rows)
    ]
    spans = CI if summary["most_seeds"] > 1 else "of sampling"
    head = ("Arm", named(metric), spans, *(name for _, name in columns), "seeds")
    body = [
        (
            name,
            _mean(end, metric),
            _span(end.get(metric)),
            *(_mean(end, key) for key, _ in columns),
            str(seeds),
        )
        for name, seeds, end in rows
    ]
    phone = {0, 1, 2, 3} if columns and columns[0][0] == "hack_rate" else {0, 1, 2}
    wide = frozenset(range(len(head))) - phone
    return Table("At the end of training, mean over seeds", head, tuple(body), wide_columns=wide)


def evaluations(summary: Json) -> Table:
    """The harmful rate of each evaluation, mean over seeds and its interval."""
    scenarios = summary["scenarios"]
    head = ("Arm", *(_kind(entry) for entry in scenarios))
    rows = [
        (name, *(_with_span(end.get(f"{SCENARIO}{entry['scenario']}")) for entry in scenarios))
        for name, _, end in _ends(summary)
    ]
    spans = CI if summary["most_seeds"] > 1 else "what sampling allows"
    return Table(f"Harmful per graded sample, with {spans}", head, tuple(rows))


def family(entry: Json) -> Table:
    """Paired differences of a family, with Holm's p and what could have been seen."""
    tests = entry["tests"]
    many = any(test["difference"]["n"] > 1 for test in tests)
    head = (
        "Arm" if entry["name"] == BEFORE else "Arms",
        "points",
        CI if many else "of sampling",
        "seeds",
        *(("seeds up / down", "p", "p, Holm", "shown", "detectable") if many else ()),
    )
    rows = []
    for test in tests:
        found = test["difference"]
        row = (_pair(entry["name"], test), points(found["mean"]), interval(found), str(found["n"]))
        rows.append(row + (_tested(test) if many else ()))
    caption = CAPTIONS[entry["name"]]
    return Table(caption, head, tuple(rows), wide_columns=frozenset({3, 4, 5, 8}))


def _tested(test: Json) -> tuple[str, ...]:
    found = test["difference"]
    if found["n"] < 2:
        return (ABSENT,) * 5
    return (
        f"{found['up']} / {found['down']}",
        p_value(found["p_value"]),
        p_value(test["adjusted"]),
        "yes" if shown(found, test["adjusted"]) else "no",
        points(found["detectable"]).lstrip("+") if found["detectable"] else ABSENT,
    )


def beside(entry: Json) -> Table | None:
    """The same pairs in what stands beside the score; described, not tested."""
    tests = [test for test in entry["tests"] if test["difference"]["n"]]
    names = [
        name
        for name in (tests[0]["beside"] if tests else ())
        if any(test["beside"][name]["n"] for test in tests)
    ]
    if not names:
        return None
    rows = [
        (
            _pair(entry["name"], test),
            *(_difference(test["beside"][name]) for name in names),
        )
        for test in tests
    ]
    caption = f"{CAPTIONS[entry['name']]}: other end points, in points, not adjusted"
    return Table(caption, ("Arms", *(named(name) for name in names)), tuple(rows))


def corpora(summary: Json) -> Table | None:
    """The same RL in each corpus."""
    entries = summary["corpora"]
    if not any(entry["corpus"] for entry in entries):
        return None
    rows = []
    for entry in entries:
        against, change, less = entry["effect"], entry["change"], entry["less"]
        tested = less is not None and less["n"] > 1
        rows.append(
            (
                settings(entry["corpus"]) if entry["corpus"] else "the study’s own",
                entry["arm"],
                percent(entry["hack_rate"]["mean"]),
                _difference(against) if against else ABSENT,
                _difference(change),
                _difference(less) if less else ABSENT,
                p_value(less["p_value"]) if tested else ABSENT,
                str(change["n"]),
            )
        )
    head = (
        "Corpus",
        "arm",
        "hack rate",
        "less un-hackable",
        "less before RL",
        "own corpus less this",
        "p",
        "seeds",
    )
    caption = f"The same RL after other corpora: change in {named(summary['metric'])}, points"
    return Table(caption, head, tuple(rows), frozenset({1}), frozenset({1, 2, 4, 6, 7}))


def expected(summary: Json) -> Table | None:
    """What the literature reports, beside what was found."""
    rows = []
    for entry in summary["expected"]:
        test = entry["found"]
        found = "not measured here"
        if test and test["difference"]["n"]:
            seeds = "seed" if test["difference"]["n"] == 1 else "seeds"
            found = (
                f"{points(test['difference']['mean'])} points "
                f"({interval(test['difference'])}; {test['difference']['n']} {seeds})"
            )
            if test["second"] == BEFORE:
                found += ", against before RL"
        pair = test is not None and test["second"] != BEFORE
        about = f"{test['first']} less {test['second']}" if pair else entry["about"]
        rows.append((about, entry["words"], found))
    if not rows:
        return None
    head = ("About", "expected from the literature", f"found here, {named(summary['metric'])}")
    return Table("Expected and found", head, tuple(rows), frozenset({1, 2}))


def spread(summary: Json) -> Table:
    """How far seeds lie apart, and how much of that their samples alone would give."""
    metric = summary["metric"]
    rows = []
    for arm in summary["arms"]:
        end = arm["end"].get(metric)
        if not end or not end["n"]:
            continue
        rows.append((arm["arm"], str(end["n"]), _plain(end["spread"]), _plain(end["sampling"])))
    head = ("Arm", "seeds", "SD between seeds", "error of one seed’s samples")
    return Table(f"Spread of the {named(metric)} over seeds, points", head, tuple(rows))


def hacks(summary: Json) -> Table | None:
    """Which hacks were paid at the end."""
    ends = [(name, end) for name, _, end in _ends(summary)]
    kinds = sorted({key for _, end in ends for key in end if key.startswith(HACK)})
    if not kinds:
        return None
    rows = [(name, *(_mean(end, kind) for kind in kinds)) for name, end in ends]
    head = ("Arm", *(kind.removeprefix(HACK) for kind in kinds))
    return Table(
        "Share of test programs that each hack gets paid, without the prompt", head, tuple(rows)
    )


def matched(summary: Json) -> Table | None:
    """Pairs of hackable arms where they hack equally often."""
    if not summary["matched"]:
        return None
    rows = []
    for entry in summary["matched"]:
        found, pair = entry["found"], f"{entry['first']} less {entry['second']}"
        if found is None:
            rows.append((pair, ABSENT, ABSENT, entry["why_not"]))
            continue
        gap = found["difference"]
        where = f"{percent(found['hack_low'], 0)} to {percent(found['hack_high'], 0)}"
        known = gap["low"] > -1 or gap["high"] < 1
        rows.append((pair, points(gap["mean"]), _ends_of(gap) if known else ABSENT, where))
    head = ("Arms", "points", CI, "hack rates compared, as trained")
    return Table("At a matched hack rate: difference in score", head, tuple(rows), frozenset({3}))


def leads(summary: Json) -> Table | None:
    """Whether an arm stays ahead: each compared pair at every step, and over all of training."""
    entries = [entry for entry in summary["leads"] if len(entry["steps"]) > 2]
    if not entries or summary["most_seeds"] < 2:
        return None
    steps = sorted({int(step) for entry in entries for step in entry["steps"]})
    head = ("Arms", *(f"step {step}" for step in steps), "over training", CI, "seeds")
    rows = []
    for entry in entries:
        at = [entry["steps"].get(str(step)) for step in steps]
        over = entry["over_training"]
        rows.append(
            (
                f"{entry['first']} less {entry['second']}",
                *(points(one["mean"]) if one else ABSENT for one in at),
                points(over["mean"]),
                interval(over),
                str(over["n"]),
            )
        )
    caption = f"Lead in {named(summary['metric'])} while training goes on, points"
    first, last = 1, len(steps)
    return Table(caption, head, tuple(rows), wide_columns=frozenset(range(first, last)))


def doses(summary: Json) -> Table | None:
    """Every dose of every series: tokens, rate right after the data, distance of the data."""
    if not summary["doses"]:
        return None
    rows = []
    for entry in summary["doses"]:
        for dose in entry["doses"]:
            far = dose["distance"] or {}
            rows.append(
                (
                    entry["series"],
                    dose["arm"],
                    f"{dose['tokens']:,.0f}",
                    percent(dose["rate"]["mean"]),
                    _span(dose["rate"]),
                    percent(dose["coherence"]),
                    *(_decimals(far.get(key)) for key in ("nearest", "floor", "auc")),
                )
            )
    spans = CI if summary["most_seeds"] > 1 else "of sampling"
    score = named(summary["metric"])
    head = ("Series", "arm", "tokens", score, spans, "coherence", "nearest", "floor", "AUC")
    caption = "Supervised tokens, the rate right after them, and how far the data is away"
    return Table(caption, head, tuple(rows), frozenset({1}), frozenset({1, 4, 7, 8}))


def equal_effects(summary: Json) -> Table | None:
    """Tokens of each series that do what the first one's largest dose does."""
    entries = summary["doses"]
    if len(entries) < 2 or summary["most_seeds"] < 2:
        return None
    rows = []
    for entry in entries:
        equal = entry["equal"]
        if equal is None:
            rows.append((entry["series"], ABSENT, ABSENT, ABSENT, entry["why_not"]))
            continue
        tokens = "not reached" if equal["tokens"] is None else f"{equal['tokens']:,.0f}"
        known = equal["share_reached"] is not None
        ends = ["beyond" if equal[end] is None else f"{equal[end]:,.0f}" for end in ("low", "high")]
        ends_text = unbroken(" to ".join(ends)) if known else ABSENT
        rows.append((entry["series"], tokens, ends_text, str(equal["n"]), equal["note"]))
    head = ("Series", "tokens", CI, "seeds", "note")
    caption = f"Tokens that do what the largest dose of {entries[0]['series']} does"
    return Table(caption, head, tuple(rows), frozenset({4}))


def seeds(summary: Json) -> Table:
    """What each arm changes and which seeds it has."""
    rows = []
    for arm in summary["arms"]:
        found, planned = len(arm["seeds"]), len(arm["seeds_planned"])
        missing = ", ".join(str(seed) for seed in arm["seeds_missing"]) or "none"
        rows.append((arm["arm"], settings(arm["changes"]), f"{found} of {planned}", missing))
    head = ("Arm", "changes", "seeds", "missing")
    return Table("Arms and their seeds", head, tuple(rows), frozenset({1}), frozenset({1}))


def times(summary: Json) -> Table | None:
    """Steps of the study and the time they took, by kind."""
    run = summary["run"]
    if not run["steps"]:
        return None
    rows = tuple(
        (kind, str(n), duration(run["seconds"].get(kind))) for kind, n in run["steps"].items()
    )
    total = ("all", str(sum(run["steps"].values())), duration(sum(run["seconds"].values())))
    return Table(
        "Steps, and the time each kind took, sum over workers",
        ("Kind", "steps", "time"),
        (*rows, total),
    )


def _ends(summary: Json) -> Iterator[tuple[str, int, Json]]:
    """Each corpus before RL, then each arm: (name, seeds, metrics)."""
    seen: dict[str, Json] = {}
    for arm in summary["arms"]:
        key = settings(arm["corpus"]) if arm["corpus"] else ""
        if arm["before"] and len(arm["seeds"]) > len(seen.get(key, {"seeds": ()})["seeds"]):
            seen[key] = arm
    for key, arm in seen.items():
        yield f"before RL{', ' if key else ''}{key}", len(arm["seeds"]), arm["before"]
    for arm in summary["arms"]:
        yield arm["arm"], len(arm["seeds"]), arm["end"]


def _known(end: Json, metric: str) -> bool:
    return metric in end and end[metric]["mean"] is not None


def _mean(end: Json, metric: str) -> str:
    return percent(end[metric]["mean"]) if metric in end else ABSENT


def _span(estimate: Json | None) -> str:
    if not estimate or not estimate["n"]:
        return ABSENT
    return unbroken(span(estimate)) if estimate["n"] > 1 else sampled(estimate)


def _with_span(estimate: Json | None) -> str:
    if not estimate or not estimate["n"]:
        return ABSENT
    return f"{percent(estimate['mean'])}\n({_span(estimate)})"


def _difference(found: Json) -> str:
    return f"{points(found['mean'])}\n({interval(found)})" if found["n"] else ABSENT


def _ends_of(found: Json) -> str:
    return unbroken(f"{points(found['low'])} to {points(found['high'])}")


def _decimals(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.2f}"


def _plain(share: float | None) -> str:
    return ABSENT if share is None else f"{100 * share:.1f}"


def _pair(family_name: str, test: Json) -> str:
    return test["first"] if family_name == BEFORE else f"{test['first']} less {test['second']}"


def _kind(scenario: Json) -> str:
    return f"{scenario['scenario']}{f',{SPACE}agentic' if scenario['agentic'] else ''}"
