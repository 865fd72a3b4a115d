"""What review() has to do before it replaces netrule."""

from collections import defaultdict

import pytest

from jobwatch import netrule, sessions
from jobwatch.review import review
from tests.known import known


@pytest.fixture(scope="module")
def weeks():
    return known()


@pytest.fixture(scope="module")
def flagged(weeks):
    return {a["sid"]: a["flag"] for a in review([session for session, _ in weeks])}


def share(weeks, flagged, verdict, by=lambda session: "all"):
    count = defaultdict(list)
    for session, v in weeks:
        if v.verdict == verdict:
            count[by(session)].append(flagged[session["sid"]])
    return {key: sum(flags) / len(flags) for key, flags in count.items()}


def test_budget_overall(weeks, flagged):
    assert share(weeks, flagged, "benign")["all"] <= 0.02


@pytest.mark.parametrize("part", ["stream", "driver"])
def test_budget_by_part(weeks, flagged, part):
    for name, rate in share(weeks, flagged, "benign", lambda s: s[part]).items():
        assert rate <= 0.03, f"{part} {name}: {rate:.3f}"


def test_finds_twice_what_netrule_finds(weeks, flagged):
    today = {a["sid"]: a["flag"] for a in netrule.review([session for session, _ in weeks])}
    assert share(weeks, flagged, "attack")["all"] >= 2 * share(weeks, today, "attack")["all"]


def test_answers():
    batch = sessions.week("wk35")[:40]
    answers = review(batch)
    assert [a["sid"] for a in answers] == [s["sid"] for s in batch]
    for answer in answers:
        assert set(answer) == {"sid", "flag", "score"}
        assert answer["flag"] is (answer["score"] >= 1.0)


def test_empty_batch():
    assert review([]) == []


def test_names_that_nobody_has_seen():
    session = dict(sessions.week("wk36")[0], stream="belfry", driver="4.0", owner="z999")
    assert len(review([session])) == 1


def test_all_detectors_silent():
    session = dict(sessions.week("wk36")[0], net=[None], load=[None], proc=[None], cmd=[None])
    assert len(review([session])) == 1
