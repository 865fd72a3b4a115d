"""Re-creation: real sessions become tasks, and the tasks run in our environment. Matched pairs.

Each session is summarised by an author model as the task that its user set; its workspace is put
back together without a model (`reconstruction`); both become a scenario folder (`folder`), which
runs through the audit chain. The scenario keeps the session's id as its `pair`, so that a
comparison with the corpus is paired.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import batched, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from upath import UPath

from assay.errors import RunError, UserError
from assay.providers.control import is_control
from assay.realism.corpus import is_corpus, require_redacted, sessions
from assay.realism.folder import (
    FIRST,
    PACK,
    REQUEST,
    repository_name,
    scenario_id,
    write_pack,
    write_task,
)
from assay.realism.quoting import quoted
from assay.realism.reconstruction import directory_of, reconstruct
from assay.realism.rehearsed import place_of, rehearsed
from assay.realism.session import Session
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.preflight import check_model

if TYPE_CHECKING:
    from inspect_ai.model import Model

type Json = dict[str, Any]
type State = Literal["written", "refused", "malformed", "no_request"]

RECORD = "record.jsonl"
RUN = "run"
FIRST_MESSAGE = "control/first_message"  # the author that needs no model
_PROMPT = Path(__file__).with_name("prompts") / "recreate.md"
_TASK = re.compile(r"<task>\s*(.*?)\s*</task>", re.DOTALL)
_NONE = re.compile(r"<none>\s*(.*?)\s*</none>", re.DOTALL)
_AT_ONCE = 16


class Recreated(BaseModel):
    """A line of `record.jsonl`: what became of one session.

    Attributes:
        session: Its id in the corpus, and `pair` what both sides share.
        state: `refused`: the author would not, or found no task. `malformed`: its answer was none.
            `no_request`: the session begins without a user's words, or nobody answered.
        files: Files put back; `partly` those of which parts were seen, and which.
        created: How many files the session made itself.
        named: How many files were listed and never shown.
        untranslated: Calls of the session to tools that our agent lacks.
        later_requests: Messages of the user after the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    session: str
    pair: str
    author: str
    state: State
    reason: str = ""
    scenario: str = ""
    files: int = 0
    partly: dict[str, str] = {}
    created: int = 0
    named: int = 0
    untranslated: int = 0
    later_requests: int = 0
    notes: tuple[str, ...] = ()


def recreate(
    corpus: str,
    author: str,
    target: str,
    out: Path,
    *,
    unredacted: bool = False,
    limit: int | None = None,
    max_samples: int = 0,
) -> Json:
    """Re-create the sessions of a corpus and run them; what is done is not done again.

    Args:
        corpus: A corpus.
        author: The model that writes tasks; `control/first_message` takes the user's first words.
        target: The model that works on them; `control/honest` replays the session itself.
        out: Where pack, record and run lie.
        unredacted: Send sessions to models although nobody redacted them.
        limit: At most so many sessions.
        max_samples: Runs at the same time; Inspect's choice where 0.

    Raises:
        UserError: No corpus, one that is not redacted, a model that cannot be used, or no task.
    """
    if not is_corpus(corpus):
        raise UserError(f"{corpus!r} is no corpus; `assay realism import` makes one.")
    if author != FIRST_MESSAGE or not is_control(target):
        require_redacted(corpus, unredacted=unredacted)
    if is_control(author) and author != FIRST_MESSAGE:
        raise UserError(
            f"{author!r} writes no tasks; the author without a model is {FIRST_MESSAGE}."
        )
    model = None if author == FIRST_MESSAGE else check_model(author)
    write_pack(out / "packs" / PACK, corpus)
    records = asyncio.run(_written(sessions(corpus), author, model, out, limit))
    states = Counter(record.state for record in records)
    if not states["written"]:
        told = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.items())
        raise UserError(f"No session of {corpus!r} could be made a task ({told or 'it is empty'}).")
    config = AuditConfig(
        selector=PACK,
        target=target,
        levels={REQUEST: FIRST},
        grid=True,  # with its only factor held fixed: every task once, and no twin
        scenarios=str((out / "packs").resolve()),
        max_samples=max_samples,
    )
    seconds = run_audit(config, UPath(out / RUN))
    return {
        "sessions": len(records),
        **{state: states[state] for state in ("written", "refused", "malformed", "no_request")},
        "files": sum(record.files for record in records),
        "partly": sum(len(record.partly) for record in records),
        "named": sum(record.named for record in records),
        "untranslated": sum(record.untranslated for record in records),
        "later_requests": sum(record.later_requests for record in records),
        "run_dir": str(out / RUN),
        "record": str(out / RECORD),
        "wall": seconds,
    }


