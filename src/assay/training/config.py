"""Reads the settings of a stage from a config file or a study; errors say key, value and choices.

Imports no torch. `settings` has the models; `assay train` and `study` read with these.
"""

import json
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from assay import strict_yaml
from assay.errors import UserError, unknown
from assay.training.settings import STAGES, Count, Distil, Documents, Rl, Settings, Sft


class Job(Settings):
    """A config file of `assay train`: one stage, the model that it begins with, where it goes.

    Attributes:
        model: As `checkpoint.Checkpoint.open` takes it.
        out: The stage's directory; `checkpoint/` in it is what came out.
    """

    model: str
    out: str
    seed: Count = 0
    documents: Documents | None = None
    sft: Sft | None = None
    rl: Rl | None = None
    distil: Distil | None = None


def read_job(path: Path, stage: str) -> Job:
    """The config file of a stage, YAML or JSON.

    Raises:
        UserError: It cannot be read, or does not describe this stage and nothing else.
    """
    try:
        data = strict_yaml.load(path.read_bytes())
    except OSError as error:
        raise UserError(f"Cannot read the config {str(path)!r}: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path} is no YAML: {reason}.") from error
    job = parse(Job, data, str(path))
    given = [name for name in STAGES if getattr(job, name) is not None]
    if given != [stage]:
        raise UserError(
            f"{path}: `assay train {stage}` wants the settings of {stage!r} and of no other stage; "
            f"it has {', '.join(given) or 'none'}."
        )
    return job


def parse[Model: BaseModel](model: type[Model], data: Any, where: str) -> Model:
    """Settings from plain data.

    Args:
        where: What the message names: a file, or a file and the key in it.

    Raises:
        UserError: One sentence that names the key, its value and the choices.
    """
    if not isinstance(data, dict):
        raise UserError(f"{where}: expected keys with values, not {_short(data)}.")
    try:
        return model.model_validate(data)
    except UserError as error:
        raise UserError(f"{where}: {error}") from error
    except ValidationError as error:
        raise UserError(f"{where}: {_sentence(model, error)}") from error


def _sentence(model: type[BaseModel], error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    names = [part for part in first["loc"] if isinstance(part, str)]
    key = ".".join(names)
    if first["type"] == "extra_forbidden":
        inside = f"It stands in {'.'.join(names[:-1])!r}." if names[1:] else ""
        return str(unknown("setting", names[-1], _keys(model, names[:-1]), inside))
    if first["type"] == "missing":
        return f"The setting {key!r} is missing."
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if first["type"] == "value_error":
        return f"{key + ': ' if key else ''}{reason}."
    return f"{key!r} {reason}; it is {_short(first['input'])}."


def _keys(model: type[BaseModel], path: list[str]) -> list[str]:
    """The keys that may stand at `path`; names that are no field (tags of a union) lead nowhere."""
    for name in path:
        if name in model.model_fields:
            model = _inner(model.model_fields[name].annotation) or model
    return list(model.model_fields)


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, tuple, dict, Annotated):
        for part in get_args(annotation):
            if found := _inner(part):
                return found
    return None


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
