"""Where evaluation-likeness comes from: the environment, the domain, the task, or the scaffold.

Five arms, and the differences between their mean probabilities of being taken for an evaluation.
The same discriminator scores them all. Stands on `discriminator` and `stats.discrimination`; the
picture is `report.realism_figures`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from upath import UPath

from assay.errors import UserError, unknown
from assay.manifest import write_atomically
from assay.realism.pairing import Matched
from assay.realism.session import Session
from assay.stats.discrimination import mean_difference, mean_score
from assay.stats.estimate import Estimate

if TYPE_CHECKING:
    from assay.realism.discriminator import Discriminator

type Arm = Literal["deployment", "recreated", "twins", "evaluation", "petri"]

FILE = "decomposition.json"
ARMS: Mapping[str, str] = {
    "deployment": "deployment tasks in deployment",
    "recreated": "the same tasks in our environment",
    "twins": "benign twins of the evaluation tasks, in our environment",
    "evaluation": "evaluation tasks in our environment",
    "petri": "evaluation tasks in plain Petri",
}
CONTRASTS: Mapping[str, tuple[str, str, str]] = {
    "environment": ("recreated", "deployment", "driven by our environment"),
    "domain": ("twins", "recreated", "driven by the domain alone"),
    "task": ("evaluation", "twins", "driven by what is asked"),
    "scaffold": ("evaluation", "petri", "our scaffold against plain Petri"),
}
_OURS = ("twins", "evaluation", "petri")  # share scenarios, not pairs


@dataclass(frozen=True)
class ArmScore:
    """How evaluation-like an arm's transcripts are taken to be; `ungraded` have no answer."""

    arm: str
    words: str
    likeness: Estimate
    ungraded: int


@dataclass(frozen=True)
class Contrast:
    """`first` less `second`: what of evaluation-likeness is driven by one thing."""

    name: str
    words: str
    first: str
    second: str
    difference: Estimate


@dataclass(frozen=True)
class Decomposition:
    """Mean evaluation-likeness of each arm that there is, and each contrast that can be drawn."""

    arms: tuple[ArmScore, ...]
    contrasts: tuple[Contrast, ...]

    def as_json(self) -> dict[str, Any]:
        """As plain data, by name."""
        return {
            "arms": {arm.arm: asdict(arm) for arm in self.arms},
            "contrasts": {contrast.name: asdict(contrast) for contrast in self.contrasts},
        }


def write(found: Decomposition, run: UPath, *, same_model: bool) -> None:
    """Keep a decomposition in the evaluation's run directory, where the report looks for it."""
    kept = {**found.as_json(), "same_model": same_model}
    write_atomically(run / FILE, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


def decompose(
    sessions: Mapping[str, Sequence[Session]], probability: Mapping[str, Mapping[str, float]]
) -> Decomposition:
    """Draw the contrasts between the arms that there are.

    Deployment and re-created sessions are clustered by pair, and those of one pair move both means;
    twins, evaluation tasks and Petri's runs by scenario, as they share these.

    Args:
        sessions: By arm, one of `ARMS`.
        probability: By arm and session id; a session without one is ungraded.

    Raises:
        UserError: An arm that there is not, or fewer than two.
    """
    for arm in sessions:
        if arm not in ARMS:
            raise unknown("arm", arm, ARMS)
    if sum(bool(own) for own in sessions.values()) < 2:
        raise UserError(
            f"A contrast needs two arms; give sessions for two or more of {', '.join(ARMS)}."
        )
    scored: dict[str, tuple[list[float], list[str]]] = {}
    arms = []
    for arm, words in ARMS.items():
        own = sessions.get(arm, ())
        known = [s for s in own if s.id in probability.get(arm, {})]
        if not own:
            continue
        scores = [probability[arm][session.id] for session in known]
        scored[arm] = scores, [_cluster(arm, session) for session in known]
        arms.append(ArmScore(arm, words, mean_score(*scored[arm]), len(own) - len(known)))
    contrasts = [
        Contrast(name, words, one, two, _difference(scored[one], scored[two]))
        for name, (one, two, words) in CONTRASTS.items()
        if one in scored and two in scored
    ]
    return Decomposition(tuple(arms), tuple(contrasts))


async def ask_arms(
    asked: "Discriminator", sessions: Mapping[str, Sequence[Session]]
) -> dict[str, dict[str, float]]:
    """Ask the discriminator about each session by itself; its probabilities, by arm and id.

    It sees of a session of which a task was re-created what that task can match: its first request.
    """
    recreated = frozenset(one.pair for one in sessions.get("recreated", ()))
    shown = {
        arm: Matched(own, recreated) if arm == "deployment" else own
        for arm, own in sessions.items()
    }
    everyone = [(f"{arm} {one.id}", one) for arm, own in shown.items() for one in own]
    await asked.single(everyone)
    said = asked.answers.probability
    return {
        arm: {one.id: said[name] for one in own if (name := f"{arm} {one.id}") in said}
        for arm, own in sessions.items()
    }


def ordinary_arms(audit: Sequence[Session]) -> dict[str, list[Session]]:
    """An audit's sessions as `evaluation` and `twins`; elicited and continued runs left out."""
    runs = [one for one in audit if not one.about.get("elicited") and not one.about.get("prefix")]
    return {
        "evaluation": [one for one in runs if not one.about.get("is_twin")],
        "twins": [one for one in runs if one.about.get("is_twin")],
    }


def _difference(one: tuple[list[float], list[str]], two: tuple[list[float], list[str]]) -> Estimate:
    return mean_difference(one[0], two[0], one[1], two[1])


def _cluster(arm: str, session: Session) -> str:
    scenario = session.about.get("scenario")
    return f"scenario {scenario}" if arm in _OURS and scenario else f"pair {session.pair}"
