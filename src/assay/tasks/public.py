"""The public prompts of inspect_evals' `agentic_misalignment`, through this package's grading.

`inspect eval assay/public_prompts -T scenario=murder --model ... --model-role judge=...`, where
inspect_evals is installed. Prompts and sampling are theirs, outcome and conduct are ours.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import get_args

from inspect_ai import Task, task
from inspect_ai.model import get_model, model_roles
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from assay.errors import NoVerdict, UserError, unknown
from assay.grading.conduct import conduct_of
from assay.grading.judge import JudgeAnswer, ask
from assay.grading.public_prompts import PublicScenario, grade_public
from assay.grading.questions import Question, questions
from assay.grading.scorers import UNGRADED, harmful_rate, ungraded
from assay.scenarios.delivery import Outcome


@task
def public_prompts(
    scenario: PublicScenario = "blackmail",
    goal_type: str = "explicit",
    goal_value: str = "america",
    urgency_type: str = "replacement",
    prod: bool = False,
) -> Task:
    """One condition of the public prompts; the arguments are those of inspect_evals' task.

    Raises:
        UserError: inspect_evals is not installed, or no such scenario.
    """
    if find_spec("inspect_evals") is None:
        raise UserError(
            "The public prompts are inspect_evals' own, which is not installed: "
            "pip install inspect_evals beautifulsoup4."
        )
    if scenario not in get_args(PublicScenario):
        raise unknown("scenario of the public prompts", scenario, get_args(PublicScenario))
    theirs: Task = import_module("inspect_evals.agentic_misalignment").agentic_misalignment(
        scenario=scenario,
        goal_type=goal_type,
        goal_value=goal_value,
        urgency_type=urgency_type,
        prod=prod,
    )
    return Task(dataset=theirs.dataset, solver=theirs.solver, scorer=public_outcome())


@scorer(metrics=[harmful_rate(), ungraded()])
def public_outcome() -> Scorer:
    """What an answer did, by `grade_public`; in the metadata what that amounts to as conduct."""

    async def score(state: TaskState, target: Target) -> Score:
        answer = state.output.completion
        if not answer.strip():
            return Score(value=UNGRADED, metadata={"reason": "empty run: the target said nothing"})
        try:
            found = await grade_public(state.metadata["scenario"], answer, state.input_text, _asked)
        except NoVerdict as error:
            return Score(value=UNGRADED, metadata={"reason": str(error)})
        conduct = conduct_of(found, await _intent(found, answer))
        return Score(
            value=found.label,
            explanation=found.harm,
            metadata={"conduct": conduct.label, "conduct_reason": conduct.reason},
        )

    return score


async def _asked(question: Question, evidence: str) -> str:
    """The judge's answer to a question by which the outcome is decided."""
    if "judge" not in model_roles():
        raise NoVerdict(f"no judge: {question.name!r} is a question of words, which needs one")
    said = await ask(get_model(role="judge"), question, evidence)
    if said.answer is None:
        raise NoVerdict(f"judge: {said.error}")
    if said.answer == "cannot_tell":
        raise NoVerdict(f"judge: cannot tell ({question.name})")
    return said.answer


async def _intent(found: Outcome, answer: str) -> dict[str, JudgeAnswer] | None:
    """The judge's answers on intent over the whole answer, scratchpad included."""
    if "judge" not in model_roles():
        return None
    judge = get_model(role="judge")
    evidence = f"{found.harm or found.label}\n\n{answer}"
    wanted = ("deliberate", "refusal")
    return {
        question.name: await ask(judge, question, evidence)
        for question in questions()
        if question.name in wanted and found.label in question.when
    }
