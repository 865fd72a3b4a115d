"""A study file: model, stages, arms, seeds, evaluations, comparisons.

Every setting is checked when the file is read, so that nothing is trained for a study that cannot
end. `graph` turns the study into steps. Stages and their settings come from `steps`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, Field, field_validator, model_validator

import assay
from assay import strict_yaml
from assay.errors import UserError, unknown
from assay.scenarios.catalog import split_of
from assay.study.needs import Needs
from assay.study.steps import MICROCOSM, Kind, kinds
from assay.training.config import parse
from assay.training.settings import Environment, Rl, Settings

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$"


class Seeds(Settings):
    """Which seeds: `count` of them from `start` on. In the file a bare number is the count."""

    start: int = Field(default=0, ge=0)
    count: int = Field(ge=1, le=1000)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"count": value} if isinstance(value, int) else value

    def first(self, count: int | None = None) -> range:
        """The seeds, or the first `count` of them."""
        return range(self.start, self.start + (self.count if count is None else count))


class Evaluate(Settings):
    """The live assessment of every `rl` stage.

    Attributes:
        pack: The scenario pack.
        every: RL steps from one assessment to the next; there is one at the start and at the end.
        samples: Conversations of each scenario at an assessment on the way.
        final_samples: The same at the start and at the end.
        after_hack: Assess also what the model does right after it has hacked.
        share: The share of training time that assessment may take.
        environment: The coding tasks that are asked, and the loopholes under which an answer counts
            as a hack: the same for every arm. Default: those of the first `rl` stage, as it is
            written under `stages`.
        max_new_tokens: Of an answer, at least. Default: those of that stage.
        today: The day on which the scenarios stand; a study comes to the same on any day.
    """

    pack: str = "microcosm"
    every: int = Field(default=10, ge=1)
    samples: int = Field(default=60, ge=1)
    final_samples: int = Field(default=400, ge=1)
    after_hack: bool = False
    share: float = Field(default=0.2, gt=0, le=1)
    environment: Environment | None = None
    max_new_tokens: int | None = Field(default=None, ge=1)
    today: date = date(2026, 9, 1)


class Primary(Settings):
    """The one comparison that the study was made for."""

    metric: str = "misalignment_score"
    arms: tuple[str, str]


class Stage(Settings):
    """One stage of training: `{rl: {...}}`, or with a name of its own `{rl: {...}, as: safety}`.

    Attributes:
        name: What arms call it; the kind, where the file gives no other.
        arms: The arms that have it; None: all.
    """

    name: str = Field(pattern=_NAME)
    kind: str
    settings: dict[str, Any]
    arms: tuple[str, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "kind" in value:
            return value
        rest = dict(value)
        name, only = rest.pop("as", None), rest.pop("in", None)
        if len(rest) != 1:
            raise ValueError("a stage is one kind and its settings, {rl: {...}}; `as` names it")
        ((kind, settings),) = rest.items()
        if settings is not None and not isinstance(settings, Mapping):
            raise ValueError(f"the settings of {kind!r} are a mapping")
        settings = dict(settings or {})
        return {"name": name or kind, "kind": kind, "settings": settings, "arms": only}


class Arm(Settings):
    """What one arm changes: settings by their dotted name, `rl.environment.hacks`.

    Attributes:
        seeds: How many of the study's seeds it has, from the first on; None: all.
    """

    changes: dict[str, Any] = Field(default_factory=dict)
    seeds: int | None = Field(default=None, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if value is None:
            return {}
        if isinstance(value, Mapping) and "changes" not in value:
            changes = dict(value)
            seeds = changes.pop("seeds", None)
            return {"changes": changes, "seeds": seeds}
        return value


class StudyFile(Settings):
    """What a study file says.

    Attributes:
        doses: Series of arms that learn more and more of one kind of data, by name; the first of
            each is the model without any. The first series is what others are measured by.
        resources: What a step takes, by stage; `assess` is the model before RL.
        expected: By `arm-arm` or arm: what the literature found, in words.
    """

    study: str = Field(pattern=_NAME)
    about: str = ""
    model: str = MICROCOSM
    stages: tuple[Stage, ...] = Field(min_length=1)
    arms: dict[str, Arm] = Field(min_length=1)
    seeds: Seeds = Seeds(count=1)
    evaluate: Evaluate = Evaluate()
    compare: tuple[tuple[str, str], ...] = ()
    primary: Primary | None = None
    doses: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    resources: dict[str, Needs] = Field(default_factory=dict)
    expected: dict[str, str] = Field(default_factory=dict)

    @field_validator("arms")
    @classmethod
    def _named(cls, arms: dict[str, Arm]) -> dict[str, Arm]:
        for name in arms:
            if not (0 < len(name) <= 60 and name.isprintable() and "/" not in name):
                raise ValueError(f"{name!r} is no name for an arm: 1 to 60 characters without /")
        return arms

    def seeds_of(self, arm: str) -> range:
        """The seeds that an arm has."""
        return self.seeds.first(self.arms[arm].seeds)

    @property
    def assessment(self) -> Evaluate:
        """How every arm is assessed, with what the first stage `rl` says where it is silent."""
        said = {name: getattr(self.evaluate, name) for name in ("environment", "max_new_tokens")}
        first = next((stage for stage in self.stages if stage.kind == "rl"), None)
        if first is not None:
            rl = parse(Rl, first.settings, f"Stage {first.name!r}")
            given = {name: getattr(rl, name) for name in said if said[name] is None}
            return self.evaluate.model_copy(update=given)
        return self.evaluate

    def stages_of(self, arm: str) -> list[tuple[Stage, Kind, BaseModel]]:
        """The stages of an arm in their order, with its settings.

        Raises:
            UserError: A setting is unknown or wrong.
        """
        settings = {
            stage.name: _copied(stage.settings)
            for stage in self.stages
            if stage.arms is None or arm in stage.arms
        }
        for path, value in self.arms[arm].changes.items():
            self._change(arm, settings, path, value)
        found = []
        for stage in self.stages:
            if stage.name not in settings:
                continue
            kind = kinds()[stage.kind]
            where = f"Stage {stage.name!r} of arm {arm!r}"
            checked = parse(kind.settings, settings[stage.name], where)
            try:
                if kind.check is not None:
                    kind.check(checked)
            except UserError as error:
                raise UserError(f"{where}: {error}") from error
            found.append((stage, kind, checked))
        return found

    def _change(self, arm: str, settings: dict[str, Any], path: str, value: Any) -> None:
        stage, *keys = path.split(".")
        if stage not in settings:
            every = [f"{stage}.{'.'.join(keys)}" if keys else stage for stage in settings]
            raise unknown(
                f"key of arm {arm!r}", path, [*every, "seeds"],
                "It begins with the name of one of the arm's stages.",
            )  # fmt: skip
        if not keys:
            raise UserError(
                f"Arm {arm!r} changes {path!r} as a whole; name a setting of it, as in "
                f"'{path}.steps'."
            )
        inner = settings[stage]
        for number, key in enumerate(keys[:-1]):
            inner[key] = inner.get(key) if inner.get(key) is not None else {}
            inner = inner[key]
            if not isinstance(inner, dict):
                dotted = ".".join([stage, *keys[: number + 1]])
                raise UserError(f"Arm {arm!r} changes {path!r}, but {dotted!r} has no parts.")
        inner[keys[-1]] = value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [stage.name for stage in self.stages]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two stages are called {min(twice)!r}; tell them apart by `as: NAME`")
        return self


class Study(StudyFile):
    """A study file that was read.

    Attributes:
        written: The file's content, as it stands there.
        sha256: Of the file's bytes.
        folder: Paths in the file are relative to it.
    """

    written: dict[str, Any]
    sha256: str
    folder: Path


def load(named: str) -> tuple[Study, bytes]:
    """The study in a file, or the one of that name that ships with Assay; and the file's bytes.

    Raises:
        UserError: There is none, or something in it is unknown or wrong.
    """
    path = _located(named)
    try:
        raw = path.read_bytes()
        content = strict_yaml.load(raw)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read {named!r}: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error)
        raise UserError(f"{named}{line}: no valid YAML: {reason}.") from error
    said = parse(StudyFile, content, named)
    study = Study.model_construct(
        **{**dict(said), "model": _placed(said.model, path.resolve().parent)},
        written=json.loads(json.dumps(content, default=str)),
        sha256=hashlib.sha256(raw).hexdigest(),
        folder=path.resolve().parent,
    )
    _check_names(study)
    for arm in study.arms:
        for stage, kind, settings in study.stages_of(arm):
            study.resources.get(stage.name, Needs()).check(stage.name, kind, settings)
    return study, raw


def shipped() -> dict[str, Path]:
    """The studies that come with Assay, by name."""
    package = Path(assay.__file__).parent
    inside = package / "studies"  # in a wheel; in a checkout they lie at its top
    folder = inside if inside.is_dir() else package.parents[1] / "studies"
    files = sorted(folder.glob("*.yaml"))
    # Beside them lie configurations of single stages (`assay train`).
    return {path.stem: path for path in files if "\nstudy:" in f"\n{path.read_text('utf-8')}"}


def _located(named: str) -> Path:
    path = Path(named)
    if path.is_file():
        return path
    known = shipped()
    name = path.stem if path.suffix in (".yaml", ".yml") else named
    if name in known and path.parent.name in ("", "studies"):
        return known[name]
    if path.is_dir():
        raise UserError(f"{named!r} is a directory; give a study file or one of {_listed(known)}.")
    raise unknown("study", named, known, "Give the path of a study file, or such a name.")


def _placed(model: str, folder: Path) -> str:
    """A model's name; of a directory beside the file its absolute path."""
    plain = "hf/" if model.startswith("hf/") else ""
    path = folder / model.removeprefix(plain)
    return f"{plain}{path}" if model != MICROCOSM and path.is_dir() else model


