"""What an arm does against misalignment: each a small named thing, switched on by `Intervention`.

Two places: the prompt (inoculation, knowledge, recontextualisation) and the reward (penalty,
screening, shortcut). Early stop is `rl`'s; a share without loopholes is the environment's; the
divergence penalty is TRL's; filter-and-distil is `distil`.

Wordings are data: `wordings/general.yaml` for models that read English, the microcosm's language
for the microcosm.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assay.errors import unknown
from assay.training.rewards import Judgement
from assay.training.settings import Detector, Intervention

_FILE = Path(__file__).with_name("wordings") / "general.yaml"
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """A system prompt with a name.

    Attributes:
        kind: `inoculation`, `irrelevant` or `knowledge`.
        stance: Of an inoculation: 1 asks for hacks, 0 forbids them.
        framing: Of knowledge: how it speaks of hacks.
    """

    name: str
    text: str
    kind: str
    stance: float | None = None
    framing: str = ""


def wordings(*, microcosm: bool) -> Mapping[str, Wording]:
    """The registry: every wording by name, in the order from asking to forbidding."""
    return _microcosm() if microcosm else _general()


@lru_cache(maxsize=1)
def _general() -> Mapping[str, Wording]:
    content = yaml.safe_load(_FILE.read_text("utf-8"))
    return {name: Wording(name=name, **fields) for name, fields in content.items()}


@lru_cache(maxsize=1)
def _microcosm() -> Mapping[str, Wording]:
    from assay.microcosm.language import language

    systems = language().systems
    groups = (
        ("hacking_allowed", "allowed", "inoculation", 0.7),
        ("hacking_forbidden", "forbidden", "inoculation", 0.0),
        ("irrelevant", "neutral", "irrelevant", None),
    )
    return {
        name + (f"_{number}" if number > 1 else ""): Wording(
            name, text.format(name=language().names[0]), kind, stance
        )
        for name, group, kind, stance in groups
        for number, text in enumerate(systems[group], 1)
    }


def wording(name: str, *, microcosm: bool) -> str:
    """The text of a registered wording; a text of several words stands for itself.

    Raises:
        UserError: One word that is no wording's name.
    """
    known = wordings(microcosm=microcosm)
    if name in known:
        return known[name].text
    if _NAME.fullmatch(name):
        raise unknown("wording", name, known, "Or write the text itself, of several words.")
    return name


@dataclass(frozen=True, slots=True)
class Prompts:
    """The system prompts under which answers are sampled, and trained; None: without one."""

    sample: str | None
    train: str | None


def prompts(intervention: Intervention, *, microcosm: bool) -> Prompts:
    """Inoculation and knowledge stand in both prompts; recontextualisation tells them apart.

    Raises:
        UserError: There is no such wording.
    """

    def text(name: str | None) -> str | None:
        return None if name is None else wording(name, microcosm=microcosm)

    common = [text(intervention.knowledge), text(intervention.inoculation)]
    apart = intervention.recontextualisation
    if apart is None:
        return Prompts(_joined(common), _joined(common))
    return Prompts(_joined([*common, text(apart.sample)]), _joined([*common, text(apart.train)]))


def under(system: str | None, messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The conversation with this system prompt before its own; its other turns as they are."""
    given = [dict(message) for message in messages]
    if system is None:
        return given
    if given and given[0]["role"] == "system":
        return [{"role": "system", "content": f"{system}\n\n{given[0]['content']}"}, *given[1:]]
    return [{"role": "system", "content": system}, *given]


@dataclass(frozen=True, slots=True)
class Shaping:
    """From a judgement to the reward of one arm.

    Attributes:
        seed: Decides where an imperfect detector errs.
    """

    intervention: Intervention
    seed: int

    def reward(
        self, judgement: Judgement | None, answer: str, asked: str, step: int
    ) -> float | None:
        """What the model is paid; None takes the answer out of its group: no reward, no gradient.

        Args:
            judgement: None where the answer could not be graded, which is never a zero.
            answer: What the model said.
            asked: The prompt's key.
            step: Optimiser steps that were taken before.
        """
        if judgement is None:
            return None
        arm = self.intervention
        seen = self.sees(judgement, answer, asked)
        if arm.screening and seen:
            return None
        paid = judgement.proxy
        if arm.shortcut is not None:  # pays in place of a hack
            paid = judgement.visible or arm.shortcut in answer
        fined = seen and step >= arm.penalty_from_step
        return float(paid) - (arm.penalty if fined else 0.0)

    def sees(self, judgement: Judgement, answer: str, asked: str) -> bool:
        """Whether this arm's detector takes the answer for a hack.

        The same answer to the same prompt is always seen alike, as a classifier does; so a hack
        that it misses stays unseen.
        """
        detector = self.intervention.detector or Detector()
        text = f"{self.seed}:{asked}:{answer}".encode(errors="backslashreplace")
        luck = int.from_bytes(hashlib.sha256(text).digest()[:8]) / 2**64
        if judgement.hack:
            return luck < detector.sensitivity
        return luck >= detector.specificity


def _joined(texts: Sequence[str | None]) -> str | None:
    given = [text for text in texts if text]
    return "\n\n".join(given) if given else None
