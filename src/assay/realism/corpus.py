"""A corpus: a directory with Scout's transcript database and a `corpus.json`.

`importing` fills it; `sessions` reads it, a folder of Inspect logs or a run of `assay audit`, a few
at a time, so that memory does not grow with the corpus. `corpus.json` says what was imported from
where, what was left out and why, and whether the corpus is redacted: `require_redacted` stands
before everything that sends sessions to a model.
"""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError
from upath import UPath

from assay.errors import UserError
from assay.manifest import write_atomically
from assay.realism.normal import session
from assay.realism.session import Session

if TYPE_CHECKING:
    from inspect_scout import Transcript

FILE = "corpus.json"
_AT_ONCE = 32  # transcripts in memory at a time
EVENTS = ["model", "tool"]  # who said what when; the rest of the events is not read


class Import(BaseModel):
    """One import: from where, when, how many came in, and how many did not, by reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    kind: str
    at: str
    added: int
    left_out: dict[str, int]


class Redaction(BaseModel):
    """What a redaction replaced, by kind, and how many findings it left to a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: str
    replaced: dict[str, int]
    distinct: dict[str, int]
    unsure: int
    versions: dict[str, str]


class Corpus(BaseModel):
    """`corpus.json`.

    Attributes:
        sessions: How many the corpus holds.
        imports: In order.
        steps: What was done to the sessions since, in order.
        redaction: The last one; None where there was none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sessions: int = 0
    imports: tuple[Import, ...] = ()
    steps: tuple[str, ...] = ()
    redaction: Redaction | None = None

    @classmethod
    def read(cls, location: str | UPath) -> "Corpus":
        """The `corpus.json` of a corpus.

        Raises:
            UserError: The directory is no corpus.
        """
        path = UPath(location) / FILE
        if not path.exists():
            raise UserError(
                f"{str(location)!r} is no corpus: it holds no {FILE}; `assay realism import` "
                "makes one."
            )
        try:
            return cls.model_validate_json(path.read_text("utf-8"))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise UserError(f"{path}: {key or 'content'}: {first['msg'].lower()}.") from error

    def write(self, location: str | UPath) -> None:
        """Write it, all or nothing."""
        write_atomically(UPath(location) / FILE, self.model_dump_json(indent=2) + "\n")


def is_corpus(location: str | UPath) -> bool:
    """Whether a directory is a corpus."""
    return (UPath(location) / FILE).exists()


def require_redacted(location: str | UPath, *, unredacted: bool = False) -> None:
    """Refuse to go on with sessions that would leave the machine as they were written.

    Inspect logs and runs of `assay audit` pass: nobody's own work is in them. A corpus of such logs
    that is not redacted does not: it no longer shows where each session came from.

    Args:
        location: A corpus, or logs.
        unredacted: The user says that it may.

    Raises:
        UserError: It is a corpus, and not redacted.
    """
    if unredacted or not is_corpus(location):
        return
    if Corpus.read(location).redaction is None:
        raise UserError(
            f"{str(location)!r} is not redacted, and its sessions would be sent to a model; run "
            f"`assay realism redact {location}` first, or say --unredacted."
        )


def sessions(location: str | UPath) -> Iterator[Session]:
    """The sessions of a corpus, of a folder of `.eval` logs, or of a run of `assay audit`.

    One at a time: memory stays flat whatever their number.

    Raises:
        UserError: There is nothing of that kind.
    """
    return map(session, transcripts(location))


def read_sessions(location: str | UPath) -> list[Session]:
    """As `sessions`, all of them at once."""
    return list(sessions(location))


def transcripts(location: str | UPath) -> "Iterator[Transcript]":
    """Scout's transcripts of a location, with what `normal.session` reads of them.

    Raises:
        UserError: There is nothing of that kind.
    """
    place = UPath(location)
    return _stored(place) if is_corpus(place) else _logged(_logs(place))


def _stored(place: UPath) -> "Iterator[Transcript]":
    """The rows of the database's files, in order.

    Scout itself looks each transcript up in the whole file, which takes minutes for thousands.
    """
    from inspect_scout import Transcript
    from pyarrow.parquet import ParquetFile

    content = {"messages", "events", "timelines", "metadata", "events_data"}
    fields = Transcript.model_fields.keys() - content
    for path in sorted(place.glob("*.parquet")):
        with path.open("rb") as file:
            for batch in ParquetFile(file).iter_batches(batch_size=_AT_ONCE):
                for row in batch.to_pylist():
                    given = {key: value for key, value in row.items() if value is not None}
                    yield Transcript.model_validate(
                        {
                            **{key: given[key] for key in given.keys() & fields},
                            "messages": json.loads(row["messages"]),
                            "metadata": {k: given[k] for k in given.keys() - fields - content},
                        }
                    )


def _logged(place: UPath) -> "Iterator[Transcript]":
    """The samples of Inspect logs, through Scout."""
    from anyio.from_thread import start_blocking_portal
    from inspect_scout import TranscriptContent, transcripts_from

    where = transcripts_from(str(place))
    content = TranscriptContent(messages="all", events=EVENTS)

    async def index() -> list[Any]:
        async with where.reader() as reader:
            return [info async for info in reader.index()]

    async def read(some: list[Any]) -> "list[Transcript]":
        async with where.reader() as reader:
            return [await reader.read(info, content) for info in some]

    # A loop of its own, for callers that run in one; none is open while the caller has the turn,
    # so that an iterator which is given up half-way leaves no thread behind.
    with start_blocking_portal() as portal:
        infos = portal.call(index)
    for some in batched(infos, _AT_ONCE):
        with start_blocking_portal() as portal:
            ready = portal.call(read, list(some))
        yield from ready


async def store(target: UPath, found: "Iterable[Transcript] | AsyncIterator[Transcript]") -> None:
    """Write transcripts into the database of a corpus."""
    from inspect_scout import transcripts_db

    target.mkdir(parents=True, exist_ok=True)
    async with transcripts_db(str(target)) as database:
        await database.insert(found)


def now() -> str:
    """This moment, as `corpus.json` writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _logs(place: UPath) -> UPath:
    if not place.exists():
        raise UserError(f"{str(place)!r} does not exist; name a corpus, a run, or logs.")
    if place.suffix == ".eval":
        return place
    logs = place / "logs" if (place / "logs").is_dir() else place
    if next(logs.rglob("*.eval"), None):
        return logs
    raise UserError(
        f"{str(place)!r} holds neither a corpus ({FILE}) nor Inspect logs (.eval); "
        "`assay realism import` makes a corpus."
    )