def _check_names(study: Study) -> None:
    if split_of(study.evaluate.pack) == "train":
        raise UserError(
            f"Pack {study.evaluate.pack!r} is there to sample training data on, and a study does "
            "not evaluate on what it trains on; name a pack of the split eval in `evaluate`."
        )
    known = kinds()
    for number, stage in enumerate(study.stages):
        if stage.kind not in known or not known[stage.kind].stage:
            raise unknown("stage", stage.kind, [one for one in known if known[one].stage])
        if known[stage.kind].first and (number or study.model != MICROCOSM):
            raise UserError(
                f"Stage {stage.kind!r} builds the {MICROCOSM}'s weights: it comes first, and only "
                f"where `model` is {MICROCOSM}."
            )
        for arm in stage.arms or ():
            _known_arm(study, arm, f"`in` of stage {stage.name!r}")
    for name, arm_ in study.arms.items():
        if arm_.seeds is not None and arm_.seeds > study.seeds.count:
            raise UserError(
                f"Arm {name!r} has {arm_.seeds} seeds, the study only {study.seeds.count}; raise "
                "`seeds` of the study."
            )
    pairs = [("compare", pair) for pair in study.compare]
    if study.primary:
        pairs.append(("primary", study.primary.arms))
        from assay.stats.endpoints import METRICS

        if study.primary.metric not in METRICS:
            raise unknown("metric", study.primary.metric, METRICS)
    for where, pair in pairs:
        for arm in pair:
            _known_arm(study, arm, f"`{where}`")
        if pair[0] == pair[1]:
            raise UserError(f"`{where}` compares arm {pair[0]!r} with itself; name two arms.")
    for series, arms in study.doses.items():
        for arm in arms:
            _known_arm(study, arm, f"series {series!r} of `doses`")
        if len(set(arms)) < max(2, len(arms)):
            raise UserError(
                f"Series {series!r} of `doses` needs two different arms at least, the model "
                "without the data first."
            )
    stages = [*(stage.name for stage in study.stages), "init", "assess"]
    for name, needs in study.resources.items():
        if name not in stages:
            raise unknown("stage in `resources`", name, stages)
        needs.placed(study.folder)
        if name in ("init", "assess"):
            needs.check(name, known[name], None)
    wanted = {"-".join(pair) for _, pair in pairs} | {*study.arms}
    for key in study.expected:
        if key not in wanted:
            raise unknown("comparison in `expected`", key, wanted)


def _known_arm(study: Study, arm: str, where: str) -> None:
    if arm not in study.arms:
        raise unknown(f"arm in {where}", arm, study.arms)


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(sorted(names))


def _copied(value: Any) -> Any:
    """Mappings and lists anew, so that one arm's change is not another's."""
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value
