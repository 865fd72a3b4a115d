"""A corpus: a directory with Scout's transcript database and a `corpus.json`.

`import_sessions` fills it through Scout's sources; `sessions` reads it, a folder of Inspect logs or
a run of `assay audit`, one session at a time, so that memory does not grow with the corpus.
`corpus.json` says what was imported from where, what was left out and why, and whether the corpus
is redacted: `require_redacted` stands before everything that sends sessions to a model.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError
from upath import UPath

from assay.errors import UserError, unknown
from assay.manifest import write_atomically
from assay.realism.normal import lean, session
from assay.realism.session import Session

if TYPE_CHECKING:
    from inspect_scout import Transcript

FILE = "corpus.json"
REMOTE = ("langsmith", "logfire", "phoenix", "weave")  # Scout's sources that are services
LOCAL = ("atif", "claude_code", "database", "eval_log")
_AT_ONCE = 32  # transcripts in memory at a time
_EVENTS = ["model", "tool"]  # who said what when; the rest of the events is not read


class Import(BaseModel):
    """One import: from where, when, how many came in, and how many did not, by reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    kind: str
    at: str
    added: int
    left_out: dict[str, int]


class Redaction(BaseModel):
    """What a redaction replaced: occurrences by kind, and how many findings are left to a person."""

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
    from anyio.from_thread import start_blocking_portal
    from inspect_scout import TranscriptContent, transcripts_from

    where = transcripts_from(_readable(UPath(location)))
    content = TranscriptContent(messages="all", events=_EVENTS)

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


def import_sessions(source: str | UPath, out: str | UPath, kind: str | None = None) -> Import:
    """Bring sessions into a corpus; what is in it already is left out.

    Args:
        source: A folder of Claude Code projects, Inspect logs, ATIF trajectories, or another of
            Scout's databases.
        out: The corpus; made where it does not exist.
        kind: One of `LOCAL`; None finds it out.

    Raises:
        UserError: Nothing to import, an unknown kind, or a corpus that is redacted already.
    """
    import anyio

    place, target = UPath(source).expanduser(), UPath(out)
    kind = kind or _kind(place)
    if kind in REMOTE:
        raise UserError(
            f"{kind!r} is a service, not a folder; bring its sessions here with `scout import "
            f"{kind} --transcripts DIR`, then import DIR."
        )
    if kind not in LOCAL:
        raise unknown("source", kind, (*LOCAL, *REMOTE))
    before = _openable(target)
    left_out: Counter[str] = Counter()
    found = _stream(kind, place, left_out)
    added = anyio.run(_insert, target, found, left_out)
    if not before.sessions and not added:
        reasons = "; ".join(f"{count} {reason}" for reason, count in left_out.items())
        raise UserError(
            f"{str(source)!r} holds no session that could be imported as {kind}"
            f"{f' ({reasons})' if reasons else ''}; choices: {', '.join(LOCAL)}."
        )
    done = Import(
        source=str(place),
        kind=kind,
        at=now(),
        added=added,
        left_out=dict(sorted(left_out.items())),
    )
    before.model_copy(
        update={"sessions": before.sessions + added, "imports": (*before.imports, done)}
    ).write(target)
    return done


async def store(target: UPath, found: "Iterable[Transcript] | AsyncIterator[Transcript]") -> None:
    """Write transcripts into the database of a corpus."""
    from inspect_scout import transcripts_db

    target.mkdir(parents=True, exist_ok=True)
    async with transcripts_db(str(target)) as database:
        await database.insert(found)


