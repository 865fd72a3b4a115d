"""Acceptance of batch 2: what lies in out/ is what the generator gives, and passes the check."""

from collections import Counter

import pytest

from pairs import check, records as rec


@pytest.fixture(scope="module")
def batch():
    assert rec.path_of("batch2").exists(), "python -m pairs build batch2"
    return rec.load(rec.path_of("batch2"))


def test_file_is_what_the_generator_gives(batch):
    from gen import batch2

    assert batch2.build(7) == batch
    assert batch2.build(8) != batch


def test_check_is_fine(batch):
    assert check.problems(batch, "b2") == []


def test_answers_differ(batch):
    assert all(r["chosen"] != r["rejected"] for r in batch)


def test_not_in_the_order_of_the_rules(batch):
    rules = [r["rule"] for r in batch]
    assert sum(a == b for a, b in zip(rules, rules[1:])) < len(rules) / 3


def test_surfaces_are_spread_over_situations(batch):
    cells = Counter((rec.situation(r), r["surface"]) for r in batch)
    assert all(cells[s, f] >= 3 for s in rec.SITUATIONS for f in rec.SURFACES)
