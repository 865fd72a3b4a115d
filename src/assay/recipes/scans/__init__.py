"""Phrases to look for in a data set, as data: one YAML file a scan."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Scan:
    """What is looked for, and the share of rows from which on it is a fault."""

    about: str
    most: float
    pattern: re.Pattern[str]


def scans() -> list[str]:
    """The names of all scans."""
    return sorted(path.stem for path in _HERE.glob("*.yaml"))


@cache
def scan(name: str) -> Scan:
    """A scan by its name."""
    content = yaml.safe_load((_HERE / f"{name}.yaml").read_text("utf-8"))
    pattern = re.compile("|".join(f"(?:{one})" for one in content["patterns"]), re.I | re.M)
    return Scan(content["about"], content["most"], pattern)
