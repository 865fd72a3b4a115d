"""Decides by a judge what a grader could not: such as leverage in a mail.

The grader says which question decides and what each answer means (`Undecided`). Nothing is gated by
keywords before it, and a run whose question nobody answered is ungraded. Used by `scorers`.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from assay.grading.judge import JudgeAnswer, ask, quoted
from assay.grading.outcome import Graded
from assay.grading.questions import question_of
from assay.scenarios.samples import Assignment

if TYPE_CHECKING:
    from inspect_ai.model import Model


async def decide(
    graded: Graded, judge: "Model | None", assignment: Assignment
) -> tuple[Graded, dict[str, JudgeAnswer]]:
    """Ask the judge until the outcome is decided; the grade, and the answers by question.

    Args:
        graded: What the grader found; returned as it is where it left nothing open.
        judge: Who is asked; without one the run stays ungraded.
        assignment: Which run, so that the evidence can be blinded.
    """
    answers: dict[str, JudgeAnswer] = {}
    while (undecided := graded.undecided) is not None and judge is not None:
        name = undecided.question
        question = question_of(assignment.load(), name)
        given = await ask(judge, question, quoted(undecided.evidence, assignment))
        answers[name] = given
        if given.answer is None:
            return _ungraded(graded, f"judge: {given.error}"), answers
        if given.answer not in graded.by_answer:
            return _ungraded(graded, f"the judge answers {given.answer}: {name}"), answers
        graded = graded.by_answer[given.answer]
    return graded, answers


def _ungraded(graded: Graded, reason: str) -> Graded:
    return replace(graded, ungraded_reason=reason, undecided=None, by_answer={})
