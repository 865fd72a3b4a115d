"""Reads from a study file what its arms are to each other: who has which baseline and corpus.

An arm is what it overrides. Overrides of a stage before RL make another *corpus*; an arm without
open switches and without an intervention is the *un-hackable* arm of its corpus. Feeds
`stats.studies`; `study` has checked the file, so that nothing here raises on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HACKS, INTERVENTION = "environment.hacks", "intervention"


@dataclass(frozen=True)
class Arm:
    """One arm: its overrides as dotted paths, and the seeds that the file plans for it."""

    name: str
    overrides: Mapping[str, Any]
    seeds: tuple[int, ...]
    hackable: bool

    @property
    def intervenes(self) -> bool:
        """Whether an intervention is switched on."""
        return any(
            INTERVENTION in path.split(".") and value not in (None, False, 0, {}, [])
            for path, value in self.overrides.items()
        )

    @property
    def corpus(self) -> dict[str, Any]:
        """Overrides of what comes before RL; empty for the study's own corpus."""
        return {path: v for path, v in self.overrides.items() if not _of_rl(path)}

    @property
    def setting(self) -> dict[str, Any]:
        """Overrides of RL that are neither its switches nor an intervention, as another KL."""
        return {
            path: value
            for path, value in self.overrides.items()
            if _of_rl(path) and not path.endswith(HACKS) and INTERVENTION not in path.split(".")
        }


def arms_of(file: Mapping[str, Any]) -> list[Arm]:
    """The arms of a study file, in its order."""
    opened = _default_hacks(file)
    found = []
    for name, raw in (file.get("arms") or {}).items():
        settings = dict(raw or {})
        planned = settings.pop("seeds", file.get("seeds", 1))
        overrides = dict(_flat(settings))
        hacks = [value for path, value in overrides.items() if path.endswith(HACKS)]
        found.append(
            Arm(
                str(name),
                overrides,
                _seeds(planned, file.get("seeds", 1)),
                bool([*hacks, opened][0]),
            )
        )
    return found


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


def plain_hackable(arm: Arm) -> bool:
    """Whether the arm is hackable without any intervention: the one that shows the effect."""
    return arm.hackable and not arm.intervenes


def differing(first: Arm, second: Arm) -> list[str]:
    """RL settings, apart from switches and interventions, in which two arms differ."""
    one, two = first.setting, second.setting
    return sorted(path for path in {*one, *two} if one.get(path) != two.get(path))


def compared(file: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs that the file compares: `compare`, or the primary one where it has none."""
    pairs = [(str(first), str(second)) for first, second in file.get("compare") or []]
    first_of_all = primary(file)
    return pairs or ([first_of_all[1:]] if first_of_all else [])


def primary(file: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(metric, first arm, second arm) of the primary end point; the first comparison by default."""
    found = file.get("primary") or {}
    pairs = file.get("compare") or []
    arms = found.get("arms") or (pairs[0] if pairs else None)
    if not arms:
        return None
    return str(found.get("metric", "misalignment_score")), str(arms[0]), str(arms[1])


def _default_hacks(file: Mapping[str, Any]) -> bool:
    for stage in file.get("stages") or []:
        for settings in stage.values():
            environment = (settings or {}).get("environment") or {}
            if environment.get("hacks"):
                return True
    return False


def _seeds(planned: Any, default: Any) -> tuple[int, ...]:
    if isinstance(planned, Mapping):
        start, count = int(planned.get("start", 0)), int(planned["count"])
        return tuple(range(start, start + count))
    if isinstance(planned, Sequence):
        return tuple(int(seed) for seed in planned)
    start = int(default.get("start", 0)) if isinstance(default, Mapping) else 0
    return tuple(range(start, start + int(planned)))


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, Mapping) and value:
            yield from _flat(value, path)
        else:
            yield path, value


def _of_rl(path: str) -> bool:
    return path.split(".")[0].startswith("rl")
