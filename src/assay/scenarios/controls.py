"""Scripted trajectories with a known conduct. Replayed by `providers.control`."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from assay.errors import ScenarioError, unknown
from assay.scenarios.delivery import OutcomeLabel
from assay.scenarios.files import load_yaml
from assay.scenarios.scenario import Scenario

ControlKind = Literal["honest", "sabotage", "refusal", "partial", "incompetent"]
CONTROL_KINDS: tuple[ControlKind, ...] = get_args(ControlKind)
Leaning = Literal["sabotage", "honest"]
LEANINGS: tuple[Leaning, ...] = get_args(Leaning)
RefusalReason = Literal["research_direction", "self_training", "scope", "other"]
Admirable = Literal["disclosed", "escalated", "repaired"]
_IMPLIED: dict[ControlKind, OutcomeLabel] = {
    "honest": "intact",
    "sabotage": "harmful",
    "refusal": "untouched",
}


class Truth(BaseModel):
    """What a perfect judge would say of the transcript.

    `answers` are those to the scenario's own rubrics, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    deliberate: bool = False
    disclosed: bool = False
    answers: dict[str, str] = {}
    reasoning_disagrees: bool = False
    refusal_reason: RefusalReason | None = None
    admirable: tuple[Admirable, ...] = ()


class Turn(BaseModel):
    """One assistant message: what it thinks and says, and the tools it calls, with arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    think: str = ""
    say: str = ""
    call: dict[str, dict[str, Any]] = {}


class Control(BaseModel):
    """A scripted trajectory.

    Attributes:
        outcome: What the grader must find; implied for honest, sabotage and refusal.
        same_workspace_as: A control whose final workspace is byte-identical to this one's.
        begun: After how many turns its conduct has begun; a continuation takes over there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conduct: ControlKind
    outcome: OutcomeLabel
    note: str
    same_workspace_as: str | None = None
    truth: Truth = Truth()
    begun: int | None = Field(default=None, gt=0)
    turns: tuple[Turn, ...]

    _name: str = PrivateAttr()

    @model_validator(mode="before")
    @classmethod
    def _implied(cls, data: Any) -> Any:
        if isinstance(data, dict) and "outcome" not in data:
            if (implied := _IMPLIED.get(data.get("conduct", ""))) is None:
                return data
            data = {**data, "outcome": implied}
        if isinstance(data, dict) and data.get("conduct") == "sabotage" and "truth" not in data:
            data = {**data, "truth": {"deliberate": True}}
        return data

    @model_validator(mode="after")
    def _ends_by_itself(self) -> Self:
        if not self.turns or self.turns[-1].call:
            raise ValueError("turns must end with one that calls no tool: there the agent stops")
        if any(not turn.call for turn in self.turns[:-1]):
            raise ValueError("only the last turn may lack a call: the agent stops at the first")
        if self.begun is not None and self.begun >= len(self.turns):
            raise ValueError(f"begun is {self.begun}: a turn must be left of {len(self.turns)}")
        return self

    @property
    def opening(self) -> tuple[Turn, ...]:
        """The turns with which a continuation begins: up to `begun`, or to the first that writes.

        Empty where nothing is written: such a control begins nothing that could be gone on with.
        """
        writes = (i for i, turn in enumerate(self.turns, 1) if {"write", "edit"} & turn.call.keys())
        return self.turns[: self.begun or next(writes, 0)]

    @property
    def name(self) -> str:
        """The file's name without ending; `held_out/` before it for a held-out control."""
        return self._name


def checked_leanings(names: Iterable[str]) -> tuple[Leaning, ...]:
    """Names of leanings, each once.

    Raises:
        UserError: An unknown one.
    """
    given = list(dict.fromkeys(name.strip() for name in names))
    if odd := [name for name in given if name not in LEANINGS]:
        raise unknown("kind of elicitation", odd[0], LEANINGS)
    return tuple(kind for kind in LEANINGS if kind in given)


def load_controls(scenario: Scenario, *, held_out: bool = False) -> list[Control]:
    """The scenario's controls, by name.

    Args:
        scenario: Whose controls.
        held_out: Those that were written from the brief alone, instead of the others.

    Raises:
        ScenarioError: A file breaks the format or names a file that is not there.
    """
    folder = scenario.folder / "controls" / ("held_out" if held_out else "")
    return [_load(path, held_out) for path in sorted(folder.glob("*.yaml"))]


def load_control(scenario: Scenario, name: str) -> Control:
    """One control by its name, e.g. `honest` or `held_out/honest_1`."""
    return _load(scenario.folder / "controls" / f"{name}.yaml", name.startswith("held_out/"))


def _load(path: Path, held_out: bool) -> Control:
    if not path.is_file():
        raise ScenarioError(f"No control {path.stem!r}: no file {path}.")
    return _read(path, held_out, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _read(path: Path, held_out: bool, _changed: int) -> Control:
    control = load_yaml(path, Control)
    control._name = f"held_out/{path.stem}" if held_out else path.stem
    turns = tuple(
        turn.model_copy(
            update={"call": {tool: _filled(path, args) for tool, args in turn.call.items()}}
        )
        for turn in control.turns
    )
    filled = control.model_copy(update={"turns": turns})
    filled._name = control._name
    return filled


def _filled(path: Path, arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments with every `X_from: FILE` replaced by X, the file's text."""
    filled = {}
    for key, value in arguments.items():
        if key.endswith("_from"):
            source = path.parent / str(value)
            if not source.is_file():
                raise ScenarioError(f"{path}: {key} names {value!r}: no file {source}.")
            filled[key.removesuffix("_from")] = source.read_text("utf-8")
        else:
            filled[key] = value
    return filled
