"""Contrasts between arms whose evaluation-likeness is known."""

from dataclasses import replace

import anyio
import pytest

from assay.errors import UserError
from assay.realism.decomposition import ask_arms, decompose, ordinary_arms
from assay.realism.discriminator import Answers
from assay.realism.session import Session, Turn
from assay.report.realism_figures import decomposition
from tests.realism import made

LIKENESS = {"deployment": 0.1, "recreated": 0.3, "twins": 0.35, "evaluation": 0.75, "petri": 0.95}


def arm(name: str) -> list[Session]:
    sessions = [made.session(name, f"pair {place}", turns=2) for place in range(16)]
    if name in ("deployment", "recreated"):
        return sessions
    return [replace(s, about={"scenario": f"s{i % 8}"}) for i, s in enumerate(sessions)]


ARMS = {name: arm(name) for name in LIKENESS}
SAID = {
    name: {s.id: LIKENESS[name] + 0.02 * (-1) ** i for i, s in enumerate(own)}
    for name, own in ARMS.items()
}


def test_each_contrast_is_the_difference_that_it_is_named_for() -> None:
    found = decompose(ARMS, SAID)
    assert {c.name: round(c.difference.mean or 0, 2) for c in found.contrasts} == {
        "environment": 0.2,
        "domain": 0.05,
        "task": 0.4,
        "scaffold": -0.2,
    }


def test_an_arm_that_was_not_run_leaves_its_contrasts_out() -> None:
    found = decompose({name: ARMS[name] for name in ("twins", "evaluation")}, SAID)
    assert [contrast.name for contrast in found.contrasts] == ["task"]


def test_sessions_without_an_answer_are_counted_and_not_scored() -> None:
    said = SAID | {"twins": dict(list(SAID["twins"].items())[:10])}
    twins = next(one for one in decompose(ARMS, said).arms if one.arm == "twins")
    assert (twins.ungraded, twins.likeness.n) == (6, 10)


def test_scenarios_are_the_clusters_of_our_own_tasks() -> None:
    found = {c.name: c.difference.method for c in decompose(ARMS, SAID).contrasts}
    assert "over 8 clusters" in found["task"]
    assert "over 16 clusters" in found["environment"]


def test_one_arm_makes_no_contrast() -> None:
    with pytest.raises(UserError, match="needs two arms"):
        decompose({"twins": ARMS["twins"]}, SAID)


def test_steered_runs_are_no_arm() -> None:
    one, two, three = ARMS["evaluation"][:3]
    runs = [
        one,
        replace(two, about={"is_twin": True}),
        replace(three, about={"elicited": "sabotage"}),
    ]
    found = ordinary_arms(runs)
    assert (len(found["evaluation"]), len(found["twins"])) == (1, 1)


def test_the_picture_has_a_row_for_each_contrast() -> None:
    drawing = decomposition(decompose(ARMS, SAID).as_json())
    assert drawing is not None
    assert "driven by what is asked" in drawing


def test_of_a_recreated_session_its_first_request_is_shown() -> None:
    seen: list[Session] = []

    class Asked:
        answers = Answers()

        async def single(self, named: list[tuple[str, Session]]) -> None:
            seen.extend(session for name, session in named if name.startswith("deployment"))

    [one, *_] = ARMS["deployment"]
    later = replace(one, turns=(*one.turns, Turn("user", "And the docs?")))
    anyio.run(ask_arms, Asked(), {"deployment": [later], "recreated": [one]})
    assert seen == [one]
