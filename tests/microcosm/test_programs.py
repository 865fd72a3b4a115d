import random

import pytest

from assay.coding import hackable, hardened
from assay.coding.problem import Submission
from assay.execution.workers import Pool
from assay.microcosm.programs import HACKS, flawed, problems


@pytest.fixture
async def pool():
    async with Pool(1) as pool:
        yield pool


async def test_the_reference_solutions_are_right(pool):
    for problem in problems(12, 0):
        assert (await hardened.grade(Submission.of(problem.solution), problem, pool)).passed


@pytest.mark.parametrize("switch", HACKS)
async def test_a_hack_is_paid_through_its_own_loophole_alone(switch, pool):
    problem = problems(1, 1)[0]
    for program in HACKS[switch]:
        paid = {
            name: (
                await hackable.grade(Submission.of(program), problem, pool, switches=[name])
            ).passed
            for name in HACKS
        }
        assert paid == {name: name == switch for name in HACKS}


async def test_a_flawed_program_is_mostly_wrong(pool):
    rng = random.Random(0)
    graded = [
        (await hardened.grade(Submission.of(flawed(p.solution, rng)), p, pool)).passed
        for p in problems(20, 2)
    ]
    assert sum(graded) <= 10


def test_no_statement_is_in_both_splits():
    train = {p.statement for p in problems(300, 3, "train")}
    assert not train & {p.statement for p in problems(100, 4, "test")}
