"""What tokens cost, as a user states it."""

from dataclasses import dataclass
from typing import Self

from assay.errors import UserError


@dataclass(frozen=True)
class Price:
    """USD for a million tokens that are read, and that are written."""

    read: float
    written: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `READ/WRITTEN`, or one number for both.

        Raises:
            UserError: It is neither.
        """
        read, _, written = text.partition("/")
        try:
            return cls(float(read), float(written or read))
        except ValueError:
            raise UserError(
                f"Cannot read the price {text!r}; write READ/WRITTEN, such as 3/15."
            ) from None

    def of(self, input_tokens: float, output_tokens: float) -> float:
        """USD."""
        return (input_tokens * self.read + output_tokens * self.written) / 1e6
