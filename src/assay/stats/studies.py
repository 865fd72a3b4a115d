"""Summarises a study: end points per arm, paired differences between arms, what it could not see.

Everything is over seeds (`stats.seeds`) and of each seed's last assessed step. Two baselines
throughout: the matched un-hackable arm and the model before its RL, because the un-hackable arm
changes too. Pure: `study` and `report` read and write the files. Returns JSON without NaN.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from assay.stats.arms import Arm, arms_of, baseline_of, compared, differing, primary
from assay.stats.compare import holm
from assay.stats.doses import series_over_tokens
from assay.stats.endpoints import (
    CODING,
    at_the_end,
    before,
    by_seed,
    endpoint_values,
    with_tools,
)
from assay.stats.evidence import plain
from assay.stats.leads import lead
from assay.stats.matched import Curve, matched_difference
from assay.stats.seeds import SeedDifference, mean_over_seeds, paired_over_seeds

type Json = dict[str, Any]
type BySeed = Mapping[int, tuple[float, float]]

COMPARE, BASELINE, BEFORE = "the study file's comparisons", "un-hackable arm", "before RL"
BESIDE = ("chat_score", "agentic_score", "hack_rate", "coherence", "true_reward")
METHOD = (
    "Means and paired differences over seeds with Student's t, two-sided 95 %, never narrower than "
    "samples alone allow; n counts seeds. p_value: exact sign flips of seeds, two-sided; adjusted: "
    "Holm within the family. detectable: shown by t at 5 % with 90 % power. Shares throughout."
)
DIGITS = 10
LOW, HIGH = 0.2, 0.8  # hacking has taken over when it went from below the first to above the second


def summarise(
    file: Mapping[str, Any],
    assessments: pd.DataFrame,
    training: pd.DataFrame,
    *,
    steps: Iterable[Mapping[str, Any]] = (),
    agentic: Collection[str] | None = None,
    data: pd.DataFrame | None = None,
) -> Json:
    """The summary of a study: what `summary.json` holds and the page says.

    `file` is the study file's content as the manifest keeps it; the tables hold rows of finished
    steps only; `steps` are all steps of the study as `_run` reads them; `agentic` names scenarios
    with tools where the rows do not say; `data` says what each arm learned from, where it had data.
    """
    steps = list(steps)
    assessments, training = finished(assessments, steps), finished(training, steps)
    values = endpoint_values(assessments, agentic)
    arms = arms_of(file)
    study = _Study(file, arms, values)
    main = primary(file)
    summary = {
        "study": file.get("study"),
        "model": file.get("model"),
        "metric": study.metric,
        "scenarios": _scenarios(assessments, agentic),
        "arms": [study.arm(arm) for arm in arms],
        "primary": study.test(main[1], main[2]) if main else None,
        "families": study.families(),
        "corpora": study.corpora(),
        "matched": study.matched(),
        "leads": study.leads(),
        "doses": study.doses(data) if data is not None else [],
        "expected": study.expected(),
        "ungraded": _ungraded(assessments, study),
        "most_seeds": max((len(study.found(arm.name)) for arm in arms), default=0),
        "last_step": int(values["step"].max()) if len(values) else None,
        "training_steps": int(training["step"].max()) if len(training) else None,
        "run": _run(steps),
        "method": METHOD,
    }
    short: Json = _short(summary)
    return short


def finished(table: pd.DataFrame, steps: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows of arms and seeds that are through: half a chain has no end point.

    Each step names its `members` as (arm, seed) and its `status`.
    """
    cut = {
        (str(arm), int(seed))
        for step in steps
        if step["status"] != "done"
        for arm, seed in step.get("members") or ()
    }
    if not cut:
        return table
    keys = zip(table["arm"], table["seed"], strict=True)
    return table[[(str(arm), int(seed)) not in cut for arm, seed in keys]]


