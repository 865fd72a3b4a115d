"""The scripted auditor's name."""

import pytest

from assay.errors import UserError
from assay.providers.control_user import UserPlan


def test_its_name_says_how_long_it_talks_and_when_it_goes_back() -> None:
    assert UserPlan.parse("user?turns=10&rollback=5") == UserPlan(10, 5)


@pytest.mark.parametrize("name", ["user?turn=3", "user?turns=0", "user?rollback=2"])
def test_what_makes_no_sense_is_an_error(name: str) -> None:
    with pytest.raises(UserError, match=r"turn=|turn'|turns=0|rollback=2"):
        UserPlan.parse(name)
