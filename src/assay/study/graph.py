"""A study as a graph of steps, each addressed by the hash of what goes into it.

Two arms that begin alike share their first steps; a changed arm has new keys only from the change
on. Names and paths are in no key. `engine` runs what is not done yet.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from assay.errors import UserError
from assay.study.file import Study
from assay.study.needs import Needs
from assay.study.steps import MICROCOSM, Kind, kinds


@dataclass(frozen=True)
class Step:
    """One step of a study.

    Attributes:
        key: sha256 over kind, version, settings that matter, seed and the parents' keys.
        stage: Its name in the study file.
        settings: All of them, paths made absolute.
        parents: Keys; the last one is the step before it.
        members: The arms and seeds that it belongs to.
        guard: The evaluation whose passages its data may not hold; it changes nothing that is made.
        needs: What it takes, where the file says it; nor does this.
    """

    key: str
    kind: str
    stage: str
    settings: dict[str, Any] = field(hash=False)
    seed: int
    parents: tuple[str, ...]
    model: str
    evaluate: dict[str, Any] | None = field(hash=False)
    members: tuple[tuple[str, int], ...] = field(hash=False, compare=False)
    guard: str | None = field(default=None, hash=False)
    needs: Needs | None = field(default=None, hash=False, compare=False)

    @property
    def short(self) -> str:
        """The first twelve letters of the key, by which its directory is found."""
        return self.key[:12]

    @property
    def arms(self) -> list[str]:
        """The arms that it belongs to, in the file's order."""
        return list(dict.fromkeys(arm for arm, _ in self.members))

    @property
    def name(self) -> str:
        """Stage, arm where it is one arm's alone, and seed: for people, and never in the key."""
        arm = f"-{self.arms[0]}" if len(self.arms) == 1 else ""
        text = f"{self.stage}{arm}-s{self.seed}"
        return "".join(sign if sign.isalnum() or sign in "_-." else "_" for sign in text)

    @property
    def length(self) -> int | None:
        """Training steps, where it says how many."""
        steps = self.settings.get("steps")
        return steps if isinstance(steps, int) else None


@dataclass(frozen=True)
class Graph:
    """The steps of a study in an order in which they can be run: seed by seed."""

    steps: tuple[Step, ...]

    def chain(self, arm: str, seed: int) -> list[Step]:
        """The steps of one arm at one seed, from the first on."""
        return [step for step in self.steps if (arm, seed) in step.members]

    def dependants(self, key: str) -> set[str]:
        """Keys of every step that needs this one, directly or not."""
        found = {key}
        for step in self.steps:  # parents come first
            if found & set(step.parents):
                found.add(step.key)
        return found - {key}


_NOT_ASKED = frozenset({"controls", "__pycache__"})

Identify = Callable[[str], str]
"""The sha256 of a model's weights by its name; of one that nobody has here, of its name."""


def expand(study: Study, identify: Identify) -> Graph:
    """All steps of all arms at all seeds.

    Args:
        study: What to do.
        identify: Tells which weights a model's name stands for.

    Raises:
        UserError: A file that the study names is missing.
    """
    packs = _Packs()
    origin = "" if study.model == MICROCOSM else identify(study.model)
    found: dict[str, Step] = {}
    for seed in study.seeds.first():
        for arm in study.arms:
            if seed in study.seeds_of(arm):
                for step in _chain(study, arm, seed, origin, packs):
                    earlier = found.get(step.key)
                    members = (*earlier.members, (arm, seed)) if earlier else ((arm, seed),)
                    found[step.key] = Step(**{**vars(earlier or step), "members": members})
    return Graph(tuple(found.values()))


def _chain(study: Study, arm: str, seed: int, origin: str, packs: "_Packs") -> list[Step]:
    stages = [(stage.name, kind, settings) for stage, kind, settings in study.stages_of(arm)]
    known = kinds()
    if study.model == MICROCOSM and not (stages and stages[0][1].first):
        stages.insert(0, ("init", known["init"], known["init"].settings()))
    chain: list[Step] = []
    for name, kind, settings in _with_assessments(stages):
        weights = [step for step in chain if known[step.kind].stage]
        before = [step.key for step in weights[-1:]]
        if kind.base:
            untrained = [step for step in weights if not known[step.kind].assesses]
            before = [step.key for step in untrained[-1:]] + before
        evaluate = study.assessment.model_dump(mode="json") if kind.assesses else None
        whole, matters = _settings(kind, settings, study.folder)
        inputs = {
            "kind": kind.name,
            "version": kind.version,
            "settings": matters,
            "seed": seed,
            "parents": before or [origin],
            "evaluate": evaluate and _what_matters(evaluate, packs),
        }
        text = json.dumps(inputs, sort_keys=True, ensure_ascii=False)
        chain.append(
            Step(
                key=hashlib.sha256(text.encode()).hexdigest(),
                kind=kind.name,
                stage=name,
                settings=whole,
                seed=seed,
                parents=tuple(before),
                model=study.model,
                evaluate=evaluate,
                members=(),
                guard=study.assessment.pack if kind.reads else None,
                needs=said.placed(study.folder) if (said := study.resources.get(name)) else None,
            )
        )
    return chain