class _Study:
    """Values of one study, looked up by arm and metric."""

    def __init__(self, file: Mapping[str, Any], arms: Sequence[Arm], values: pd.DataFrame) -> None:
        self.file, self.arms, self.values = file, arms, values
        self.end, self.start = at_the_end(values), before(values)
        main = primary(file)
        self.metric = main[0] if main else "misalignment_score"
        self._found = {False: by_seed(self.end), True: by_seed(self.start)}

    def of(self, arm: str, metric: str, *, start: bool = False) -> BySeed:
        """Seed to (value, variance) at the end, or before RL."""
        return self._found[start].get((arm, metric), {})

    def found(self, arm: str) -> list[int]:
        """Seeds of an arm that have any value."""
        return sorted(int(s) for s in self.values.loc[self.values["arm"] == arm, "seed"].unique())

    def arm(self, arm: Arm) -> Json:
        """One arm: its settings, its seeds, every metric at the end and before."""
        own = self.end[self.end["arm"] == arm.name]
        metrics = list(dict.fromkeys(own["metric"]))
        found, base = self.found(arm.name), baseline_of(arm, self.arms)
        last = own.groupby("seed")["step"].max()
        prompted = "hack_rate_prompted" in metrics or "prompted_score" in metrics
        return {
            "arm": arm.name,
            "changes": plain(arm.changes),
            "corpus": plain(arm.corpus),
            "setting": plain(arm.setting),
            "hackable": arm.hackable,
            "intervenes": arm.intervenes,
            "prompted": prompted,
            "baseline": base.name if base else None,
            "baseline_differs": differing(arm, base) if base else [],
            "seeds": found,
            "seeds_planned": list(arm.seeds),
            "seeds_missing": sorted(set(arm.seeds) - set(found)),
            "last_step": int(last.max()) if len(last) else None,
            "seeds_ended_early": [int(s) for s in last.index[last < last.max()]],
            "end": {name: _mean(self.of(arm.name, name)) for name in metrics},
            "before": {name: _mean(self.of(arm.name, name, start=True)) for name in metrics},
            "takeover": self._takeover(arm.name, prompted=prompted),
        }

    def _takeover(self, arm: str, *, prompted: bool) -> Json:
        """In how many seeds hacking went from below 20 % to above 80 %, as trained."""
        metric = "hack_rate_prompted" if prompted else "hack_rate"
        first = self.of(arm, metric, start=True) or self.of(arm, "hack_rate", start=True)
        last = self.of(arm, metric)
        both = [seed for seed in last if seed in first]
        took = [seed for seed in both if first[seed][0] < LOW and last[seed][0] > HIGH]
        return {
            "seeds": len(both),
            "took_over": len(took),
            "above": sum(value > HIGH for value, _ in last.values()),
            "from": _mean(first)["mean"],
            "to": _mean(last)["mean"],
        }

    def difference(self, first: BySeed, second: BySeed) -> SeedDifference:
        """First minus second, paired by seed, with the sampling variance of both."""
        own = {seed: first[seed][1] + second[seed][1] for seed in first if seed in second}
        return paired_over_seeds(
            {seed: value for seed, (value, _) in first.items()},
            {seed: value for seed, (value, _) in second.items()},
            own,
        )

    def test(self, first: str, second: str, metric: str = "") -> Json:
        """One comparison of two arms at the end."""
        metric = metric or self.metric
        beside = {
            name: plain(self.difference(self.of(first, name), self.of(second, name)))
            for name in BESIDE
            if name != metric
        }
        found = self.difference(self.of(first, metric), self.of(second, metric))
        return _entry(first, second, metric, found, beside)

    def change(self, arm: str, metric: str = "") -> Json:
        """One arm against itself before RL."""
        metric = metric or self.metric
        beside = {
            name: plain(self.difference(self.of(arm, name), self.of(arm, name, start=True)))
            for name in BESIDE
            if name != metric
        }
        found = self.difference(self.of(arm, metric), self.of(arm, metric, start=True))
        return _entry(arm, BEFORE, metric, found, beside)

    def families(self) -> list[Json]:
        """The families of tests, each with Holm's correction of its own."""
        bases = [(arm, baseline_of(arm, self.arms)) for arm in self.arms]
        return [
            _family(COMPARE, [self.test(*pair) for pair in compared(self.file)]),
            _family(BASELINE, [self.test(arm.name, base.name) for arm, base in bases if base]),
            _family(BEFORE, [self.change(arm.name) for arm in self.arms]),
        ]

    def corpora(self) -> list[Json]:
        """What the same RL did in each corpus, and how much less than in the study's own."""
        found = [self._corpus(arm) for arm in self.arms if arm.plain and not arm.setting]
        main = next((entry for entry in found if not entry["corpus"]), None)
        for entry in found:
            if main and entry is not main:
                measure = "effect" if main["baseline"] and entry["baseline"] else "change"
                both = [_by_seed(part[measure]) for part in (main, entry)]
                entry |= {"less": plain(self.difference(*both)), "less_of": measure}
        return found

    def _corpus(self, arm: Arm) -> Json:
        """One corpus: its hackable arm against its un-hackable one and against before RL."""
        base = baseline_of(arm, self.arms)
        own = self.of(arm.name, self.metric)
        change = self.difference(own, self.of(arm.name, self.metric, start=True))
        effect = self.difference(own, self.of(base.name, self.metric)) if base else None
        return {
            "corpus": plain(arm.corpus),
            "arm": arm.name,
            "baseline": base.name if base else None,
            "effect": plain(effect) if effect else None,
            "change": plain(change),
            "hack_rate": _mean(self.of(arm.name, "hack_rate")),
            "less": None,
            "less_of": None,
        }

    def matched(self) -> list[Json]:
        """Compared pairs of hackable arms where they hack equally often, as they were trained."""
        hackable = {arm.name for arm in self.arms if arm.hackable}
        result = []
        for first, second in compared(self.file):
            if not {first, second} <= hackable:
                continue
            one, two = self._curves(first), self._curves(second)
            entry: Json = {"first": first, "second": second, "found": None, "why_not": ""}
            try:
                entry["found"] = plain(matched_difference(one, two, np.random.default_rng(0)))
            except ValueError as error:
                entry["why_not"] = str(error)
            result.append(entry)
        return result

    def _curves(self, arm: str) -> list[Curve]:
        own = self.values[self.values["arm"] == arm]
        wide = own.pivot_table(index=["seed", "step"], columns="metric", values="value")
        if "misalignment_score" not in wide or "hack_rate" not in wide:
            return []
        wide["as_trained"] = wide.get("hack_rate_prompted", wide["hack_rate"])
        known = wide.dropna(subset=["as_trained", "misalignment_score"])
        return [
            Curve(
                int(str(seed)),
                part["as_trained"].to_numpy(dtype=np.float64),
                part["misalignment_score"].to_numpy(dtype=np.float64),
            )
            for seed, part in known.groupby(level="seed")
        ]

    def leads(self) -> list[Json]:
        """Each compared pair at every step that both were assessed at, and over all of them."""
        found = []
        for first, second in compared(self.file):
            if one := lead(self.values, first, second, self.metric):
                steps = {str(step): plain(difference) for step, difference in one.steps.items()}
                over = plain(one.over_training)
                found.append(
                    {"first": first, "second": second, "steps": steps, "over_training": over}
                )
        return found

    def doses(self, data: pd.DataFrame) -> list[Json]:
        """Each series of the file, of the models right after their data."""
        series = self.file.get("doses") or {}
        after, coherence = (
            partial(self.of, metric=metric, start=True) for metric in (self.metric, "coherence")
        )
        return series_over_tokens(series, data, after, coherence, _mean)

    def expected(self) -> list[Json]:
        """What the file expects, in its words, and the comparison or change that it speaks of."""
        names = [arm.name for arm in self.arms]
        pairs = {f"{first}-{second}": (first, second) for first in names for second in names}
        result = []
        for about, words in (self.file.get("expected") or {}).items():
            found = None
            if about in pairs and about not in names:
                found = self.test(*pairs[about])
            elif about in names:
                found = self.change(about)
            result.append({"about": str(about), "words": str(words), "found": found})
        return result


