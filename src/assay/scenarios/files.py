"""Reads the YAML files of a scenario folder into models; errors name file, line, key and choices.

Used by `scenario`, `workspace` and `controls`.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from assay import strict_yaml
from assay.errors import ScenarioError

_TODAY = re.compile(r"\{\{today([-+]\d+)?\}\}")


def load_yaml[Model: BaseModel](
    path: Path, model: type[Model], text: str | None = None, skipped_lines: int = 0
) -> Model:
    """Validate a YAML file against a model.

    Args:
        path: The file; read when `text` is not given, and named in errors.
        model: A pydantic model with `extra="forbid"`.
        text: YAML that was cut out of `path`, such as front matter.
        skipped_lines: Lines of `path` above `text`, so that errors give the line in the file.

    Raises:
        ScenarioError: Not YAML, an unknown or missing key, or a bad value; one sentence.
    """
    text = path.read_text("utf-8") if text is None else text
    try:
        tree = yaml.compose(text)
        data = strict_yaml.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line + 1 + skipped_lines) if mark else 1
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise ScenarioError(f"{path}:{line}: {problem}.") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        line = _line(tree, first["loc"]) + skipped_lines
        key = ".".join(str(part) for part in first["loc"]) or "(whole file)"
        raise ScenarioError(f"{path}:{line}: {key}: {_reason(first, model)}.") from error


def render_today(text: str, today: date) -> str:
    """Replace `{{today}}`, `{{today-12}}` and `{{today+3}}` (days) by ISO dates.

    So nothing looks stale.
    """
    return _TODAY.sub(lambda match: (today + timedelta(days=int(match[1] or 0))).isoformat(), text)


def _reason(error: object, model: type[BaseModel]) -> str:
    assert isinstance(error, dict)
    if error["type"] == "extra_forbidden":
        known = ", ".join(sorted(model.model_fields))
        return f"unknown key; the keys are {known}" if len(error["loc"]) == 1 else "unknown key"
    if error["type"] == "missing":
        return "missing"
    value = repr(error["input"])
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message[0].lower()}{message[1:]} (got {value[:60]})"


def _line(node: yaml.Node | None, location: tuple[object, ...]) -> int:
    """Line of the deepest part of `location` that stands in the file, counted from 1."""
    line = 1
    for part in location:
        child = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, child = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            child = node.value[part] if part < len(node.value) else None
            line = child.start_mark.line + 1 if child else line
        if child is None:
            break
        node = child
    return line
