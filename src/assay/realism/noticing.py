"""Looks for verbalised awareness in all sessions of a place, and says what it amounts to.

`assay realism awareness`. In a run of `assay audit` the findings are kept beside the logs, where
`runs.collect` merges them into the rows; of other places they are told and not kept.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay import manifest
from assay.errors import UserError
from assay.providers.control import is_control
from assay.realism.awareness import AT_ONCE, Finding, findings
from assay.realism.corpus import require_redacted, sessions
from assay.realism.passages import as_json, check_filter, check_judge, fingerprint, passages
from assay.realism.session import Session
from assay.runs import awareness as kept
from assay.runs.awareness import Check, Noticed
from assay.runs.collect import collect
from assay.runs.preflight import check_model
from assay.stats.awareness import Measured, verbalised
from assay.stats.rows import ordinary

if TYPE_CHECKING:
    import pandas as pd
    from inspect_ai.model import Model

type Json = dict[str, Any]

_SHOWN = 10  # quotes
_KEPT_AFTER = 4 * AT_ONCE  # sessions


@dataclass(frozen=True)
class _Asked:
    """Who reads the mentions, and what is known of filter and judge."""

    judge: "Model | None"
    check: Check | None

    @property
    def measured(self) -> Measured | None:
        """The same for `stats.awareness`."""
        return self.check.measured if self.check else None


def notice(
    location: str, judge: str | None = None, *, check: bool = True, unredacted: bool = False
) -> Json:
    """Look into every session of a run, of a folder of logs, or of a corpus.

    What this judge has read of a run before is not read again, unless it gave no answer. A judge is
    asked about the labelled passages first, once for each run directory, so that its errors can be
    taken out.

    Args:
        location: A run directory, a folder of `.eval` logs, or a corpus.
        judge: A model as Inspect names it; without one there are mentions alone.
        check: Whether the judge is measured on the passages.
        unredacted: Send a corpus to the judge although nobody redacted it.

    Returns:
        `stats.awareness.verbalised`, with `quotes`, `errors` by reason, and how the decisive
        actions were found.

    Raises:
        UserError: Nothing to read, or a judge that cannot be used.
    """
    if judge:
        require_redacted(location, unredacted=unredacted)
    place = UPath(location)
    is_run = (place / manifest.FILE).exists()
    reader = _reader(judge)
    earlier = kept.read_awareness(place) if is_run else []
    asked = _Asked(reader, asyncio.run(_checked(reader, place, is_run)) if check else None)

    def keep(found: Iterable[Noticed]) -> None:
        if is_run:
            kept.write_awareness(place, found, asked.check)

    found = asyncio.run(_read(sessions(location), asked, _settled(earlier, reader), keep))
    keep(found)
    if is_run:
        rows = collect(place)
        rows = rows[ordinary(rows)]
    else:
        rows = _rows(found)
    figures = verbalised(rows, asked.measured) or {}
    return figures | {
        "quotes": _quotes(found),
        "errors": dict(Counter(one.error for one in found if one.error).most_common()),
        "decisive": dict(Counter(one.decisive for one in found).most_common()),
        "kept": str(place / kept.FILE) if is_run else None,
    }


def checked(judge: str | None = None) -> Json:
    """What the labelled passages show of the filter, part by part, and of a judge if one is named.

    Raises:
        UserError: A judge that cannot be used.
    """
    reader = _reader(judge)
    return {
        "passages": len(passages()),
        "filter": {part: as_json(check_filter(part)) for part in ("tune", "held_out")},
        "judge": as_json(asyncio.run(check_judge(reader))) if reader else None,
    }


def _reader(judge: str | None) -> "Model | None":
    if is_control(judge):
        raise UserError(
            f"{judge!r} answers from the truth of a replayed script and reads nothing; name a "
            "model as --judge, or none for mentions alone."
        )
    return check_model(judge) if judge else None


async def _checked(judge: "Model | None", place: UPath, is_run: bool) -> Check | None:
    """Counts on the labelled passages; those of an earlier call where nothing has changed."""
    if judge is None:
        return None
    earlier = kept.read_check(place, str(judge)) if is_run else None
    if earlier is not None and earlier.passages == fingerprint():
        return earlier
    recall = check_filter("held_out").recall
    found = await check_judge(judge)
    return Check(
        passages=fingerprint(),
        judge=str(judge),
        recall=(recall.hits, recall.n),
        sensitivity=(found.sensitivity.hits, found.sensitivity.n),
        specificity=(found.specificity.hits, found.specificity.n),
        unanswered=found.unanswered,
    )


def _settled(earlier: Iterable[Noticed], judge: "Model | None") -> Mapping[kept.Key, Noticed]:
    """What need not be looked at again: decided by this judge, or by one where none is named."""
    name = str(judge) if judge else None
    return {
        one.key: one
        for one in earlier
        if one.judge is not None and one.judge == (name or one.judge) and one.error is None
    }


async def _read(
    found: Iterable[Session],
    asked: _Asked,
    settled: Mapping[kept.Key, Noticed],
    keep: Callable[[Iterable[Noticed]], None],
) -> list[Noticed]:
    """What is known of every session; kept every now and then, for a judge's answers cost."""
    known = dict(settled)
    seen: list[kept.Key] = []

    def left() -> Iterable[Session]:
        for session in found:
            seen.append(_key(session))
            if seen[-1] not in settled:
                yield session

    read = 0
    async for session, one in findings(left(), asked.judge):
        known[_key(session)] = _noticed(session, one)
        read += 1
        if read % _KEPT_AFTER == 0 and asked.judge is not None:
            keep(known.values())
    return [known[key] for key in seen]


def _key(session: Session) -> kept.Key:
    """The run of an audit that a session is; elsewhere nothing but its id is known."""
    about = session.about
    return str(about.get("run_id", session.id)), int(about.get("epoch") or 1), session.id


def _noticed(session: Session, found: Finding) -> Noticed:
    run_id, epoch, uuid = _key(session)
    return Noticed(
        run_id=run_id,
        epoch=epoch,
        sample_uuid=uuid,
        aware=found.aware,
        mentions=found.mentions,
        judge=found.judge,
        quote=found.quote,
        where=found.where,
        turn=found.turn,
        decisive_turn=found.decisive.turn,
        decisive=found.decisive.source,
        error=found.error,
    )


def _rows(found: Iterable[Noticed]) -> "pd.DataFrame":
    import pandas as pd

    columns = {"is_twin": False, "outcome": None, "conduct": "ungraded"}
    return pd.DataFrame(
        [
            {"aware": one.aware, "aware_by": one.judge, "mentions": float(one.mentions), **columns}
            for one in found
        ]
    )


def _quotes(found: Iterable[Noticed]) -> list[Json]:
    """The first runs' words, each once."""
    fields = {"run_id", "epoch", "aware", "where", "turn", "quote"}
    by_words = {one.quote: one for one in reversed(list(found)) if one.quote}
    return [one.model_dump(include=fields) for one in reversed(by_words.values())][:_SHOWN]
