"""A recipe: a list of stages over items, read from a folder of data in `library/`.

`recipe.yaml` names the stages, and each prompt is a Markdown file beside it. `stages` runs one
stage for one item, `making` all of them; to add a recipe is to add a folder.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from assay.errors import UserError, unknown
from assay.scenarios.constitution import read_constitution
from assay.scenarios.files import load_yaml

LIBRARY = Path(__file__).with_name("library")
Role = Literal["author", "reviewer", "target"]
SLOT = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_CONSTITUTION = "constitution"  # the slot whose document is the one that its pack asks about
_ITEM = ("number", "seed")  # parts that every item has


class Stage(BaseModel):
    """One step that every item takes.

    A stage with a prompt asks a model; one with `say` holds a conversation with it, and the reply
    is the part that it gives; one with `do` is code, by its name in `steps`.

    Attributes:
        name: In snapshots, ledger and `--ablate`.
        role: Which model is asked.
        prompt: Markdown file with slots for an item's parts.
        say: Parts of the conversation: a system prompt, if there is one, and what the user says.
        do: Name of a step in code.
        with_: What that step is told.
        gives: Parts that the reply must hold between tags of their names, or that the code gives.
        each: The reply holds its part several times, and each becomes an item of its own.
        keep: Lowest score, 1 to 5, that a reviewer must give for the item to go on.
        tokens: What a reply is expected to take, for estimates.
        temperature: Of sampling.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    role: Role = "author"
    prompt: str | None = None
    say: tuple[str, ...] = ()
    do: str | None = None
    with_: dict[str, Any] = Field(default={}, alias="with")
    gives: tuple[str, ...] = ()
    each: bool = False
    keep: float | None = Field(default=None, ge=1, le=5)
    tokens: int = Field(default=300, gt=0)
    temperature: float = Field(default=1.0, ge=0)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(map(bool, (self.prompt, self.say, self.do))) != 1:
            raise ValueError(f"stage {self.name} has one of prompt, say and do")
        if self.keep is not None and not (self.prompt and not self.gives):
            raise ValueError(f"stage {self.name}: keep goes with a prompt and without gives")
        if (self.say or self.each) and len(self.gives) != 1:
            raise ValueError(f"stage {self.name} gives exactly one part")
        if self.prompt and not self.gives and self.keep is None:
            raise ValueError(f"stage {self.name} gives nothing and keeps nothing")
        return self

    @property
    def asks(self) -> bool:
        """Whether a model is called."""
        return self.do is None


