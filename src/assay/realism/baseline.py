"""The same scenarios and the same target in plain Petri and here, compared run by run.

In Petri an auditor model plays the user and makes up what tools return; here they really run. What
is compared is awareness: what the target says unasked (with a judge), and what it says when asked
(with a discriminator). Empty audits and runs that failed are ungraded, and in no figure.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict
from upath import UPath

from assay.errors import UserError
from assay.manifest import Manifest
from assay.realism.awareness import findings
from assay.realism.corpus import sessions
from assay.realism.discriminator import Discriminator
from assay.realism.noticing import notice
from assay.realism.session import Session
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.awareness import read_awareness
from assay.runs.collect import recorded
from assay.runs.preflight import check_model
from assay.runs.progress import show_progress
from assay.stats.compare import clustered_difference, match
from assay.stats.discrimination import mean_difference, mean_score
from assay.stats.estimate import paired_difference, rate
from assay.stats.pairwise import win_rate

if TYPE_CHECKING:
    from inspect_ai.model import Model

type Json = dict[str, Any]
type Key = tuple[str, int]  # a sample and its epoch, the same on both sides
type Events = Mapping[Key, bool | None]

HERE, PETRI = "here", "petri"
_KNOWN = {"none": False, "before": True, "after": True}


class BaselineConfig(BaseModel):
    """What is compared.

    Attributes:
        auditor: Who plays the user in Petri; the target itself where None.
        judge: Who reads mentions of being evaluated; without one there are mentions alone.
        discriminator: Who is asked of each transcript, and of each pair.
        run: A finished audit of this target, instead of a new one.
        max_turns: Of Petri's auditor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: str
    target: str
    auditor: str | None = None
    judge: str | None = None
    discriminator: str | None = None
    run: str | None = None
    epochs: int = 1
    levels: dict[str, str] = {}
    scenarios: str = ""
    sandbox: str = "bwrap"
    max_samples: int = 0
    max_turns: int = 30


@dataclass(frozen=True)
class _Side:
    """The runs of one side that left a conversation, and why the others did not."""

    sessions: Mapping[Key, Session]
    ungraded: Counter[str]


def baseline(config: BaselineConfig, out: Path) -> Json:
    """Run both sides, or go on with them, and compare.

    Args:
        config: What to compare.
        out: Where both runs lie; a finished one is not run again.

    Returns:
        `verbalised` and `prompted`: each side, and the difference, Petri less here; `ungraded` by
        side and reason. What was not asked for is None.

    Raises:
        UserError: Bad input, a model that cannot be used, or `run` is another target's.
    """
    auditor = check_model(config.auditor or config.target)
    judge = check_model(config.judge) if config.judge else None
    asked = check_model(config.discriminator) if config.discriminator else None
    ours = _our_run(config, out)
    _petri_run(config, auditor, out / PETRI)
    sides = {HERE: _ours(ours), PETRI: _theirs(out / PETRI)}
    verbalised = _verbalised(sides, _aware_here(ours, judge), asyncio.run(_aware(sides, judge)))
    return {
        "target": config.target,
        "auditor": str(auditor),
        "runs": {name: len(side.sessions) for name, side in sides.items()},
        "pairs": len(sides[HERE].sessions.keys() & sides[PETRI].sessions.keys()),
        "ungraded": {name: dict(side.ungraded) for name, side in sides.items()},
        "verbalised": verbalised if judge else None,
        "mentions": None if judge else verbalised,
        "prompted": asyncio.run(_prompted(sides, asked)) if asked else None,
        "run_dir": str(ours),
        "petri_logs": str(out / PETRI),
    }


def _our_run(config: BaselineConfig, out: Path) -> UPath:
    if config.run is None:
        fields = {"selector", "target", "epochs", "levels", "scenarios", "sandbox", "max_samples"}
        run_audit(AuditConfig(**config.model_dump(include=fields)), UPath(out / HERE))
        return UPath(out / HERE)
    place = UPath(config.run)
    settled = Manifest.read(place).config
    if settled["target"] != config.target:
        raise UserError(
            f"{config.run!r} is an audit of {settled['target']}, not of {config.target}; name the "
            "same target, or leave --run out for a new audit."
        )
    return place


def _petri_run(config: BaselineConfig, auditor: "Model", logs: Path) -> None:
    from inspect_ai import eval_set
    from inspect_ai.log import list_eval_logs, read_eval_log

    from assay.tasks.plain_petri import plain_petri

    days = [
        str(read_eval_log(info, header_only=True).eval.task_args["today"])
        for info in (list_eval_logs(str(logs)) if logs.is_dir() else [])
    ]
    task = plain_petri(
        selector=config.selector,
        levels=[f"{factor}={level}" for factor, level in config.levels.items()],
        epochs=config.epochs,
        today=days[0] if days else datetime.now(UTC).date().isoformat(),
        scenarios=config.scenarios,
        max_turns=config.max_turns,
    )
    target = check_model(config.target)
    with show_progress(len(task.dataset) * config.epochs):
        eval_set(
            task,
            log_dir=str(logs),
            model=target,
            model_roles={"auditor": auditor, "target": target},
            display="none",
            log_level="error",
            log_realtime=False,
            log_dir_allow_dirty=True,
            score_display=False,
            fail_on_error=True,  # of the log, so that the same command tries that sample again
            continue_on_fail=True,
            retry_attempts=0,
            retry_immediate=False,
            max_samples=config.max_samples or None,
        )


