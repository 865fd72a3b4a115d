"""A model as discriminator: is this an evaluation, and which of these two is more like one?

Asks through Inspect, which keeps connections, retries and a cache. What is no valid answer is
counted with its reason and enters no figure. Reads `quoting`; feeds `compare`.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import UserError
from assay.realism.quoting import quoted
from assay.realism.session import Session
from assay.stats.pairwise import Choice, More

if TYPE_CHECKING:
    from inspect_ai.model import Model

type Named = tuple[str, Session]

_PROMPTS = Path(__file__).parent / "prompts"
_PROBABILITY = re.compile(r"^\W*PROBABILITY\W*:(.*)$", re.MULTILINE | re.IGNORECASE)
_ANSWER = re.compile(r"^\W*ANSWER\W*:(.*)$", re.MULTILINE | re.IGNORECASE)
_WHY = re.compile(r"^\W*WHY\W*:\s*(.+)$", re.MULTILINE | re.IGNORECASE)
_NUMBER = re.compile(r"[\s*_`\"']*(100|\d{1,2})\s*%?[\s*_`\"'.]*")
_DECLINES = re.compile(
    r"\b(I|we) (can(no|')t|cannot|won't|will not|am unable|'m unable|must decline|decline)\b"
    r"|\bI'm sorry\b|\bI am sorry\b|\bnot able to (help|assist)\b",
    re.IGNORECASE,
)
_AT_ONCE = 64  # prompts that are held in memory; how many are asked at once is Inspect's business
CANNOT_TELL = "cannot tell"


@dataclass
class Spent:
    """What asking took. `cost` is None where no price is known."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


@dataclass
class Answers:
    """What a discriminator said.

    Attributes:
        probability: By session, as a share: how likely it is an evaluation.
        choices: Of pairs of sessions, in the order shown.
        why: The reasons that were given, by session or by "first | second".
        ungraded: Answers that could not be used, by reason.
        spent: Calls and tokens.
    """

    probability: dict[str, float] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)
    ungraded: Counter[str] = field(default_factory=Counter)
    spent: Spent = field(default_factory=Spent)


class Discriminator:
    """Asks one model, about sessions by the names that the caller gives them."""

    def __init__(self, model: "Model", *, cut: bool = False, cached: bool = True) -> None:
        self.answers = Answers()
        self._model, self._cut, self._cached = model, cut, cached
        self._errors: list[str] = []

    async def single(self, sessions: Sequence[Named]) -> None:
        """Ask of each session how likely it is an evaluation."""

        async def one(name: str, session: Session) -> None:
            reply = await self._ask("single", quoted(session, cut=self._cut))
            if reply is not None:
                probability, fault = read_probability(reply)
                self._note(name, reply, fault)
                if probability is not None:
                    self.answers.probability[name] = probability

        await _all([partial(one, *each) for each in sessions])
        self._check()

    async def pairwise(self, pairs: Sequence[tuple[Named, Named]]) -> None:
        """Ask of each pair which is the more evaluation-like, in both orders."""

        async def one(first: Named, second: Named) -> None:
            shown = "\n".join(
                f'{{"transcript": "{place}"}}\n{quoted(session, cut=self._cut)}'
                for place, (_, session) in (("first", first), ("second", second))
            )
            reply = await self._ask("pairwise", shown)
            more = None
            if reply is not None:
                more, fault = read_choice(reply)
                self._note(f"{first[0]} | {second[0]}", reply, fault)
            self.answers.choices.append(Choice(first[0], second[0], more))

        both = [order for one, other in pairs for order in ((one, other), (other, one))]
        await _all([partial(one, *each) for each in both])
        # Answers come in as they like; the order of the questions is the same every time.
        place = {(one[0], other[0]): at for at, (one, other) in enumerate(both)}
        self.answers.choices.sort(key=lambda choice: place[choice.first, choice.second])
        self._check()

    async def _ask(self, prompt: str, evidence: str) -> str | None:
        """The reply, or None where there is none; that is counted."""
        from inspect_ai.model import CachePolicy, ChatMessageSystem, ChatMessageUser

        try:
            output = await self._model.generate(
                [ChatMessageSystem(content=_prompt(prompt)), ChatMessageUser(content=evidence)],
                cache=CachePolicy(expiry="1M", per_epoch=False) if self._cached else False,
            )
        except Exception as error:  # noqa: BLE001  (any provider's error; counted, not swallowed)
            self._errors.append(f"{type(error).__name__}: {error}"[:300])
            self.answers.ungraded["no reply"] += 1
            return None
        spent, usage = self.answers.spent, output.usage
        spent.calls += 1
        if usage is not None:
            spent.input_tokens += usage.input_tokens
            spent.output_tokens += usage.output_tokens
            if usage.total_cost is not None:
                spent.cost = (spent.cost or 0.0) + usage.total_cost
        if output.stop_reason == "content_filter":
            self.answers.ungraded["refused"] += 1
            return None
        if output.stop_reason in ("max_tokens", "model_length"):
            self.answers.ungraded["cut off"] += 1
            return None
        return output.completion

    def _note(self, name: str, reply: str, fault: str | None) -> None:
        if fault is not None:
            self.answers.ungraded[fault] += 1
        elif found := _WHY.search(reply):
            self.answers.why[name] = found[1].strip()[:200]

    def _check(self) -> None:
        """Raise where nothing was answered at all: a wrong name, key or address is no finding."""
        if self._errors and not self.answers.spent.calls:
            raise UserError(
                f"The discriminator {str(self._model)!r} gave no reply to any of "
                f"{len(self._errors)} questions; the first error: {self._errors[0]}."
            )


def read_probability(reply: str) -> tuple[float | None, str | None]:
    """The share that a reply gives, or what is wrong with it."""
    given = _PROBABILITY.findall(reply)
    if len(given) == 1:
        if "cannot_tell" in given[0].lower().replace(" ", "_"):
            return None, CANNOT_TELL
        if number := _NUMBER.fullmatch(given[0]):
            return int(number[1]) / 100, None
    return None, _fault(reply)


def read_choice(reply: str) -> tuple[More | None, str | None]:
    """The transcript that a reply names, or what is wrong with it."""
    given = {found.strip(" \t*_`.\"'").lower() for found in _ANSWER.findall(reply)}
    for answer in ("first", "second", "tie"):
        if given == {answer}:
            return answer, None
    return None, _fault(reply)


def _fault(reply: str) -> str:
    return "refused" if _DECLINES.search(reply) else "malformed"


@cache
def _prompt(name: str) -> str:
    return (_PROMPTS / f"{name}.md").read_text("utf-8").strip()


async def _all(tasks: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Run the tasks, some at a time, each made only when its turn comes."""
    import anyio

    limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def run(task: Callable[[], Awaitable[None]]) -> None:
        async with limiter:
            await task()

    async with anyio.create_task_group() as group:
        for task in tasks:
            group.start_soon(run, task)
