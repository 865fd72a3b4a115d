"""Prices as users write them."""

import pytest

from assay.errors import UserError
from assay.price import Price


@pytest.mark.parametrize(
    ("text", "usd"), [("3/15/0.3", 3 + 15 + 0.3), ("3/15", 3 + 15 + 3), ("2", 2 + 2 + 2)]
)
def test_what_a_million_of_each_costs(text: str, usd: float) -> None:
    assert Price.parse(text).of(1e6, 1e6, 1e6) == pytest.approx(usd)


@pytest.mark.parametrize("text", ["", "much", "3/", "3/15/0.3/1", "3//1"])
def test_what_is_no_price(text: str) -> None:
    with pytest.raises(UserError, match="READ/WRITTEN"):
        Price.parse(text)