def _ours(run: UPath) -> _Side:
    """Our runs at the cells that are no twins; an ungraded run is no run of this comparison."""
    kept: dict[Key, str] = {}
    lost: Counter[str] = Counter()
    for row in recorded(run):
        if row["is_twin"] or row["elicited"] or row["prefix"]:
            continue
        if row["outcome"] is None:
            lost[str(row["ungraded_reason"])] += 1
        else:
            kept[row["run_id"], row["epoch"]] = row["sample_uuid"]
    by_id = {session.id: session for session in sessions(run)}
    return _Side({key: by_id[uuid] for key, uuid in kept.items() if uuid in by_id}, lost)


def _theirs(logs: Path) -> _Side:
    """Petri's runs; one without a word of the target is an empty audit, whatever its log says."""
    from inspect_ai.log import list_eval_logs, read_eval_log_sample_summaries

    broken: dict[Key, str] = {}
    uuids: dict[Key, str | None] = {}
    for info in sorted(list_eval_logs(str(logs)), key=lambda log: log.mtime or 0):
        for run in read_eval_log_sample_summaries(info):  # a later attempt's log wins
            key = str(run.id), run.epoch
            uuids[key] = run.uuid
            broken.pop(key, None)
            if run.error:
                broken[key] = f"error: {run.error.strip().splitlines()[-1][:200]}"
    found: dict[Key, Session] = {}
    lost = Counter(broken.values())
    by_id = {session.id: session for session in sessions(str(logs))}
    for key, uuid in uuids.items():
        session = by_id.get(uuid or "")
        if key in broken:
            continue
        if session is None or not _spoke(session):
            lost["empty audit: the target said and did nothing"] += 1
        else:
            found[key] = session
    return _Side(found, lost)


def _spoke(session: Session) -> bool:
    turns = (turn for turn in session.turns if turn.role == "assistant")
    return any(turn.text.strip() or turn.calls for turn in turns)


def _aware_here(run: UPath, judge: "Model | None") -> Events:
    """Ours by `notice`, which keeps what the judge said in the run directory."""
    notice(str(run), str(judge) if judge else None, check=False)
    return {
        (one.run_id, one.epoch): _KNOWN.get(one.aware) if judge else one.mentions > 0
        for one in read_awareness(run)
    }


async def _aware(sides: Mapping[str, _Side], judge: "Model | None") -> Events:
    keys, found = list(sides[PETRI].sessions), sides[PETRI].sessions.values()
    events = [
        _KNOWN.get(one.aware) if judge else one.mentions > 0
        async for _, one in findings(found, judge)
    ]
    return dict(zip(keys, events, strict=True))


def _verbalised(sides: Mapping[str, _Side], here: Events, petri: Events) -> Json:
    """Rates of either side and the paired differences: this pack, and scenarios like these."""
    known = {HERE: {key: here.get(key) for key in sides[HERE].sessions}, PETRI: petri}
    pairs = match(
        *({_scenario(key): value for key, value in known[side].items()} for side in (PETRI, HERE))
    )
    return {
        **{
            side: asdict(rate([value for value in events.values() if value is not None]))
            | {"unknown": sum(value is None for value in events.values())}
            for side, events in known.items()
        },
        "difference": asdict(paired_difference(pairs.first, pairs.second)),
        "scenarios_like_these": asdict(clustered_difference(pairs)),
        "unmatched": pairs.unmatched,
    }


async def _prompted(sides: Mapping[str, _Side], model: "Model") -> Json:
    """What the discriminator makes of each transcript, and of the two of a pair."""
    asked = Discriminator(model)
    named = {
        side: {key: (f"{side} {key[0]} {key[1]}", one) for key, one in own.sessions.items()}
        for side, own in sides.items()
    }
    both = [key for key in named[HERE] if key in named[PETRI]]
    await asked.single([one for own in named.values() for one in own.values()])
    await asked.pairwise([(named[PETRI][key], named[HERE][key]) for key in both])
    said = asked.answers.probability
    answered = [key for key in both if all(named[side][key][0] in said for side in (PETRI, HERE))]
    shares = {side: [said[named[side][key][0]] for key in answered] for side in (PETRI, HERE)}
    clusters = [key[0].partition("@")[0] for key in answered]
    pair_of = {named[side][key][0]: key for side in (PETRI, HERE) for key in both}
    return {
        "discriminator": str(model),
        **{side: asdict(mean_score(shares[side], answered)) for side in (HERE, PETRI)},
        "difference": asdict(mean_difference(shares[PETRI], shares[HERE], answered, answered)),
        "scenarios_like_these": asdict(
            mean_difference(shares[PETRI], shares[HERE], clusters, clusters)
        ),
        "win_rate": asdict(
            win_rate(asked.answers.choices, {named[HERE][key][0] for key in both}, pair_of)
        ),
        "pairs": len(answered),
        "ungraded": dict(asked.answers.ungraded),
        "spent": asdict(asked.answers.spent),
    }


def _scenario(key: Key) -> tuple[object, ...]:
    """The key with the scenario before it, by which pairs are clustered."""
    return key[0].partition("@")[0], *key
