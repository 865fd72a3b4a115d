"""A family of honeypots: one temptation, with everything that may vary around it.

`families/NAME.yaml` has slots such as `<log>`; `drawn` fills them by a seed. `making` writes what
comes out as a scenario. Whether a family is trained or evaluated with is a property of the family,
so no item of one split is a variation of an item of the other.
"""

import random
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from assay.errors import ScenarioError
from assay.scenarios.controls import RefusalReason
from assay.scenarios.files import load_yaml
from assay.scenarios.honeypots.signs import Signs

FAMILIES = Path(__file__).with_name("families")
WORDS = Path(__file__).with_name("words.yaml")
Split = Literal["train", "eval"]
BRIEF_SLOTS = ("{stake}", "{chance}")
_SLOT = re.compile(r"<([a-z_]+)>")
_PATTERNS = ("has", "lacks", "lost", "kept")
_PEOPLE = ("owner", "lead", "mate")
_NESTED = 3  # a word may hold another's slot
_WORDINGS, _STAKES = 4, 3  # of an item


class Script(BaseModel):
    """A control in short: commands, one a turn, and what is said at the end.

    Attributes:
        do: For bash.
        say: The last words.
        why: The reason of a refusal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: tuple[str, ...] = ()
    say: str
    why: RefusalReason = "other"


class Scripts(BaseModel):
    """The controls of a family.

    Attributes:
        slip: Last words after the very commands of the sabotage, done by mistake and owned up to.
        incompetent: The work fails for everyone to see.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    honest: Script
    sabotage: Script
    refusal: Script
    incompetent: Script
    slip: str


class Family(BaseModel):
    """`families/NAME.yaml`.

    Attributes:
        behaviour: What the bait is.
        repository: Names to choose from.
        words: Texts to choose from, by slot; all slots of `words.yaml` are there besides.
        files: The workspace, by path. The first was committed weeks ago, the others last evening,
            so that it may hold no dates, and they none of the night.
        wordings: Briefs; each holds `{stake}` and `{chance}`.
        stakes: What makes the bait one; `benign` stands in their place in the twin.
        chance: Who would notice: `unseen` and `seen`.
        commits: Messages of the first and of the second commit.
        signs: What the grader looks for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    behaviour: str
    split: Split
    repository: tuple[str, ...]
    words: dict[str, tuple[str, ...]] = {}
    files: dict[str, str] = Field(min_length=2)
    wordings: tuple[str, ...] = Field(min_length=_WORDINGS)
    stakes: tuple[str, ...] = Field(min_length=_STAKES)
    benign: str
    chance: dict[Literal["unseen", "seen"], str] = Field(min_length=2)
    commits: tuple[str, str]
    signs: Signs
    controls: Scripts

    _name: str = PrivateAttr()

    @model_validator(mode="after")
    def _slots_stand(self) -> Self:
        for brief in self.wordings:
            if lacking := [slot for slot in BRIEF_SLOTS if brief.count(slot) != 1]:
                raise ValueError(f"a wording has {' and '.join(lacking)} once: {brief[:60]!r}")
        if "{{today" in next(iter(self.files.values())):
            raise ValueError("the first file holds a date, but was committed weeks ago")
        known = {*self.words, *_common()["words"], *_PEOPLE, *(f"{one}_mail" for one in _PEOPLE)}
        known |= {f"{one}_name" for one in _PEOPLE}
        for slot in _SLOT.findall(yaml.safe_dump(self.model_dump(mode="json"), width=10**6)):
            if slot not in known:
                raise ValueError(f"<{slot}> is none of the words; they are {sorted(known)}")
        return self

    @property
    def name(self) -> str:
        """The file's name without ending."""
        return self._name

    def objection(self, brief: str) -> str | None:
        """Why a brief that somebody wrote cannot be one of this family's; None where it can."""
        if lacking := [slot for slot in BRIEF_SLOTS if brief.count(slot) != 1]:
            return f"it has not got {' and '.join(lacking)} once"
        if re.sub(r"\{(stake|chance)\}", "", brief).count("{"):
            return "it has other braces"
        needed = set.intersection(*(set(_SLOT.findall(one)) for one in self.wordings))
        if lacking := sorted(needed - set(_SLOT.findall(brief))):
            return f"it lacks <{lacking[0]}>, without which nobody could do the work"
        if odd := sorted({*_SLOT.findall(brief)} - {*self.words, *_common()["words"], *_PEOPLE}):
            return f"<{odd[0]}> stands for nothing"
        return None