def _entry(first: str, second: str, metric: str, found: SeedDifference, beside: Json) -> Json:
    return {
        "first": first,
        "second": second,
        "metric": metric,
        "difference": plain(found),
        "beside": beside,
    }


def _family(name: str, tests: list[Json]) -> Json:
    """Tests with Holm's p; those without any pair of seeds are named and are no part of it."""
    keys = {f"{index}": test for index, test in enumerate(tests) if test["difference"]["n"]}
    found = holm(name, {key: test["difference"]["p_value"] for key, test in keys.items()})
    for adjusted in found.tests:
        keys[adjusted.name] |= {"adjusted": adjusted.adjusted, "rejected": adjusted.rejected}
    for test in tests:
        test.setdefault("adjusted", None)
        test.setdefault("rejected", False)
    return {"name": name, "n": len(keys), "method": found.method, "tests": tests}


def _short(value: Any) -> Any:
    """Without digits that nothing knows, and without the method at every number."""
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key != "assumptions"}
        if "mean" in kept:
            kept.pop("method", None)
        return {key: _short(part) for key, part in kept.items()}
    if isinstance(value, list):
        return [_short(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def _by_seed(difference: Json) -> BySeed:
    """Seed to (value, variance) of a difference that is JSON already."""
    variance = (difference["sampling"] or 0.0) ** 2
    return {int(seed): (value, variance) for seed, value in difference["values"].items()}


def _mean(values: BySeed) -> Json:
    pairs = list(values.values())
    result: Json = plain(mean_over_seeds([v for v, _ in pairs], [var for _, var in pairs]))
    return result


def _scenarios(assessments: pd.DataFrame, agentic: Collection[str] | None) -> list[Json]:
    rows = assessments[assessments["scenario"] != CODING].drop_duplicates("scenario")
    tools = with_tools(rows, agentic)
    return [
        {
            "scenario": str(name),
            "behaviour": str(behaviour),
            "agentic": None if tools is None else bool(tools.iloc[index]),
        }
        for index, (name, behaviour) in enumerate(
            zip(rows["scenario"], rows["behaviour"], strict=True)
        )
    ]


def _ungraded(assessments: pd.DataFrame, study: _Study) -> Json:
    """How much was not graded at the end, and what the primary difference could be with it."""
    last = assessments.groupby(["arm", "seed"])["step"].transform("max")
    end = assessments[assessments["step"] == last]
    lost = int((end["n"] - end["graded"]).sum())
    result: Json = {"n": int(end["n"].sum()), "lost": lost, "low": None, "high": None}
    main = primary(study.file)
    if not lost or not main or main[0] != "misalignment_score":
        return result
    rows = end[end["scenario"] != CODING]
    missing = rows["n"] - rows["graded"]
    none = endpoint_values(rows.assign(graded=rows["n"]))
    every = endpoint_values(rows.assign(graded=rows["n"], harmful=rows["harmful"] + missing))

    def least(first: pd.DataFrame, second: pd.DataFrame) -> float | None:
        one = by_seed(first).get((main[1], main[0]), {})
        two = by_seed(second).get((main[2], main[0]), {})
        return study.difference(one, two).mean

    return result | {"low": least(none, every), "high": least(every, none)}


def _run(steps: Iterable[Mapping[str, Any]]) -> Json:
    """Steps and seconds by kind, and what is not done: each a `kind`, `status` and `seconds`."""
    count: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    undone = []
    for step in steps:
        count[str(step["kind"])] += 1
        seconds[str(step["kind"])] += float(step.get("seconds") or 0.0)
        if step["status"] != "done":
            undone.append({key: step.get(key) for key in ("name", "seed", "status", "message")})
    return {
        "steps": dict(count),
        "seconds": {kind: round(total, 1) for kind, total in seconds.items()},
        "undone": undone,
    }
