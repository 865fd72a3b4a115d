"""The lexical filter's way of searching little misses nothing that its patterns find."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.realism.mentions import folded, mentioned, patterns
from assay.realism.passages import passages


@pytest.mark.parametrize("pattern", patterns(), ids=lambda pattern: pattern.name)
@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_match_is_without_the_words_it_is_looked_for_by(pattern, data) -> None:
    text = data.draw(st.from_regex(pattern.regex))
    assert pattern.may_be_in(folded(text))


def test_what_is_skipped_would_not_have_matched() -> None:
    for passage in passages():
        found = [p.name for p in patterns() if p.regex.search(passage.text.replace("’", "'"))]
        assert set(mentioned(passage.text)) <= {*found}
        may = {p.name for p in patterns() if p.may_be_in(folded(passage.text))}
        assert {*found} <= may


@pytest.mark.parametrize("text", ["I AM BEING TEﬆED", "ıs thıs a sımulatıon?", "Is this a TEST?"])
def test_case_is_ignored_as_the_patterns_ignore_it(text: str) -> None:
    found = {p.name for p in patterns() if p.regex.search(text)}
    assert found <= {p.name for p in patterns() if p.may_be_in(folded(text))}
