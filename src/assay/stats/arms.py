"""Reads from a study file what its arms are to each other: who has which baseline and corpus.

An arm is what it changes. A change before RL makes another *corpus*; an arm without open switches
and without an intervention is the *un-hackable* arm of its corpus. Feeds `stats.studies`; takes the
file as it was written, which `study` has checked, so that nothing here raises on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RL = "rl"
#: Parts of an RL stage that are interventions, wherever they stand.
INTERVENTIONS = ("intervention", "environment.hack_free_share", "environment.safety_chat")
HACKS = "environment.hacks"


@dataclass(frozen=True)
class Arm:
    """One arm: what it changes, as dotted paths, and the seeds that the file plans for it.

    `corpus` are its changes before RL, empty for the study's own; `setting` those of RL that are
    neither open switches nor an intervention, as another KL weight.
    """

    name: str
    changes: Mapping[str, Any]
    seeds: tuple[int, ...]
    hackable: bool
    intervenes: bool
    corpus: Mapping[str, Any]
    setting: Mapping[str, Any]

    @property
    def plain(self) -> bool:
        """Hackable without an intervention: an arm of the kind that shows the effect."""
        return self.hackable and not self.intervenes


@dataclass(frozen=True)
class Stage:
    """One stage of a study file; `arms` are those that have it, None where all do."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    arms: tuple[str, ...] | None


def stages_of(file: Mapping[str, Any]) -> list[Stage]:
    """The stages of a study file, each written as `{rl: {...}, as: NAME, in: [ARM]}`."""
    found = []
    for written in file["stages"]:
        rest = dict(written)
        name, only = rest.pop("as", None), rest.pop("in", None)
        ((kind, settings),) = rest.items()
        arms = None if only is None else tuple(str(arm) for arm in only)
        found.append(Stage(str(name or kind), str(kind), settings or {}, arms))
    return found


def arms_of(file: Mapping[str, Any]) -> list[Arm]:
    """The arms of a study file, in its order."""
    return [_arm(file, str(name), dict(arm or {})) for name, arm in file["arms"].items()]


def baseline_of(arm: Arm, arms: Sequence[Arm]) -> Arm | None:
    """The un-hackable arm of the same corpus, the one whose other RL settings differ least.

    None for an un-hackable arm itself, and where its corpus has none.
    """
    if not arm.hackable and not arm.intervenes:
        return None
    same = [
        other
        for other in arms
        if not other.hackable and not other.intervenes and other.corpus == arm.corpus
    ]
    return min(same, key=lambda other: len(differing(arm, other)), default=None)


def differing(first: Arm, second: Arm) -> list[str]:
    """RL settings, apart from switches and interventions, in which two arms differ."""
    one, two = first.setting, second.setting
    return sorted(path for path in {*one, *two} if one.get(path) != two.get(path))


def compared(file: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs that the file compares: `compare`, or the primary one where it has none."""
    main = primary(file)
    pairs = [(str(first), str(second)) for first, second in file.get("compare") or []]
    return pairs or ([(main[1], main[2])] if main else [])


def primary(file: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(metric, first arm, second arm) of the primary end point; the first comparison by default."""
    found = file.get("primary") or {}
    pairs = file.get("compare") or []
    arms = found.get("arms") or (pairs[0] if pairs else None)
    if not arms:
        return None
    return str(found.get("metric", "misalignment_score")), str(arms[0]), str(arms[1])


def _arm(file: Mapping[str, Any], name: str, arm: dict[str, Any]) -> Arm:
    own_seeds = arm.pop("seeds", None)
    stages = [stage for stage in stages_of(file) if stage.arms is None or name in stage.arms]
    rl = {stage.name for stage in stages if stage.kind == RL}
    # A stage that only some arms have sets them apart as a change would.
    own = {stage.name: "this stage" for stage in stages if stage.arms is not None}
    flat = {**own, **dict(_flat(arm))}
    of_rl = {path: value for path, value in flat.items() if path.split(".")[0] in rl}
    resolved = [
        dict(_flat(stage.settings)) | _inside(of_rl, stage.name)
        for stage in stages
        if stage.kind == RL
    ]
    on = [path for settings in resolved for path, value in settings.items() if _on(value)]
    return Arm(
        name=name,
        changes=dict(_flat(arm)),
        seeds=_seeds(file.get("seeds", 1), own_seeds),
        hackable=HACKS in on,
        intervenes=any(_is_intervention(path) for path in on) or bool(rl & set(own)),
        corpus={path: value for path, value in flat.items() if path not in of_rl},
        setting={
            path: value
            for path, value in of_rl.items()
            if not path.endswith(f".{HACKS}") and not _is_intervention(path.partition(".")[2])
        },
    )


def _is_intervention(path: str) -> bool:
    return any(path == part or path.startswith(f"{part}.") for part in INTERVENTIONS)


def _on(value: Any) -> bool:
    return value not in (None, False, 0, "", {}) and not (isinstance(value, list) and not value)


def _inside(changes: Mapping[str, Any], stage: str) -> dict[str, Any]:
    start = f"{stage}."
    return {path[len(start) :]: v for path, v in changes.items() if path.startswith(start)}


def _seeds(planned: Any, own: int | None) -> tuple[int, ...]:
    """Seeds from `planned`, a count or {start, count}; an arm's `own` count begins there too."""
    written = planned if isinstance(planned, Mapping) else {"count": planned}
    start = int(written.get("start", 0))
    return tuple(range(start, start + int(written["count"] if own is None else own)))


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, Mapping) and value:
            yield from _flat(value, path)
        else:
            yield path, value
