"""What tokens cost, as a user states it."""

from dataclasses import dataclass
from typing import Self

from assay.errors import UserError


@dataclass(frozen=True)
class Price:
    """USD for a million tokens that are read, that are written, and that come from a cache.

    Attributes:
        cached: As `read` where None.
    """

    read: float
    written: float
    cached: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `READ/WRITTEN` or `READ/WRITTEN/CACHED`, or one number for all.

        Raises:
            UserError: It is neither.
        """
        read, *others = text.split("/")
        try:
            written, *cached = map(float, others or [read])
            return cls(float(read), written, *cached)
        except (ValueError, TypeError):
            raise UserError(
                f"Cannot read the price {text!r}; write READ/WRITTEN or READ/WRITTEN/CACHED, such "
                "as 3/15/0.3."
            ) from None

    def of(self, read: float, written: float, cached: float = 0) -> float:
        """USD."""
        kept = self.read if self.cached is None else self.cached
        return (read * self.read + written * self.written + cached * kept) / 1e6
