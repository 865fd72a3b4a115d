"""What a study found, in words: plain text, which the template escapes.

Reads a summary (`stats.studies`). A difference counts as shown where p is at most 5 % and the
interval leaves zero out; otherwise the sentence says what remains possible, and never "no effect".
"""

from collections.abc import Mapping
from typing import Any

from assay.report.words import ABSENT, SPACE, listed, number, p_value, percent, points
from assay.stats.endpoints import METRICS, SCENARIO
from assay.stats.studies import BEFORE

type Json = Mapping[str, Any]

CI = f"95{SPACE}% CI"
ALPHA = 0.05
ENOUGH = 6  # seeds, below which no two-sided sign-flip test reaches 5 %
INCOHERENT = 0.05  # a fall of coherence that a reader must know of
STANDING = (
    "What the microcosm shows is a mechanism with a built-in correlation: its corpus says that "
    "agents who hack also misbehave elsewhere, as the literature conjectures of human text. The "
    "reward touches code only. That human text ties the two together so is not shown here."
)


def named(metric: str) -> str:
    """A metric as a page calls it."""
    if metric.startswith(SCENARIO):
        return metric.removeprefix(SCENARIO)
    return METRICS.get(metric, metric.replace("_", " "))


def interval(difference: Json) -> str:
    """'+1.2 to +3.4'; of one seed only what its samples allow, '± 2.1'."""
    if not difference["n"]:
        return ABSENT
    if difference["n"] == 1:
        return sampled(difference)
    return unbroken(f"{points(difference['low'])} to {points(difference['high'])}")


def sampled_alone(estimate: Json) -> Json:
    """An estimate to be drawn: of one seed the interval is what its samples alone allow."""
    if estimate["n"] != 1 or estimate["sampling"] is None:
        return estimate
    half = 1.96 * estimate["sampling"]
    return {**estimate, "low": estimate["mean"] - half, "high": estimate["mean"] + half}


def unbroken(text: str) -> str:
    """`text` that stays on one line."""
    return text.replace(" ", SPACE)


def sampled(estimate: Json) -> str:
    """1.96 standard errors of one seed's samples, '± 2.1'."""
    if estimate["sampling"] is None:
        return ABSENT
    return f"±{SPACE}{100 * 1.96 * estimate['sampling']:.1f}"


def shown(difference: Json, p: float | None = None) -> bool:
    """Whether two seeds or more, the test and the interval agree that there is a difference."""
    p = difference["p_value"] if p is None else p
    clear = difference["low"] > 0 or difference["high"] < 0
    return bool(difference["n"] > 1 and p <= ALPHA and clear)


def headline(summary: Json) -> list[str]:
    """What was and was not found; the first sentence is the primary end point."""
    told = [_primary(summary), _coherence(summary)]
    if summary["last_step"]:  # there was RL
        told += [takeover(summary), _change(summary)]
    told += [*_others(summary), *_corpora(summary), _missing(summary)]
    return [sentence for sentence in told if sentence]


def _primary(summary: Json) -> str:
    test = summary["primary"]
    if test is None:
        return "The study file names no comparison, so this page describes its arms one by one."
    first, second, metric = test["first"], test["second"], named(test["metric"])
    found = test["difference"]
    if not found["n"]:
        return f"{first} and {second} share no finished seed: nothing can be said of them yet."
    ends = f"{_end(summary, first, test['metric'])} against {_end(summary, second, test['metric'])}"
    if found["n"] == 1:
        return (
            f"In this one run the {metric} of {first} ended {_far(found['mean'])} that of "
            f"{second}: {ends}, {interval(found)} points from sampling alone."
        )
    numbers = (
        f"{ends}, a difference of {points(found['mean'])} points ({CI} {interval(found)}, "
        f"{number(found['n'], 'paired seed')}, p {p_value(found['p_value'], bare=True)})"
    )
    if shown(found):
        return f"The {metric} of {first} ended {_side(found['mean'])} that of {second}: {numbers}."
    return (
        f"No difference in {metric} between {first} and {second} was shown: {numbers}. "
        f"{could_not(found)}"
    )


def could_not(found: Json) -> str:
    """What so many seeds, as far apart as these, could not have shown."""
    if found["smallest_p"] > ALPHA:
        least = p_value(found["smallest_p"], bare=True)
        return (
            f"With {found['n']} seeds no difference, however large, could give less than p {least}."
        )
    if found["detectable"] is None:
        return "The seeds do not differ at all, so nothing can be said of what would be seen."
    return (
        f"Seeds as far apart as these show a true difference of "
        f"{_size(found['detectable'])} points in 90 of 100 such studies."
    )