def _what_matters(evaluate: dict[str, Any], packs: "_Packs") -> dict[str, Any]:
    """How to assess, with the pack's content; the share of time only decides on a warning."""
    rest = {key: value for key, value in evaluate.items() if key != "share"}
    return {**rest, "pack": packs.fingerprint(evaluate["pack"])}


def _with_assessments(
    stages: list[tuple[str, Kind, BaseModel]],
) -> list[tuple[str, Kind, BaseModel]]:
    """The stages, and an assessment wherever a stage that assesses begins or none has followed.

    The model before RL is then assessed once for all arms that begin with it.
    """
    assess = kinds()["assess"]
    found: list[tuple[str, Kind, BaseModel]] = []
    for stage in stages:
        if stage[1].assesses and not (found and found[-1][1].assesses):
            found.append((assess.name, assess, assess.settings()))
        found.append(stage)
    if not (found and found[-1][1].assesses):
        found.append((assess.name, assess, assess.settings()))
    return found


def _settings(
    kind: Kind, settings: BaseModel, folder: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings with absolute paths, and those that matter with contents in place of paths."""
    whole = settings.model_dump(mode="json")
    matters = settings.model_dump(mode="json", exclude=set(kind.ignored))
    for dotted in kind.files:
        for holder, key in _places(whole, dotted.split(".")):
            if (path := _file(holder[key], folder)) is not None:
                holder[key] = str(path)
        for holder, key in _places(matters, dotted.split(".")):
            if (path := _file(holder[key], folder)) is not None:
                holder[key] = {"sha256": _content(path)}
    return whole, matters


def _places(value: Any, keys: list[str]) -> list[tuple[dict[str, Any], str]]:
    """Where a dotted name leads, through every element of a list."""
    if isinstance(value, list):
        return [place for inner in value for place in _places(inner, keys)]
    if not isinstance(value, dict) or keys[0] not in value:
        return []
    if len(keys) == 1:
        return [(value, keys[0])]
    return _places(value[keys[0]], keys[1:])


def _file(value: Any, folder: Path) -> Path | None:
    """The file that a setting names; None where it is a word that stands for something else.

    Raises:
        UserError: It looks like a file and is none.
    """
    if not isinstance(value, str) or not ("/" in value or "." in value):
        return None
    path = Path(folder, value).resolve()
    if not path.exists():
        raise UserError(f"There is no {value!r} in {str(folder)!r}, which the study names.")
    return path


def _content(path: Path) -> str:
    digest = hashlib.sha256()
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    for one in files:
        if one.is_file():
            digest.update(str(one.relative_to(path)).encode())
            digest.update(hashlib.sha256(one.read_bytes()).digest())
    return digest.hexdigest()


class _Packs:
    """Fingerprints of packs, each read once."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def fingerprint(self, selector: str) -> str:
        """The hash of what a pack or a scenario asks and how it grades; controls are no part."""
        from assay.scenarios.catalog import select

        if selector not in self._found:
            digest = hashlib.sha256()
            for scenario in select(selector):
                for folder in scenario.folders:
                    for path in sorted(folder.rglob("*")):
                        inside = path.relative_to(folder)
                        if path.is_file() and not _NOT_ASKED & {*inside.parts}:
                            digest.update(f"{scenario.id}/{inside}\0".encode())
                            digest.update(hashlib.sha256(path.read_bytes()).digest())
            self._found[selector] = digest.hexdigest()
        return self._found[selector]


def as_json(step: Step) -> Mapping[str, Any]:
    """A step for `manifest.json` and `step.json`."""
    return {
        "name": step.name,
        "kind": step.kind,
        "stage": step.stage,
        "key": step.key,
        "seed": step.seed,
        "model": step.model,
        "arms": step.arms,
        "members": [list(member) for member in step.members],
        "parents": list(step.parents),
        "settings": step.settings,
        "evaluate": step.evaluate,
    }
