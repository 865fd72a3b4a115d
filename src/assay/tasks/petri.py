"""The task of `assay petri`: Petri's seeds, with tool calls that really run.

`inspect eval assay/petri -T seeds=tags:deception --model-role auditor=... target=... judge=...`
"""

from collections.abc import Iterable
from pathlib import Path

from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import Dataset
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import sandbox as current_sandbox

from assay.errors import UserError, unknown
from assay.tasks.audit import sandbox_spec
from assay.tasks.audited import DESK, audited_seed

SEED_TURNS = 30
_HOW = "Write id:NAME, tags:NAME, text:..., or a file or directory; `assay petri --list-seeds`."


@task
def petri(
    seeds: str,
    dimensions: str = "",
    turns: int = SEED_TURNS,
    realism: float | None = None,
    epochs: int = 1,
    sandbox: str = "bwrap",
) -> Task:
    """Audit with Petri's seeds; needs the model roles auditor, target and judge.

    Args:
        seeds: `tags:A,B`, `id:A,B`, `text:...`, a file or a directory of seeds.
        dimensions: `NAME,NAME` or `tags:A,B` of the judge's dimensions; all where empty.
        turns: The most that the auditor has.
        realism: The lowest realism score, 0 to 1, with which a message of the auditor's is sent;
            what cannot be scored is not sent. None for no filter.
        epochs: Audits of each seed.
        sandbox: `bwrap` or `docker`.

    Raises:
        UserError: Unknown seeds, tags, dimensions or sandbox.
    """
    from inspect_petri import audit_viewer

    from assay.grading.dimensions import one_by_one

    chosen = checked_dimensions(dimensions)
    dataset = checked_seeds(seeds)
    for sample in dataset:
        sample.sandbox = sandbox_spec(sandbox, DESK)
    return Task(
        name="petri",
        dataset=dataset,
        setup=_lay_out_desk(),
        solver=audited_seed(turns, realism),
        scorer=one_by_one(chosen),
        viewer=audit_viewer(chosen),
        epochs=Epochs(epochs, "mean"),
        fail_on_error=False,
    )


def checked_seeds(given: str) -> Dataset:
    """The seeds that a name stands for. What is no name of any is an error, never a seed's text.

    Raises:
        UserError: An unknown seed, tag or file, or a seed that brings tools of its own.
    """
    from inspect_petri import seeds_dataset

    kind, colon, rest = given.partition(":")
    if colon and kind in ("id", "tags"):
        built_in = seed_list()
        known = (
            set(built_in) if kind == "id" else {tag for tags in built_in.values() for tag in tags}
        )
        names = _names(rest)
        for name in names:
            if name not in known:
                raise unknown("seed" if kind == "id" else "tag of seeds", name, known, _HOW)
        if not names:
            raise UserError(f"{given!r} names no seed. {_HOW}")
        dataset = seeds_dataset(f"{kind}:{','.join(dict.fromkeys(names))}")
    elif colon and kind == "text":
        dataset = seeds_dataset([rest.strip()])
    elif Path(given).exists():
        dataset = seeds_dataset(given)
    else:
        raise unknown("seed", given, seed_list(), _HOW)
    if not len(dataset):
        raise UserError(f"{given!r} holds no seed. {_HOW}")
    for place, sample in enumerate(dataset, 1):
        if (sample.metadata or {}).get("tools"):
            raise UserError(
                f"Seed {sample.id or place!r} brings tools of its own, whose results an auditor "
                "would have to invent; here tools really run. Audit it with inspect_petri's task."
            )
    return dataset


def seed_list() -> dict[str, tuple[str, ...]]:
    """Petri's own seeds by name, with their tags."""
    from inspect_petri import seeds_dataset

    return {str(s.id): tuple((s.metadata or {}).get("tags", ())) for s in seeds_dataset()}


def checked_dimensions(given: str) -> list:  # type: ignore[type-arg]  # of Petri's, imported late
    """The judge's dimensions by name or tag; all of Petri's where nothing is given.

    Raises:
        UserError: An unknown dimension or tag.
    """
    from inspect_petri import judge_dimensions

    every = judge_dimensions()
    if not given:
        return every
    kind, colon, rest = given.partition(":")
    if colon and kind == "tags":
        tags = _known(
            _names(rest), {tag for each in every for tag in each.tags}, "tag of dimensions"
        )
        return [each for each in every if set(tags) & set(each.tags)]
    names = _known(_names(given), {each.name for each in every}, "dimension")
    return [each for each in every if each.name in names]


def _known(names: list[str], known: Iterable[str], kind: str) -> list[str]:
    known = set(known)
    for name in names:
        if name not in known:
            raise unknown(kind, name, known, "docs/petri.md says where they come from.")
    return names


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@solver
def _lay_out_desk() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await current_sandbox().exec(["/bin/mkdir", "-p", DESK], cwd="/")
        return state

    return solve