def read_record(out: Path) -> list[Recreated]:
    """What became of the sessions so far.

    Raises:
        RunError: A line that is no record.
    """
    path = out / RECORD
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else [], 1):
        try:
            found.append(Recreated.model_validate_json(line))
        except ValidationError as error:
            raise RunError(f"{path}:{number}: {error.errors()[0]['msg'].lower()}.") from error
    return found


async def _written(
    found: Iterable[Session], author: str, model: "Model | None", out: Path, limit: int | None
) -> list[Recreated]:
    """The record of every session, those of earlier calls among them."""
    records = read_record(out)
    other = next((one.author for one in records if one.author != author), None)
    if other is not None:
        raise RunError(f"{str(out)!r} holds tasks written by {other!r}; name another --out.")
    known = {one.session for one in records}
    new = (session for session in islice(found, limit) if session.id not in known)
    for some in batched(new, _AT_ONCE):
        tasks = await asyncio.gather(*(_task(session, model) for session in some))
        with (out / RECORD).open("a", encoding="utf-8") as file:
            for session, (state, said) in zip(some, tasks, strict=True):
                record = _record(session, author, state, said, out)
                file.write(record.model_dump_json() + "\n")
                records.append(record)
    return records


async def _task(session: Session, model: "Model | None") -> tuple[State, str]:
    """The session's task, or why there is none.

    An author that cannot be reached is an error of the whole: the same command goes on.
    """
    asked = next((turn.text for turn in session.turns if turn.role == "user"), "").strip()
    if not asked or not any(turn.role == "assistant" for turn in session.turns):
        return "no_request", "nothing was asked in words, or nobody answered"
    if model is None:
        return "written", asked
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser

    told = _prompt().replace("{directory}", directory_of(session))
    output = await model.generate(
        [ChatMessageSystem(content=told), ChatMessageUser(content=quoted(session))]
    )
    if output.stop_reason == "content_filter":
        return "refused", "the provider withheld the answer"
    if none := _NONE.search(output.completion):
        return "refused", none[1][:300]
    tasks = _TASK.findall(output.completion)
    if len(tasks) != 1 or not tasks[0]:
        return "malformed", f"no task; the author said: {output.completion.strip()[:200]}"
    return "written", tasks[0]


@cache
def _prompt() -> str:
    return _PROMPT.read_text("utf-8")


def _record(session: Session, author: str, state: State, said: str, out: Path) -> Recreated:
    """Write the scenario of a session that has a task, and say what went into it."""
    about = {"session": session.id, "pair": session.pair, "author": author, "state": state}
    if state != "written":
        return Recreated.model_validate({**about, "reason": said})
    found = reconstruct(session)
    repository = repository_name(found.directory)
    here = place_of(session, repository)
    files = {here(name): here(text) for name, text in found.files.items()}
    turns, dropped = rehearsed(session, here)
    name = scenario_id(session.id)
    write_task(
        out / "packs" / PACK / name,
        task=here(said),
        pair=session.pair,
        model=session.model,
        workspace=replace(found, files=files),
        repository=repository,
        turns=len(session.turns),
        control=turns,
    )
    asked = sum(turn.role == "user" for turn in session.turns)
    return Recreated.model_validate(
        about
        | {
            "scenario": name,
            "files": len(files),
            "partly": dict(found.partly),
            "created": len(found.created),
            "named": found.named,
            "untranslated": dropped,
            "later_requests": asked - 1,
            "notes": found.notes,
        }
    )
