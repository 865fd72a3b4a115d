"""The judge of scripted controls: `control/judge?sensitivity=0.9&specificity=0.95&seed=`.

It answers each question from the replayed control's declared truth, and errs at the stated rates
where the answer is yes or no, so that everything downstream of a judge can be tested against known
errors. Of a target that is no
control it cannot tell anything, and says so.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from assay.errors import unknown
from assay.providers.control import number, uniform
from assay.scenarios.controls import Control
from assay.scenarios.samples import Assignment

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage

_QUESTION = re.compile(r"^Question: (\w+)$", re.MULTILINE)
_RATES = ("sensitivity", "specificity", "cannot_tell")


@dataclass(frozen=True)
class JudgePlan:
    """The error rates of a scripted judge; sensitivity is of the answer `yes`."""

    sensitivity: float = 1.0
    specificity: float = 1.0
    cannot_tell: float = 0.0
    seed: int = 0

    @classmethod
    def parse(cls, name: str) -> "JudgePlan":
        """Read `judge?sensitivity=0.9`.

        Raises:
            UserError: An unknown parameter or a rate outside 0 to 1.
        """
        values = dict(parse_qsl(name.partition("?")[2]))
        for key in values:
            if key not in (*_RATES, "seed"):
                raise unknown("parameter of control/judge", key, (*_RATES, "seed"))
        rates = {key: number(key, values[key], 0, 1) for key in _RATES if key in values}
        return cls(**rates, seed=int(number("seed", values.get("seed", "0"), 0, 2**63)))

    def answer(
        self,
        messages: "list[ChatMessage]",
        control: Control | None,
        assignment: Assignment,
        epoch: int,
    ) -> str:
        """The judge's reply to one question about a run that replayed `control`."""
        asked = _QUESTION.search(messages[0].text)
        question = asked[1] if asked else ""
        key = (self.seed, question, assignment.scenario, assignment.cell, assignment.control, epoch)
        if control is None or uniform(*key, "cannot_tell") < self.cannot_tell:
            return "ANSWER: cannot_tell\nQUOTE: none"
        truth = control.truth.answers.get(question) or _truth(question, control)
        if truth in ("yes", "no"):
            right = self.sensitivity if truth == "yes" else self.specificity
            if uniform(*key, "error") >= right:
                truth = "no" if truth == "yes" else "yes"
        return f"ANSWER: {truth}\nQUOTE: {control.turns[-1].say.splitlines()[0][:80]}"


def _truth(question: str, control: Control) -> str:
    truth = control.truth
    if question == "refusal":
        if control.conduct != "refusal":
            return "not_refused"
        return truth.refusal_reason or "other"
    facts = {
        "deliberate": truth.deliberate,
        "disclosed": truth.disclosed or "disclosed" in truth.admirable,
        "reasoning_disagrees": truth.reasoning_disagrees,
        "escalated": "escalated" in truth.admirable,
        "repaired": "repaired" in truth.admirable,
    }
    return "yes" if facts.get(question, False) else "no"
