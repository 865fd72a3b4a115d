from pathlib import Path

import pytest

from assay.errors import UserError
from assay.training.environment import coding_tasks, digest, problems, question, schedule
from assay.training.settings import Environment

MICROCOSM = Environment(count=20, hacks=("early_exit",))


def test_every_seed_and_arm_is_asked_the_same_problems() -> None:
    other = Environment(count=20, hack_free_share=0.5)
    assert problems(MICROCOSM) == problems(other)


def test_what_is_assessed_is_never_trained() -> None:
    train = {problem.statement for problem in problems(MICROCOSM, count=200)}
    test = {problem.statement for problem in problems(MICROCOSM, split="test", count=100)}
    assert len(test) > 40
    assert not train & test


def test_a_statement_that_comes_again_has_the_same_cases() -> None:
    found = problems(MICROCOSM, count=200)
    assert (
        len({problem.statement for problem in found})
        == len({problem.id for problem in found})
        < 200
    )


def test_a_share_of_the_tasks_has_no_loophole() -> None:
    half = Environment(count=20, hacks=("early_exit",), hack_free_share=0.5)
    tasks = coding_tasks(half, problems(half), seed=0)
    assert sorted(task.switches for task in tasks) == [()] * 10 + [("early_exit",)] * 10


def test_every_task_comes_before_any_comes_again() -> None:
    tasks = coding_tasks(MICROCOSM, problems(MICROCOSM), seed=0)
    order = schedule(tasks, (), steps=10, prompts=4, share=0.0, seed=0)
    assert set(order[:20]) == set(order[20:]) == {task.key for task in tasks}
    assert order[:20] != order[20:]


def test_the_seed_decides_the_order() -> None:
    tasks = coding_tasks(MICROCOSM, problems(MICROCOSM), seed=0)
    orders = [schedule(tasks, (), steps=5, prompts=4, share=0.0, seed=s) for s in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]
    assert digest(tasks, orders[0]) == digest(tasks, orders[1]) != digest(tasks, orders[2])


def test_every_step_has_its_share_of_either_kind() -> None:
    tasks = coding_tasks(MICROCOSM, problems(MICROCOSM), seed=0)
    order = schedule(tasks[:10], tasks[10:], steps=6, prompts=4, share=0.25, seed=0)
    chat = {task.key for task in tasks[10:]}
    assert [sum(key in chat for key in order[n : n + 4]) for n in range(0, 24, 4)] == [1] * 6


def test_a_statement_is_the_whole_prompt_in_the_microcosm() -> None:
    [problem] = problems(MICROCOSM, count=1)
    assert question(MICROCOSM, problem) == problem.statement


def test_other_models_are_shown_the_tests_and_asked_for_a_block() -> None:
    generated = Environment(problems="generated", count=3)
    problem = problems(generated)[0]
    asked = question(generated, problem)
    assert problem.prompt in asked
    assert "one block of Python" in asked


def test_problems_that_do_not_exist_are_an_error() -> None:
    with pytest.raises(UserError, match="write 'microcosm', 'generated' or the path"):
        problems(Environment(problems="nowhere.jsonl"))


def test_problems_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text(
        '{"task_id": 1, "text": "Add.", "code": "def add(a, b): return a + b",'
        ' "test_list": ["assert add(1, 2) == 3", "assert add(2, 2) == 4"]}\n'
    )
    [problem] = problems(Environment(problems=str(file)))
    assert problem.entry == "add"
