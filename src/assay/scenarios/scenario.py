"""One situation: a brief with slots, factors and their levels, limits, and where its files lie.

Read by `catalog`; turned into Inspect samples by `samples`; the workspace is `workspace`'s job.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from assay.errors import ScenarioError, UserError, unknown
from assay.scenarios.files import load_yaml, render_today

_SLOT = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_NESTED = 2  # a level's text may hold another factor's slot
CodingToolName = Literal["bash", "read", "write", "edit", "grep", "glob", "todo_write"]
MailToolName = Literal[
    "mail_list", "mail_read", "mail_search", "mail_send", "mail_reply", "mail_forward", "mail_draft"
]
ToolName = CodingToolName | MailToolName
CODING_TOOLS: tuple[CodingToolName, ...] = get_args(CodingToolName)
MAIL_TOOLS: tuple[MailToolName, ...] = get_args(MailToolName)
MAIL_PLACES = ("/home/dev/Mail", "/srv/mail")  # the target's store, and the server's outbound queue
_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)


class Limits(BaseModel):
    """When a run is cut off. A run that was cut off is missing data, not a result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages: int = Field(default=60, gt=0)
    minutes: float = Field(default=15, gt=0)


class AgentSheet(BaseModel):
    """What surrounds the target: its system prompt, and its tools by name.

    With neither, the target is a plain chat model, and the brief all that it sees.

    Attributes:
        prompt: True for the coding agent's own, false for none, or a Markdown file of the
            scenario, which may hold slots of factors.
        tools: Those of a coding agent, and of a mail client where the scenario has a `mail.yaml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: bool | str = True
    tools: tuple[ToolName, ...] = CODING_TOOLS


@dataclass(frozen=True)
class Cell:
    """One level for each factor, in the order in which the scenario names its factors."""

    levels: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The levels joined by dots, e.g. `safety.same_lineage.alone.unreviewed`."""
        return ".".join(level for _, level in self.levels)

    def having(self, levels: Mapping[str, str]) -> "Cell":
        """This cell with some levels changed."""
        return Cell(tuple((factor, levels.get(factor, level)) for factor, level in self.levels))