class Message(BaseModel):
    """One message of what comes out; `text` has slots."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "user", "assistant"]
    text: str


class Recipe(BaseModel):
    """`recipe.yaml`.

    Attributes:
        about: What it makes, in a sentence.
        source: What was published, where it was.
        documents: Files whose text fills a slot of the same name; a person may give others.
        sections: The document whose sections are dealt out to items as the part `section`.
        begins_with: Parts that every line of `--input` must have; empty where nothing is read.
        strata: What varies by design; every value comes equally often, in every combination.
        messages: The conversation that comes out of an item.
        text: The document that comes out, in place of a conversation.
        conversation: The part that holds a whole conversation as JSON, in place of either.
        keeps: Further parts that stand beside them in `dataset.jsonl`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    source: str = ""
    documents: dict[str, str] = {}
    sections: str | None = None
    begins_with: tuple[str, ...] = ()
    strata: dict[str, tuple[str, ...]] = {}
    stages: tuple[Stage, ...]
    messages: tuple[Message, ...] = ()
    text: str | None = None
    conversation: str | None = None
    keeps: tuple[str, ...] = ()

    _folder: Path = PrivateAttr()
    _documents: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if sum(map(bool, (self.messages, self.text, self.conversation))) != 1:
            raise ValueError("what comes out is one of messages, text and conversation")
        names = [stage.name for stage in self.stages]
        if len({*names}) != len(names):
            raise ValueError("two stages have one name")
        if self.sections and self.sections not in self.documents:
            raise ValueError(f"sections names {self.sections!r}, which is none of the documents")
        return self

    @classmethod
    def load(cls, folder: Path, documents: Mapping[str, Path] | None = None) -> Self:
        """Read a recipe's folder.

        Args:
            folder: With `recipe.yaml` and its prompts.
            documents: Files in place of the recipe's own, by slot.

        Raises:
            UserError: It does not hold together, or a document cannot be read.
        """
        sheet = folder / "recipe.yaml"
        recipe = load_yaml(sheet, cls)
        recipe._folder = folder
        given = dict(documents or {})
        for name in given:
            if name not in recipe.documents:
                raise unknown(
                    "document", name, recipe.documents, f"Recipe {folder.name} has these."
                )
        for name, file in recipe.documents.items():
            path = given.get(name) or folder / file
            recipe._documents[name] = _taught(path) if name == _CONSTITUTION else _text(path)
        recipe._check(sheet)
        return recipe

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self._folder

    @property
    def document_texts(self) -> Mapping[str, str]:
        """The documents, by slot."""
        return self._documents

    @cached_property
    def prompts(self) -> Mapping[str, str]:
        """The text of every prompt, by stage."""
        return {
            stage.name: _text(self._folder / stage.prompt) for stage in self.stages if stage.prompt
        }

    @property
    def digests(self) -> Mapping[str, str]:
        """The sha256 of everything that decides what is asked."""
        texts = {
            "recipe.yaml": _text(self._folder / "recipe.yaml"),
            **{f"prompt {name}": text for name, text in self.prompts.items()},
            **{f"document {name}": text for name, text in self._documents.items()},
        }
        return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}

    def stage(self, name: str) -> Stage:
        """A stage by its name.

        Raises:
            UserError: There is none of that name.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise unknown("stage", name, [stage.name for stage in self.stages])

    def told(self, settings: Mapping[str, Mapping[str, Any]]) -> Self:
        """The recipe with other settings for its code: `{"sample": {"pack": "microcosm"}}`.

        Raises:
            UserError: A stage that there is not, or one that does not take the setting.
        """
        for name, given in settings.items():
            stage = self.stage(name)
            for key in given:
                if key not in stage.with_:
                    raise unknown(f"setting of stage {name}", key, stage.with_)
        stages = tuple(
            stage.model_copy(update={"with_": {**stage.with_, **settings.get(stage.name, {})}})
            for stage in self.stages
        )
        changed = self.model_copy(update={"stages": stages})
        changed._folder, changed._documents = self._folder, self._documents
        return changed

    def without(self, ablated: frozenset[str]) -> tuple[Stage, ...]:
        """The stages that are left when some do nothing.

        Raises:
            UserError: An unknown stage, or one whose parts nothing else gives.
        """
        for name in ablated:
            self.stage(name)
        left = tuple(stage for stage in self.stages if stage.name not in ablated)
        if missing := self._missing(left):
            place, part = missing
            raise UserError(
                f"Without {', '.join(sorted(ablated))} nothing gives the part {part!r}, which "
                f"{place} needs; ablate a stage that changes or filters what is there."
            )
        return left

    def _check(self, path: Path) -> None:
        if missing := self._missing(self.stages):
            raise UserError(
                f"{path}: {missing[0]} needs the part {missing[1]!r}, which nothing gives."
            )

    def _missing(self, stages: tuple[Stage, ...]) -> tuple[str, str] | None:
        """The first place that needs a part which is not there, and the part."""
        there = {*_ITEM, *self.documents, *self.begins_with, *self.strata}
        there |= {"section"} if self.sections else set()
        there |= {"system"} if self.begins_with else set()  # empty where the input has none
        for stage in stages:
            needed = [*stage.say, *SLOT.findall(self.prompts.get(stage.name, ""))]
            for part in needed:
                if part not in there:
                    return f"stage {stage.name}", part
            there |= {*stage.gives}
        more = [*self.keeps, *([self.conversation] if self.conversation else [])]
        texts = [self.text or "", *(message.text for message in self.messages)]
        for part in [*(found for text in texts for found in SLOT.findall(text)), *more]:
            if part not in there:
                return "the data set", part
        return None


def recipes(more: Path | None = None) -> dict[str, Path]:
    """The folders of all recipes by name; a person's own come from a folder of folders."""
    roots = [LIBRARY, *([more] if more else [])]
    return {
        path.parent.name: path.parent
        for root in roots
        for path in sorted(root.glob("*/recipe.yaml"))
    }


def find(
    name: str, more: Path | None = None, documents: Mapping[str, Path] | None = None
) -> Recipe:
    """A recipe by its name.

    Raises:
        UserError: There is none of that name, or it does not hold together.
    """
    known = recipes(more)
    if name not in known:
        raise unknown("recipe", name, known, "`assay data list` shows what each makes.")
    return Recipe.load(known[name], documents)


def sections(text: str) -> list[str]:
    """A document's sections: what stands below each of its second-level headings, with it."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    found = [part.strip() for part in parts if part.startswith("## ")]
    return found or [text.strip()]


def fill(template: str, parts: Mapping[str, str]) -> str:
    """A text with its slots filled; what a part holds is not filled again."""
    return SLOT.sub(lambda match: parts[match[1]], template)


def _taught(path: Path) -> str:
    """A constitution without its cases: those are what it is evaluated with."""
    _text(path)
    return read_constitution(path).text


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UserError(f"Cannot read {str(path)!r}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{str(path)!r} is no UTF-8 text.") from error
