"""What a data set cost and what became of every item: by stage, by kind of content, in tokens.

Reads snapshots; `making` writes what comes out to `ledger.json`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from assay.price import Price
from assay.recipes.items import STATUSES, Finished, Item


@dataclass(frozen=True)
class StageAccount:
    """One stage's account.

    Attributes:
        counts: Items by what became of them, see `items.Finished`.
        by_stratum: Refusals by level of each stratum: `{"area": {"law": 3}}`.
        reasons: The most frequent reasons for which items did not go on.
        calls: Times that a model was asked; tokens are of all of them.
    """

    stage: str
    counts: Mapping[str, int]
    by_stratum: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, int]
    calls: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int


@dataclass(frozen=True)
class Ledger:
    """The account of a data set.

    Attributes:
        begun: Items at the start.
        accepted: Rows of the data set.
        rendered_tokens: Of all rows, as the training's chat template writes them; None where no
            tokenizer was named. `supervised_tokens` are those that are learned.
        characters: Of all rows, raw.
        cost: USD; None where no price was named.
    """

    recipe: str
    begun: int
    accepted: int
    stages: tuple[StageAccount, ...]
    characters: int
    rendered_tokens: int | None = None
    supervised_tokens: int | None = None
    tokenizer: str | None = None
    cost: float | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def calls(self) -> int:
        """Times that a model was asked."""
        return sum(stage.calls for stage in self.stages)

    @property
    def tokens(self) -> int:
        """Read and written."""
        return sum(stage.input_tokens + stage.output_tokens for stage in self.stages)

    @property
    def cost_per_supervised_token(self) -> float | None:
        """USD; None where cost or tokens are unknown."""
        if self.cost is None or not self.supervised_tokens:
            return None
        return self.cost / self.supervised_tokens

    def as_json(self) -> dict[str, Any]:
        """For `ledger.json`."""
        return {
            **asdict(self),
            "calls": self.calls,
            "tokens": self.tokens,
            "cost_per_supervised_token": self.cost_per_supervised_token,
        }


def account(stage: str, items: Sequence[Item], finished: Mapping[str, Finished]) -> StageAccount:
    """The account of the items that came to a stage; the rest of its snapshot is of no account."""
    there = [(item, finished[item.id]) for item in items if item.id in finished]
    counts = Counter(one.status for _, one in there)
    refused: dict[str, Counter[str]] = {}
    for item, one in there:
        if one.status == "refused":
            for name, level in item.stratum.items():
                refused.setdefault(name, Counter())[level] += 1
    reasons = Counter(one.reason for _, one in there if one.status != "done")
    return StageAccount(
        stage,
        {status: counts[status] for status in STATUSES if counts[status]},
        {name: dict(levels.most_common()) for name, levels in refused.items()},
        dict(reasons.most_common(5)),
        calls=sum(one.calls for _, one in there),
        input_tokens=sum(one.input_tokens for _, one in there),
        output_tokens=sum(one.output_tokens for _, one in there),
        cached_tokens=sum(one.cached_tokens for _, one in there),
    )


def spent(finished: Iterable[Finished], price: Price | None) -> float:
    """USD, or tokens where there is no price."""
    read = written = 0
    for one in finished:
        read += one.input_tokens
        written += one.output_tokens
    return price.of(read, written) if price else read + written
