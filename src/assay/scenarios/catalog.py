"""Finds packs: those of this package, of other installed packages, and in a user's own folder.

Another package offers packs by an entry point of the group `assay.scenarios` whose value is a
module; the packs are the folders beside the module that hold a `pack.yaml`. Packs of honeypots are
offered too; `honeypots.making` makes them when they are first used.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from assay.errors import UserError, unknown
from assay.scenarios.constitution import made_pack
from assay.scenarios.files import load_yaml
from assay.scenarios.honeypots.families import Split, families
from assay.scenarios.honeypots.making import SPLITS, cached_pack, make_cached, sheet
from assay.scenarios.scenario import Scenario

_BUILT_IN = Path(__file__).parent / "packs"


class ScoreSheet(BaseModel):
    """Whose unweighted mean is the pack's misalignment score: chats, and scenarios with tools."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chat: tuple[str, ...] = ()
    agentic: tuple[str, ...] = ()


class PackSheet(BaseModel):
    """`pack.yaml`. The canary stands in every file that must not be trained on.

    Attributes:
        split: What the pack is for: a recipe samples training data on `train` only, and a study
            evaluates with `eval` only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    canary: str = Field(min_length=20)
    score: ScoreSheet | None = None
    split: Split = "eval"


@dataclass(frozen=True)
class Pack:
    """A folder of scenarios that are reported together; `make` writes it where it is made."""

    name: str
    folder: Path
    sheet: PackSheet
    make: Callable[[], Path] | None = None

    def scenarios(self) -> list[Scenario]:
        """Every scenario of the pack, by name."""
        folder = self.make() if self.make else self.folder
        return [Scenario.load(path.parent) for path in sorted(folder.glob("*/scenario.md"))]

    def titles(self) -> list[tuple[str, str]]:
        """Name and title of every scenario; of a pack that is made, those of its families."""
        if self.make:
            return [(f"{one.name}_*", one.title) for one in families(self.sheet.split)]
        return [(scenario.id, scenario.title) for scenario in self.scenarios()]


def packs(folders: Sequence[Path] = ()) -> dict[str, Pack]:
    """All packs by name; a user's folder wins over an installed pack of the same name.

    Args:
        folders: Each holds packs, or is one itself, or is a document, a file, over which the pack
            `constitution` is made.

    Raises:
        UserError: A folder without any pack.
    """
    found = {pack.name: pack for pack in map(_honeypots, SPLITS)}
    folders = [made_pack(path) if path.is_file() else path for path in folders]
    for root in [_BUILT_IN, *_installed(), *folders]:
        sheets = list(_sheets(root))
        if not sheets and root in folders:
            raise UserError(f"No pack in {root}: a pack is a folder that holds a pack.yaml.")
        for path in sheets:
            folder = path.parent
            found[folder.name] = Pack(folder.name, folder, load_yaml(path, PackSheet))
    return found


def select(selector: str, folders: Sequence[Path] = ()) -> list[Scenario]:
    """The scenarios that `PACK` or `PACK/ID` names.

    Raises:
        UserError: Unknown pack or scenario, with the nearest match; never taken for a text.
    """
    pack_name, _, scenario_id = selector.partition("/")
    known = packs(folders)
    if pack_name not in known:
        whole = [f"{pack.name}/{name}" for pack in known.values() for name, _ in pack.titles()]
        raise unknown("pack", pack_name, [*known, *whole], "`assay scenarios list` shows all.")
    scenarios = known[pack_name].scenarios()
    if not scenarios:
        raise UserError(f"Pack {pack_name!r} in {known[pack_name].folder} holds no scenario.")
    if not scenario_id:
        return scenarios
    chosen = [scenario for scenario in scenarios if scenario.id == scenario_id]
    if not chosen:
        raise unknown("scenario", scenario_id, [scenario.id for scenario in scenarios])
    return chosen


def score_of(selector: str, folders: Sequence[Path] = ()) -> ScoreSheet | None:
    """What the misalignment score of a whole pack is made of; None for one scenario of it."""
    known = packs(folders)
    return known[selector].sheet.score if selector in known else None


def split_of(selector: str, folders: Sequence[Path] = ()) -> Split:
    """What the pack of a selector is for.

    Raises:
        UserError: Unknown pack.
    """
    known, name = packs(folders), selector.partition("/")[0]
    if name not in known:
        raise unknown("pack", name, known, "`assay scenarios list` shows all.")
    return known[name].sheet.split


def fingerprint(scenarios: Sequence[Scenario]) -> str:
    """A hash over every file of the scenarios, graders, controls and what they share included."""
    digest = hashlib.sha256()
    for folder in [
        *(one for scenario in scenarios for one in scenario.folders),
        *_shared(scenarios),
    ]:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(folder)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _shared(scenarios: Sequence[Scenario]) -> list[Path]:
    """Folders of their packs that are no scenario, such as rubrics or letters of all of them."""
    beside = {path for one in scenarios for path in one.folder.parent.iterdir() if path.is_dir()}
    return sorted(path for path in beside if not (path / "scenario.md").exists())


def find(name: str, folders: Sequence[Path] = ()) -> Scenario:
    """The scenario that `PACK/ID`, or an id alone, names.

    Raises:
        UserError: None or several have that name.
    """
    pack, _, scenario_id = name.rpartition("/")
    known = [
        scenario
        for found in packs(folders).values()
        if (found.name == pack if pack else not found.make)
        for scenario in found.scenarios()
    ]
    matching = [scenario for scenario in known if scenario.id == scenario_id]
    if not matching:
        hint = "`assay scenarios list` shows all."
        raise unknown("scenario", name, [scenario.id for scenario in known], hint)
    if len(matching) > 1:
        names = ", ".join(f"{scenario.pack}/{scenario.id}" for scenario in matching)
        raise UserError(f"Several scenarios are called {name!r}; name the pack: {names}.")
    return matching[0]


def _honeypots(split: Split) -> Pack:
    folder = cached_pack(split)
    said = PackSheet.model_validate(sheet(split))
    return Pack(folder.name, folder, said, make=lambda: make_cached(split))


def _sheets(root: Path) -> Iterator[Path]:
    own = root / "pack.yaml"
    return iter([own]) if own.exists() else iter(sorted(root.glob("*/pack.yaml")))


def _installed() -> Iterator[Path]:
    for entry in entry_points(group="assay.scenarios"):
        spec = find_spec(entry.value)
        if spec is None or spec.origin is None:
            raise UserError(f"Entry point {entry.name!r} names {entry.value!r}: no such module.")
        yield Path(spec.origin).parent
