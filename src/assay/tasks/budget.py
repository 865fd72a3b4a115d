"""Begins no run once a budget is spent: in USD where a price is known, else in tokens of all roles.

Runs that were held back fail at once, so that the same command with a larger budget goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from inspect_ai.hooks import Hooks, ModelUsageData, hooks
from inspect_ai.model import ModelUsage

from assay.price import Price

_open: "Purse | None" = None


class BudgetSpent(Exception):
    """A run that was not begun."""


class Purse:
    """What a run of an audit may spend, and has spent.

    Attributes:
        most: USD with a price, tokens without.
        spent: So far, earlier attempts at the same audit included.
        held_back: Whether a run was not begun for it.
    """

    def __init__(self, most: float, price: Price | None = None) -> None:
        self.most, self._price = most, price
        self.spent = 0.0
        self.held_back = False

    def pay(self, read: int, written: int) -> None:
        """Count tokens."""
        self.spent += self._price.of(read, written) if self._price else read + written

    def __str__(self) -> str:
        return f"{self.most:,.0f} tokens" if self._price is None else f"${self.most:,.2f}"


@contextmanager
def purse_open(purse: Purse | None) -> Iterator[None]:
    """Count what the models of this process use, as long as the block lasts."""
    global _open
    if purse is not None:
        _follow_usage()
    _open = purse
    try:
        yield
    finally:
        _open = None


def begin() -> None:
    """Called by every run before it does anything.

    Raises:
        BudgetSpent: It is not to be begun.
    """
    if _open is not None and _open.spent >= _open.most:
        _open.held_back = True
        raise BudgetSpent("the budget is spent")


def is_held_back(error: str | None) -> bool:
    """Whether a run's error says that it was never begun."""
    return BudgetSpent.__name__ in (error or "")


@cache
def _follow_usage() -> None:
    """Register the hook; late: Inspect announces on stdout the hooks it starts with."""

    @hooks(name="assay_budget", description="Counts what Assay's budget allows.")
    class _UsageHook(Hooks):
        def enabled(self) -> bool:
            return _open is not None

        async def on_model_usage(self, data: ModelUsageData) -> None:
            if _open is not None:
                _open.pay(*tokens(data.usage))


def tokens(usage: ModelUsage) -> tuple[int, int]:
    """Read and written."""
    cached = (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
    return usage.input_tokens + cached, usage.output_tokens