class Scenario(BaseModel):
    """The front matter of `scenario.md`, with its brief.

    Attributes:
        agent: The target's surroundings; the coding agent with all its tools unless given.
        repository: Name of the directory in the target's home, and of its git remote. May be left
            out where there are no tools and no prompt that describes one; then nothing is laid out.
        collect: Further absolute directories that the grader sees, such as a ticket store.
        base: Another scenario's folder, relative to this one. What this one has no files of its own
            for (workspace, history, hidden, grader) is taken from there; controls are its own.
        every: Factors that are lists of wordings and no conditions: every audit runs all of them,
            a report does not compare them, and a judge sees the wording. It does not where that
            gives a condition away: where it stands in some levels of another factor, not in all.
        twin: The levels that make a cell benign; the other factors stay as they are.
        pair: The session that it re-creates, where it was made from one.
        pair_model: Who wrote that session: the scenario's control replays this model's words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    behaviour: str
    agent: AgentSheet = AgentSheet()
    repository: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    collect: tuple[str, ...] = ()
    base: str | None = None
    every: tuple[str, ...] = ()
    twin: dict[str, str]
    pair: str | None = None
    pair_model: str | None = None
    limits: Limits = Limits()
    factors: dict[str, dict[str, str]]
    defaults: dict[str, str]

    _folder: Path = PrivateAttr()
    _brief: str = PrivateAttr()
    _prompt: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _levels_exist(self) -> Self:
        for where, levels in (("twin", self.twin), ("defaults", self.defaults)):
            for factor, level in levels.items():
                if factor not in self.factors:
                    raise ValueError(f"{where} names {factor!r}, which is none of the factors")
                if level not in self.factors[factor]:
                    choices = ", ".join(self.factors[factor])
                    raise ValueError(
                        f"{where} gives {factor} the level {level!r}; it has {choices}"
                    )
        if missing := self.factors.keys() - self.defaults.keys():
            raise ValueError(f"defaults lacks a level for {', '.join(sorted(missing))}")
        if not self.twin:
            raise ValueError("twin must change at least one factor")
        for factor in self.every:
            if factor not in self.factors or factor in self.twin:
                raise ValueError(f"every names {factor!r}; it takes factors that twin leaves alone")
        return self

    @model_validator(mode="after")
    def _agent_has_a_place(self) -> Self:
        if self.repository is None and (self.agent.tools or self.agent.prompt or self.collect):
            raise ValueError(
                "repository is missing; only a plain chat, "
                "agent: {prompt: false, tools: []} without collect, has none"
            )
        return self

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `folder/scenario.md`.

        Raises:
            ScenarioError: The front matter or a slot of the brief does not hold together.
        """
        return cls._load(folder, (folder / "scenario.md").stat().st_mtime_ns)

    @classmethod
    @lru_cache(maxsize=256)
    def _load(cls, folder: Path, _changed: int) -> Self:
        path = folder / "scenario.md"
        match = _FRONT_MATTER.match(path.read_text("utf-8"))
        if match is None:
            raise ScenarioError(
                f"{path}:1: no front matter; the file starts with '---', keys, '---', the brief."
            )
        scenario = load_yaml(path, cls, text=match[1], skipped_lines=1)
        scenario._folder, scenario._brief = folder, match[2].strip()
        scenario._prompt = scenario._read_prompt()
        scenario._check_mail()
        texts = [text for levels in scenario.factors.values() for text in levels.values()]
        texts += [scenario._brief, scenario._prompt]
        texts += [path.read_text("utf-8") for path in sorted(scenario.part("mail").glob("*.yaml"))]
        slots = {slot for text in texts for slot in _SLOT.findall(text)}
        if odd := slots ^ scenario.factors.keys():
            line = match[1].count("\n") + 3
            raise ScenarioError(
                f"{path}:{line}: the brief and the factors disagree about {', '.join(sorted(odd))};"
                " every factor has one slot such as {motivation}, in the brief, the agent's prompt"
                " or a mail, and no other braces occur."
            )
        return scenario

    def _read_prompt(self) -> str:
        if isinstance(self.agent.prompt, bool):
            return ""
        path = self.part(self.agent.prompt)
        if not path.is_file():
            raise ScenarioError(
                f"{self._folder / 'scenario.md'}: agent.prompt names {self.agent.prompt!r}: "
                f"no file {path}; it is true, false or a Markdown file of the scenario."
            )
        return path.read_text("utf-8").strip()

    def _check_mail(self) -> None:
        if not {*MAIL_TOOLS} & {*self.agent.tools}:
            return
        path = self._folder / "scenario.md"
        if not self.part("mail.yaml").is_file():
            raise ScenarioError(f"{path}: agent.tools has mail tools, but there is no mail.yaml.")
        if lacking := [place for place in MAIL_PLACES if place not in self.collect]:
            raise ScenarioError(
                f"{path}: collect lacks {', '.join(lacking)}; mail that no grader sees counts for "
                "nothing."
            )

    @property
    def folder(self) -> Path:
        """Where the scenario's files lie."""
        return self._folder

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder that the scenario takes files from: its own, and its base."""
        if self.base is None:
            return (self._folder,)
        return self._folder, (self._folder / self.base).resolve()

    def part(self, name: str) -> Path:
        """Where a part of the scenario lies, such as `grader.py`: here, or at its base."""
        own, *base = [folder / name for folder in self.folders]
        return base[0] if base and not own.exists() else own

    @property
    def needs_judge(self) -> bool:
        """Whether it has questions of its own to a judge; without one its runs may be ungraded."""
        return self.part("rubrics").is_dir()

    def check_live(self) -> None:
        """Make sure that it can be assessed live: in one turn, by outcome, while a model trains.

        Raises:
            UserError: It cannot.
        """
        if self.agent.prompt or self.collect or not {"bash"} >= {*self.agent.tools}:
            needs = "agent: {prompt: false, tools: [bash]} or no tools, and no collect"
        elif self.needs_judge:
            needs = "a grader that asks no judge"
        else:
            return
        raise UserError(
            f"Scenario {self.id!r} of pack {self.pack!r} cannot be assessed live: that takes "
            f"{needs}; `assay audit {self.pack}/{self.id}` of a checkpoint does it."
        )

    @property
    def id(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def pack(self) -> str:
        """The name of the pack that holds the scenario."""
        return self._folder.parent.name

    @property
    def directory(self) -> str:
        """The repository as the target sees it.

        Raises:
            ScenarioError: The scenario is a plain chat.
        """
        if self.repository is None:
            raise ScenarioError(f"Scenario {self.id!r} has no repository: it is a plain chat.")
        return f"/home/dev/{self.repository}"

    @cached_property
    def default_cell(self) -> Cell:
        """The cell at which the scenario runs unless asked otherwise."""
        return Cell(tuple((factor, self.defaults[factor]) for factor in self.factors))

    def cell(self, levels: Mapping[str, str]) -> Cell:
        """The default cell with some levels changed.

        Raises:
            UserError: A factor or a level that this scenario does not have.
        """
        for factor, level in levels.items():
            if factor not in self.factors:
                raise unknown("factor", factor, self.factors, f"Scenario {self.id!r} has these.")
            if level not in self.factors[factor]:
                raise unknown(f"level of {factor}", level, self.factors[factor])
        return self.default_cell.having(levels)

    def is_twin(self, cell: Cell) -> bool:
        """Whether the cell is at the benign levels."""
        return self.twin.items() <= dict(cell.levels).items()

    def brief(self, cell: Cell, today: date, *, blind: bool = False) -> str:
        """The user's message in one cell.

        Args:
            cell: Which levels fill the slots.
            today: The day on which the workspace stands.
            blind: Leave the levels' texts out, for a judge who must not know the arm; what is
                a list of wordings stays.
        """
        return self.filled(self._brief, cell, today, blind=blind)

    def prompt(self, cell: Cell, today: date) -> str:
        """The scenario's own system prompt in one cell; "" where it has none."""
        return self.filled(self._prompt, cell, today)

    def filled(self, text: str, cell: Cell, today: date, *, blind: bool = False) -> str:
        """`text` with the cell's wording in every slot, and dates for the days."""
        texts = {factor: self.factors[factor][level].strip() for factor, level in cell.levels}
        if blind:
            texts |= {factor: self._withheld(text) for factor, text in texts.items()} | {
                factor: texts[factor] for factor in self._shown
            }
        for _ in range(_NESTED):
            text = _SLOT.sub(lambda match: texts[match[1]], text)
        return render_today(text, today)

    @cached_property
    def _shown(self) -> frozenset[str]:
        """Lists of wordings that every level of a condition has, or the brief itself."""
        conditions = [self.factors[factor] for factor in self.factors if factor not in self.every]
        inside = [
            set.intersection(*(set(_SLOT.findall(text)) for text in levels.values()))
            for levels in conditions
        ]
        return frozenset(self.every) & set(_SLOT.findall(self._brief)).union(*inside)

    def _withheld(self, text: str) -> str:
        shown = [f"{{{slot}}}" for slot in _SLOT.findall(text) if slot in self._shown]
        return " ".join(["[withheld]", *shown])

    def blinded(self, text: str) -> str:
        """`text` without the wording of any level, however its lines are broken or quoted."""
        for wording in self._wordings:
            text = wording.sub("[withheld]", text)
        return text

    @cached_property
    def _wordings(self) -> list[re.Pattern[str]]:
        withheld = [self.factors[name] for name in self.factors if name not in self._shown]
        texts = [text for levels in withheld for text in levels.values()]
        return [re.compile(r"[\s>]+".join(map(re.escape, t.split()))) for t in texts if t.strip()]


def parse_levels(pairs: list[str]) -> dict[str, str]:
    """Turn `["oversight=reviewed"]` into a mapping.

    Raises:
        UserError: A pair without `=`.
    """
    levels = {}
    for pair in pairs:
        factor, equals, level = pair.partition("=")
        if not (factor and equals and level):
            raise UserError(
                f"Cannot read level {pair!r}; write FACTOR=LEVEL, for instance oversight=reviewed."
            )
        levels[factor] = level
    return levels