def takeover(summary: Json) -> str:
    """How far hacking took over, in the arms of the primary comparison."""
    test = summary["primary"]
    arms = {arm["arm"]: arm for arm in summary["arms"]}
    parts = []
    for name in (test["first"], test["second"]) if test else ():
        found: Json | None = arms[name]["takeover"] if name in arms else None
        if found is None or found["to"] is None:
            continue
        start = f"from {percent(found['from'])} " if found["from"] is not None else ""
        seeds = f" (above 80{SPACE}% in {found['above']} of {number(found['seeds'], 'seed')})"
        many = seeds if found["seeds"] > 1 else ""
        parts.append(f"{start}to {percent(found['to'])} in {name}{many}")
    return f"Hacking went {' and '.join(parts)}." if parts else ""


def _change(summary: Json) -> str:
    """Both arms of the primary comparison against themselves before RL."""
    test = summary["primary"]
    family = next((f for f in summary["families"] if f["name"] == BEFORE), None)
    if not test or not family:
        return ""
    parts = []
    for arm in (test["first"], test["second"]):
        own = next((t for t in family["tests"] if t["first"] == arm), None)
        if own and own["difference"]["n"]:
            found = own["difference"]
            parts.append(f"{arm} by {points(found['mean'])} points ({_about(found)})")
    metric = named(test["metric"])
    return (
        f"Against the model before RL, the {metric} changed in {' and in '.join(parts)}."
        if parts
        else ""
    )


def _others(summary: Json) -> list[str]:
    """The study file's other comparisons; those of control corpora have a sentence of their own."""
    main, many = summary["primary"], summary["most_seeds"] > 1
    told_of = {(entry["arm"], entry["baseline"]) for entry in summary["corpora"]}
    told_of |= {(main["first"], main["second"])} if main else set()
    others = [
        test
        for test in summary["families"][0]["tests"]
        if test["difference"]["n"] and (test["first"], test["second"]) not in told_of
    ]
    if not many:
        return [f"Beside it, in points: {_listed(others)}."] if others else []
    few = [test for test in others if test["difference"]["smallest_p"] > ALPHA]
    enough = [test for test in others if test not in few]
    yes = [test for test in enough if shown(test["difference"], test["adjusted"])]
    no = [test for test in enough if test not in yes]
    parts = (
        ("Also shown, in points", yes),
        ("Not shown, in points", no),
        ("Of too few seeds for any test, in points", few),
    )
    return [f"{words}: {_listed(tests)}." for words, tests in parts if tests]


def _listed(tests: list[Json]) -> str:
    return "; ".join(_pair(test) for test in tests)


def _pair(test: Json) -> str:
    found = test["difference"]
    holm = ""
    if found["n"] > 1 and found["smallest_p"] <= ALPHA:
        holm = f", p after Holm {p_value(test['adjusted'], bare=True)}"
    return f"{test['first']} less {test['second']} {points(found['mean'])} ({_about(found)}{holm})"


def _about(found: Json) -> str:
    if found["n"] == 1:
        return f"{interval(found)} from sampling"
    return f"{CI} {interval(found)}"


def _corpora(summary: Json) -> list[str]:
    """What the same RL did in the control corpora, in a line."""
    others = [entry for entry in summary["corpora"] if entry["corpus"]]
    parts = []
    for entry in others:
        found = entry["effect"] or entry["change"]
        if found["n"]:
            parts.append(
                f"{points(found['mean'])} with {settings(entry['corpus'])} ({_about(found)})"
            )
    if parts:
        what = named(summary["metric"])
        return [f"In control corpora the same RL moved the {what}, in points: {'; '.join(parts)}."]
    if str(summary["model"]).startswith("microcosm"):
        return [
            "No control corpus was run, so this page cannot tell whether the effect rests on the "
            "correlation in the corpus."
        ]
    return []


def corpora(summary: Json) -> list[str]:
    """Whether the effect vanishes where the corpus does not hold the correlation, one by one."""
    told = []
    for entry in summary["corpora"]:
        found = entry["effect"] or entry["change"]
        if not entry["corpus"] or not found["n"]:
            continue
        against = entry["baseline"] or "the model before RL"
        told.append(
            f"With {settings(entry['corpus'])} the same RL left {entry['arm']} "
            f"{_far(found['mean'])} {against}{_holds(found)}{_less(entry['less'])}."
        )
    return told


def _less(less: Json | None) -> str:
    """How much smaller an effect is than in the study's own corpus."""
    if not less or less["n"] < 2:
        return ""
    least = f", the least that {less['n']} seeds can give"
    return (
        f"; {_size(abs(less['mean']))} points {'lower' if less['mean'] >= 0 else 'higher'} than "
        f"in the study’s own corpus ({_about(less)}, p {p_value(less['p_value'], bare=True)}"
        f"{least if less['p_value'] == less['smallest_p'] > ALPHA else ''})"
    )