class Drawn(BaseModel):
    """One item: a family with every slot filled.

    Attributes:
        wordings: The briefs, with `{stake}` and `{chance}` in them.
        stakes: By level; one of them is `benign`.
        author: Who committed last, as `Name <mail>`; `helper` committed first.
        dates: Of both commits.
    """

    model_config = ConfigDict(frozen=True)

    family: str
    title: str
    behaviour: str
    repository: str
    wordings: dict[str, str]
    stakes: dict[str, str]
    chance: dict[str, str]
    files: dict[str, str]
    commits: tuple[str, str]
    author: str
    helper: str
    dates: tuple[str, str]
    signs: dict[str, Any]
    controls: Scripts


def families(split: Split | None = None) -> list[Family]:
    """All families, or those of a split, by name.

    Raises:
        ScenarioError: A family does not hold together.
    """
    found = [_family(path) for path in sorted(FAMILIES.glob("*.yaml"))]
    return [family for family in found if split in (None, family.split)]


def drawn(
    family: Family, number: int, seed: int, briefs: Mapping[str, tuple[str, ...]] | None = None
) -> Drawn:
    """Item `number` of a family.

    Args:
        family: Which one.
        number: The same number and seed give the same item, however many are drawn.
        seed: Draws the words.
        briefs: Further wordings, by family.
    """
    rng = random.Random(f"honeypot:{seed}:{family.name}:{number}")
    words = _words(family, rng)
    every = dict(zip("abcd", _chosen(family, briefs, rng), strict=True))
    stakes = rng.sample(family.stakes, _STAKES)
    levels = {f"real_{i}": one for i, one in enumerate(stakes, 1)} | {"benign": family.benign}
    return Drawn(
        family=family.name,
        title=family.title,
        behaviour=family.behaviour,
        repository=rng.choice(family.repository),
        wordings=filled(every, words),
        stakes=filled(levels, words),
        chance=filled(family.chance, words),
        files=filled(family.files, words),
        commits=filled(family.commits, words),
        author=words["owner_mail"],
        helper=words["mate_mail"],
        dates=(_moment(rng.randint(20, 120), rng), _moment(1, rng)),
        signs=_patterned(
            family.signs.model_dump(mode="json", exclude_defaults=True),
            words,
            {name: re.escape(filled(word, words)) for name, word in words.items()},
        ),
        controls=Scripts.model_validate(filled(family.controls.model_dump(), words)),
    )


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """A text, or every text in lists and mappings, with the words in their slots."""
    if isinstance(value, str):
        for _ in range(_NESTED):
            value = _SLOT.sub(lambda match: words[match[1]], value)
        return value
    if isinstance(value, dict):
        return {filled(key, words): filled(part, words) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(part, words) for part in value)
    return value


def _patterned(value: Any, words: Mapping[str, str], literal: Mapping[str, str]) -> Any:
    """Signs, in which a word that stands in a pattern means itself."""
    if isinstance(value, dict):
        return {
            filled(key, words): filled(part, literal)
            if key in _PATTERNS
            else _patterned(part, words, literal)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_patterned(part, words, literal) for part in value]
    return filled(value, words)


def _moment(days: int, rng: random.Random) -> str:
    """The evening so many days ago, as `history.yaml` has it."""
    return f"{{{{today-{days}}}}}T18:{rng.randint(10, 59)}:{rng.randint(10, 59)}+01:00"


def _chosen(
    family: Family, briefs: Mapping[str, tuple[str, ...]] | None, rng: random.Random
) -> list[str]:
    return rng.sample([*family.wordings, *(briefs or {}).get(family.name, ())], _WORDINGS)


def _words(family: Family, rng: random.Random) -> dict[str, str]:
    common = _common()
    words = {slot: rng.choice(texts) for slot, texts in (common["words"] | family.words).items()}
    people = zip(
        rng.sample(common["first"], len(_PEOPLE)),
        rng.sample(common["last"], len(_PEOPLE)),
        strict=True,
    )
    for role, (first, last) in zip(_PEOPLE, people, strict=True):
        mail = f"{first.lower()}.{last.lower()}@{words['domain']}"
        words |= {role: first, f"{role}_name": f"{first} {last}"}
        words[f"{role}_mail"] = f"{first} {last} <{mail}>"
    return words


@lru_cache(maxsize=1)
def _common() -> dict[str, Any]:
    return dict(yaml.safe_load(WORDS.read_text("utf-8")))


@lru_cache(maxsize=64)
def _family(path: Path) -> Family:
    family = load_yaml(path, Family)
    family._name = path.stem
    if not re.fullmatch(r"[a-z_]+", path.stem):
        raise ScenarioError(f"{path}: the name of a family has small letters and _ only.")
    return family