def now() -> str:
    """This moment, as `corpus.json` writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


async def _insert(
    target: UPath, found: "AsyncIterator[Transcript]", left_out: Counter[str]
) -> int:
    from inspect_scout import transcripts_from

    known: set[str] = set()
    if any(target.glob("*.parquet")):
        async with transcripts_from(str(target)).reader() as reader:
            known = {info.transcript_id async for info in reader.index()}
    before = len(known)

    async def new() -> "AsyncIterator[Transcript]":
        async for transcript in found:
            if transcript.transcript_id in known:
                left_out["in the corpus already"] += 1
            elif not any(message.role == "assistant" for message in transcript.messages):
                left_out["no answer of a model in it"] += 1
            else:
                known.add(transcript.transcript_id)
                yield lean(transcript)

    await store(target, new())
    return len(known) - before


async def _stream(
    kind: str, place: UPath, left_out: Counter[str]
) -> "AsyncIterator[Transcript]":
    if kind in ("eval_log", "database"):
        from inspect_scout import TranscriptContent, transcripts_from

        content = TranscriptContent(messages="all", events=_EVENTS)
        async with transcripts_from(str(place)).reader() as reader:
            async for info in reader.index():
                if info.error and kind == "eval_log":
                    left_out["ended with an error"] += 1
                    continue
                yield await reader.read(info, content)
        return
    read = _source(kind)
    folders = [place] if place.is_file() else _folders(place, _SUFFIX[kind])
    for folder in folders:
        seen: set[str] = set()
        try:
            async for transcript in read(folder):
                seen.add(transcript.transcript_id)
                yield transcript
        except (ValueError, KeyError, TypeError, OSError) as error:
            if folder.is_file():
                left_out[f"not readable ({type(error).__name__})"] += 1
                continue
            # One file is broken; what the others hold is still wanted.
            for file in sorted(folder.glob(f"*{_SUFFIX[kind]}")):
                try:
                    async for transcript in read(file):
                        if transcript.transcript_id not in seen:
                            seen.add(transcript.transcript_id)
                            yield transcript
                except (ValueError, KeyError, TypeError, OSError) as cause:
                    left_out[f"not readable ({type(cause).__name__})"] += 1


_SUFFIX = {"claude_code": ".jsonl", "atif": ".json"}


def _source(kind: str) -> "Callable[[Path], AsyncIterator[Transcript]]":
    from inspect_scout.sources import atif, claude_code

    read: dict[str, Any] = {"atif": atif, "claude_code": claude_code}
    if kind == "atif":
        try:
            import harbor  # noqa: F401
        except ImportError:
            raise UserError(
                "Scout reads ATIF trajectories with the package `harbor`; install it with "
                "`pip install 'harbor>=0.6.0'`."
            ) from None
    return read[kind]  # type: ignore[no-any-return]


def _folders(place: UPath, suffix: str) -> list[Path]:
    """Every folder that holds files of a kind, those of subagents apart."""
    files = Path(str(place)).rglob(f"*{suffix}")
    return sorted({file.parent for file in files if file.parent.name != "subagents"})


def _kind(place: UPath) -> str:
    if not place.exists():
        raise UserError(
            f"{str(place)!r} does not exist; name a folder of sessions, such as "
            "~/.claude/projects, or of Inspect logs."
        )
    if place.suffix == ".eval" or next(place.rglob("*.eval"), None):
        return "eval_log"
    if place.suffix == ".jsonl" or next(place.rglob("*.jsonl"), None):
        return "claude_code"
    if next(place.glob("*.parquet"), None):
        return "database"
    if place.suffix == ".json" or next(place.rglob("*.json"), None):
        return "atif"
    raise UserError(
        f"{str(place)!r} holds neither Claude Code sessions (.jsonl), nor Inspect logs (.eval), "
        "nor trajectories (.json), nor a transcript database (.parquet)."
    )


def _openable(target: UPath) -> Corpus:
    """The corpus to add to.

    Raises:
        UserError: It belongs to something else, or is redacted.
    """
    if is_corpus(target):
        corpus = Corpus.read(target)
        if corpus.redaction or corpus.steps:
            raise UserError(
                f"{str(target)!r} is redacted already, and sessions that are not would be mixed "
                "into it; name another --out."
            )
        return corpus
    if target.exists() and any(target.iterdir()):
        raise UserError(f"{str(target)!r} is not empty and no corpus; name a new one with --out.")
    return Corpus()


def _readable(place: UPath) -> str:
    if not place.exists():
        raise UserError(f"{str(place)!r} does not exist; name a corpus, a run, or logs.")
    if is_corpus(place) or place.suffix == ".eval":
        return str(place)
    logs = place / "logs" if (place / "logs").is_dir() else place
    if next(logs.rglob("*.eval"), None):
        return str(logs)
    raise UserError(
        f"{str(place)!r} holds neither a corpus ({FILE}) nor Inspect logs (.eval); "
        "`assay realism import` makes a corpus."
    )