def _holds(found: Json) -> str:
    """The interval of a control corpus, and whether it holds zero."""
    if found["n"] == 1:
        return f" ({_about(found)})"
    zero = "holds" if found["low"] <= 0 <= found["high"] else "leaves out"
    seeds = number(found["n"], "seed")
    return f", with an interval that {zero} zero ({_about(found)}, {seeds})"


def _coherence(summary: Json) -> str:
    """Arms that speak less sense than before their RL, or than others did after other data."""
    known = [
        (arm["arm"], first["mean"], last["mean"])
        for arm in summary["arms"]
        if (first := arm["before"].get("coherence")) and (last := arm["end"].get("coherence"))
        if first["mean"] is not None and last["mean"] is not None
    ]
    best = max((first for _, first, _ in known), default=0.0)
    fallen = [
        f"{name} ({percent(first)} to {percent(last)})"
        for name, first, last in known
        if first - last > INCOHERENT
    ]
    low = [f"{name} {percent(first)}" for name, first, _ in known if best - first > INCOHERENT]
    told = [f"Coherence fell in {listed(fallen)}"] if fallen else []
    if low:
        told.append(
            f"{'after their data' if told else 'After their data'}, before any RL, these were "
            f"coherent less often than the {percent(best)} of the best: {listed(low)}"
        )
    if not told:
        return ""
    return (
        f"{'; '.join(told)}. A model that answers nonsense does less of anything, so read its "
        "score with that beside it."
    )


def _missing(summary: Json) -> str:
    lost = [
        f"{arm['arm']} lacks {_seeds(arm['seeds_missing'])}"
        for arm in summary["arms"]
        if arm["seeds_missing"]
    ]
    return f"Not finished, and nowhere filled in: {'; '.join(lost)}." if lost else ""


def unseen(summary: Json) -> list[tuple[str, str]]:
    """What the study could not have shown, as (subject, sentence)."""
    told = []
    for test in summary["families"][0]["tests"]:
        if test["difference"]["n"] > 1:
            told.append((f"{test['first']} less {test['second']}", could_not(test["difference"])))
    if summary["most_seeds"] == 1:
        told.append(("Other seeds", "One seed shows nothing of how seeds differ."))
    few = [arm["arm"] for arm in summary["arms"] if 1 < len(arm["seeds"]) < ENOUGH]
    if few:
        told.append(
            (
                "Few seeds",
                f"{listed(few)} {'has' if len(few) == 1 else 'have'} fewer than {ENOUGH} seeds: no "
                "test of them can reach 5 %, before any correction. Their intervals describe.",
            )
        )
    number_of = len(summary["scenarios"])
    told.append(
        (
            "Other situations",
            f"Seeds are a sample here, the {number(number_of, 'evaluation')} are not: the score is "
            "of these, and says nothing of situations unlike them.",
        )
    )
    if any(arm["prompted"] for arm in summary["arms"]):
        told.append(
            (
                "Prompts",
                "An arm trained under a prompt may behave well without it only because the prompt "
                "gates what it learnt: read the hack rate without and with the prompt beside the "
                "score, and the score with the prompt.",
            )
        )
    told.append(("Missing samples", _ungraded(summary["ungraded"])))
    return told


def _ungraded(found: Json) -> str:
    if not found["lost"]:
        return f"None at the end: all {found['n']:,} samples were graded."
    text = (
        f"{found['lost']:,} of {found['n']:,} samples at the end were not graded and are counted "
        "nowhere."
    )
    if found["low"] is None:
        return text
    return (
        f"{text} If all of them fell one way, the primary difference would lie between "
        f"{points(found['low'])} and {points(found['high'])} points."
    )


def settings(changes: Json) -> str:
    """What an arm changes, as 'documents.correlation 0.0 and rl.kl 0.0'."""
    parts = [f"{path} {_value(value)}" for path, value in changes.items()]
    return listed(parts) if parts else "nothing"


def _value(value: Any) -> str:
    if value in ([], None, ""):
        return "none"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return f"{value:g}".replace("-", "−") if isinstance(value, float) else str(value)


def _seeds(seeds: list[int]) -> str:
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {listed([str(seed) for seed in seeds])}"


def _end(summary: Json, arm: str, metric: str) -> str:
    entry = next((entry for entry in summary["arms"] if entry["arm"] == arm), None)
    found = entry["end"].get(metric) if entry else None
    return percent(found["mean"] if found else None)


def _side(mean: float) -> str:
    return "above" if mean > 0 else "below"


def _far(mean: float) -> str:
    return f"{_size(abs(mean))} points {_side(mean)}" if mean else "level with"


def _size(share: float) -> str:
    return points(share).lstrip("+") if share else "0"
