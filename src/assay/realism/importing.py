"""Brings sessions into a corpus through Scout's sources: Claude Code, ATIF, logs, databases.

What is stored is `normal.lean`: messages with their times. Everything that could not be imported is
counted with its reason.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.errors import UserError, unknown
from assay.realism.corpus import EVENTS, Corpus, Import, is_corpus, now, store
from assay.realism.normal import lean

if TYPE_CHECKING:
    from inspect_scout import Transcript

REMOTE = ("langsmith", "logfire", "phoenix", "weave")  # Scout's sources that are services
LOCAL = ("atif", "claude_code", "database", "eval_log")
_SUFFIX = {"claude_code": ".jsonl", "atif": ".json"}


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


async def _insert(target: UPath, found: "AsyncIterator[Transcript]", left_out: Counter[str]) -> int:
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


async def _stream(kind: str, place: UPath, left_out: Counter[str]) -> "AsyncIterator[Transcript]":
    if kind in ("eval_log", "database"):
        from inspect_scout import TranscriptContent, transcripts_from

        content = TranscriptContent(messages="all", events=EVENTS)
        async with transcripts_from(str(place)).reader() as reader:
            async for info in reader.index():
                if info.error and kind == "eval_log":
                    left_out["ended with an error"] += 1
                    continue
                yield await reader.read(info, content)
        return
    read = _source(kind)
    here = Path(str(place))
    folders = [here] if here.is_file() else _folders(here, _SUFFIX[kind])
    for folder in folders:
        seen: set[str] = set()
        heard: set[str] = set()  # sessions with a conversation in them; several may make one
        try:
            async for transcript in read(folder):
                seen.add(transcript.transcript_id)
                heard |= {transcript.source_id or "", *transcript.metadata.get("session_ids", ())}
                yield transcript
            if kind == "claude_code" and (silent := _sessions_in(folder) - heard):
                left_out["no conversation in it"] += len(silent)
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


def _sessions_in(folder: Path) -> set[str]:
    """Ids of the main sessions of a project; a single file holds its own."""
    files = [folder] if folder.is_file() else folder.glob("*.jsonl")
    return {file.stem for file in files if not file.name.startswith("agent-")}


def _source(kind: str) -> "Callable[[Path], AsyncIterator[Transcript]]":
    from inspect_scout.sources import atif, claude_code

    read: dict[str, Any] = {"atif": atif, "claude_code": claude_code}
    if kind == "atif" and find_spec("harbor") is None:
        raise UserError(
            "Scout reads ATIF trajectories with the package `harbor`; install it with "
            "`pip install 'harbor>=0.6.0'`."
        )
    return read[kind]  # type: ignore[no-any-return]


def _folders(place: Path, suffix: str) -> list[Path]:
    """Every folder that holds files of a kind, those of subagents apart."""
    files = place.rglob(f"*{suffix}")
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
