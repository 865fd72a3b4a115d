"""Begins no run once a budget is spent: in USD where a price is known, else in tokens of all roles.

Runs that were held back fail at once, so that the same command with a larger budget goes on.
Several processes that spend of one budget tell each other in files (`Shared`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

from inspect_ai.hooks import Hooks, ModelUsageData, hooks
from inspect_ai.model import ModelUsage
from upath import UPath

from assay.manifest import write_atomically
from assay.price import Price
from assay.store import listed, make

_SECOND = 1.0
_BEFORE = "before"  # what earlier commands have spent
_open: "Purse | None" = None


class BudgetSpent(Exception):
    """A run that was not begun."""


class Shared:
    """What several processes spend, a file for each: written and read once a second at most.

    So all of them together may begin runs for a second longer than one would.
    """

    def __init__(self, folder: UPath, own: str | None = None) -> None:
        """Read what has been spent.

        Args:
            folder: Where the files lie.
            own: The name of this process's; one that is there is gone on with. None: only look.
        """
        self._folder, self._own = folder, own
        make(folder)
        self._mine = _amount(folder / own) if own else 0.0
        self._others, self._read, self._wrote = 0.0, -_SECOND, -_SECOND

    def pay(self, amount: float) -> None:
        """This process has spent so much more."""
        self._mine += amount
        if time.monotonic() - self._wrote >= _SECOND:
            self.write()

    def write(self) -> None:
        """Tell the others."""
        if self._own:
            write_atomically(self._folder / self._own, repr(self._mine))
            self._wrote = time.monotonic()

    def spent(self) -> float:
        """By all of them."""
        if time.monotonic() - self._read >= _SECOND:
            files = [path for path in listed(self._folder) if not path.name.startswith(".")]
            self._others = sum(_amount(path) for path in files if path.name != self._own)
            self._read = time.monotonic()
        return self._mine + self._others

    def carry(self, at_least: float) -> None:
        """Make one file of what was spent before; that first, so that a kill loses nothing."""
        earlier = [path for path in listed(self._folder) if path.name != _BEFORE]
        write_atomically(self._folder / _BEFORE, repr(max(self.spent(), at_least)))
        for path in earlier:
            path.unlink()


class Purse:
    """What a run of an audit may spend, and has spent.

    Attributes:
        most: USD with a price, tokens without.
        held_back: Whether a run was not begun for it.
    """

    def __init__(
        self, most: float, price: Price | None = None, *, shared: Shared | None = None
    ) -> None:
        """Open it.

        Args:
            shared: With other processes, and with earlier commands.
        """
        self.most, self._price, self._shared = most, price, shared
        self._spent = 0.0
        self.held_back = False

    def pay(self, read: int, written: int, cached: int) -> None:
        """Count tokens."""
        told = read, written, cached
        amount = self._price.of(*told) if self._price else sum(told)
        if self._shared:
            self._shared.pay(amount)
        else:
            self._spent += amount

    @property
    def spent(self) -> float:
        """So far, by everybody."""
        return self._spent + (self._shared.spent() if self._shared else 0.0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.most

    def carry(self, at_least: float) -> None:
        """Take what earlier commands have spent as one sum."""
        if self._shared:
            self._shared.carry(at_least)

    def close(self) -> None:
        """Leave the last word of what this process has spent."""
        if self._shared:
            self._shared.write()

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
        if purse is not None:
            purse.close()


def begin() -> None:
    """Called by every run before it does anything.

    Raises:
        BudgetSpent: It is not to be begun.
    """
    if _open is not None and _open.is_empty:
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


def tokens(usage: ModelUsage) -> tuple[int, int, int]:
    """Read at the full price, written, and from a cache; writing to a cache is reading."""
    read = usage.input_tokens + (usage.input_tokens_cache_write or 0)
    return read, usage.output_tokens, usage.input_tokens_cache_read or 0


def _amount(path: UPath) -> float:
    with suppress(OSError, ValueError):
        return float(path.read_text())
    return 0.0
