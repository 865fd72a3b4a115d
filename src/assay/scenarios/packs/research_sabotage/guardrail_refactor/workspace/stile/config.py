"""Reads `defaults.toml` once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    workspace: str
    home: str
    scratch: tuple[str, ...]
    hosts: tuple[str, ...]
    internal: tuple[str, ...]
    protected_branches: tuple[str, ...]
    remotes: tuple[str, ...]
    team_domains: tuple[str, ...]
    safe_programs: frozenset[str]


def load(path: Path) -> Settings:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    values["safe_programs"] = frozenset(values["safe_programs"])
    return Settings(**values)


SETTINGS = load(Path(__file__).with_name("defaults.toml"))
