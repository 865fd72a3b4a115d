"""What a recipe would take, before anything is paid for: calls and tokens by stage, and money."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assay.recipes.making import begin
from assay.recipes.recipe import SLOT, Stage

if TYPE_CHECKING:
    from assay.recipes.making import Order

_CHARACTERS = 4  # of a token, on average
_SAMPLE = 200  # items whose parts are measured
_EACH = 2  # items that come of one where a stage makes several


@dataclass(frozen=True)
class StageEstimate:
    """One stage: items that are expected, and tokens that are read and written."""

    stage: str
    role: str
    items: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Estimate:
    """All stages. An upper estimate: no item is refused or filtered out.

    Attributes:
        cost: USD; None where no price was named.
    """

    stages: tuple[StageEstimate, ...]
    cost: float | None

    @property
    def tokens(self) -> int:
        """Read and written."""
        return sum(one.input_tokens + one.output_tokens for one in self.stages)

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "tokens": self.tokens}


def estimated(order: "Order") -> Estimate:
    """From the prompts, the parts at the start, and the length that the recipe expects of replies.

    Raises:
        UserError: As in `making.begin`.
    """
    recipe = order.recipe
    items = begin(order)
    sizes = {name: len(text) / _CHARACTERS for name, text in recipe.document_texts.items()}
    some = items[:_SAMPLE]
    for name in some[0].parts:
        sizes[name] = sum(len(item.parts[name]) for item in some) / len(some) / _CHARACTERS
    count, found = len(items), []
    for stage in recipe.without(order.ablate):
        if stage.asks:
            read = _read(stage, recipe.prompts.get(stage.name, ""), sizes)
            found.append(
                StageEstimate(
                    stage.name,
                    order.model(stage.role),
                    count,
                    round(count * read),
                    count * stage.tokens,
                )
            )
        sizes |= dict.fromkeys(stage.gives, stage.tokens / max(len(stage.gives), 1))
        count *= _EACH if stage.each else 1
    cost = None
    if order.price:
        cost = sum(order.price.of(one.input_tokens, one.output_tokens) for one in found)
    return Estimate(tuple(found), cost)


def _read(stage: Stage, template: str, sizes: Mapping[str, float]) -> float:
    """Tokens of one prompt."""
    if stage.say:
        return sum(sizes[part] for part in stage.say)
    own = len(SLOT.sub("", template)) / _CHARACTERS
    return own + sum(sizes[part] for part in SLOT.findall(template))
