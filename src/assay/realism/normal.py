"""Turns Scout's transcripts into sessions: the one form that everything here compares.

Reads what `inspect_scout` gives, whatever the source; `corpus` calls it for every transcript that
it reads or stores.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assay.providers.control import is_control
from assay.realism.session import Call, Session, Turn

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage
    from inspect_scout import Transcript

# In a stored message's metadata: seconds since the session began, and whether a tool reported an
# error, which some sources tell only in the words of the result.
AT, FAILED = "at", "failed"
_NOBODY = ("", "<synthetic>", "none/none")  # names that stand where no model wrote
# Claude Code's words, and our tools'. With 1 and nothing else ends a search that found nothing.
_SAID_TO_FAIL = re.compile(r"Exit code (?!1\s*\Z)[1-9]|<tool_use_error>")
# What providers add to a model's name: dates, revisions, context sizes.
_ADDED = re.compile(r"(-\d{8}|@\d{8}|-v\d+(:\d+)?|\[1m\]|:latest)$")
_REGION = re.compile(r"^((us|eu|apac|global)\.)?(anthropic|meta|amazon|mistral)\.")
_PASSED_ON = {  # of our own audits and of re-created sessions: what a comparison may want to know
    "scenario": "scenario",
    "pack": "pack",
    "behaviour": "behaviour",
    "levels": "levels",
    "cell": "cell",
    "is_twin": "is_twin",
    "elicited": "elicited",
    "control": "control",
    "pair_model": "pair_model",
    "directory": "directory",
    "cwd": "directory",
    "gitBranch": "branch",
    "version": "version",
}


def model_name(name: str | None) -> str:
    """A model's name without provider, region, date and revision: `claude-sonnet-4-5`."""
    last = (name or "").rpartition("/")[2].lower()
    last = _REGION.sub("", last)
    while (shorter := _ADDED.sub("", last)) != last:
        last = shorter
    return last


def times(transcript: "Transcript") -> dict[str, float]:
    """Seconds since the session began, by message id, where events say it.

    An assistant's message stands where it was finished, a tool's result where it came. A user's
    stands where the model began to answer, as far as no source notes when it was written.
    """
    asked: dict[str, datetime] = {}
    done: dict[str, datetime] = {}
    for event in transcript.events:
        if event.event == "model" and event.output.choices:
            identity = event.output.message.id or ""
            asked.setdefault(identity, event.timestamp)
            done.setdefault(identity, event.completed or event.timestamp)
        elif event.event == "tool":
            done[event.id] = event.completed or event.timestamp
    if not asked:
        return {}
    # The date of a log is when the evaluation began, not the sample.
    first = None if transcript.source_type == "eval_log" else _moment(transcript.date)
    began = min(asked.values()) if first is None else min(first, *asked.values())
    moments: dict[str, datetime] = {}
    following: datetime | None = None
    for message in reversed(transcript.messages):
        identity = message.id or ""
        if message.role == "assistant":
            following = asked.get(identity, following)
        key = (message.tool_call_id or "") if message.role == "tool" else identity
        moment = following if message.role == "user" else done.get(key)
        if moment is not None:
            moments[identity] = moment
    if first is not None and transcript.messages[0].role == "user":
        moments[transcript.messages[0].id or ""] = first  # the session's date is this message's
    return {key: (moment - began).total_seconds() for key, moment in moments.items()}


def session(transcript: "Transcript") -> Session:
    """A transcript as a session. Pictures and other media stand as `[image]` in the text.

    A control that replays a re-created session carries the name of the model that wrote it: these
    are that model's words. `about["replayed"]` says so.
    """
    about = dict(_metadata(transcript))
    words_of = about.pop("pair_model", None)
    if words_of and is_control(transcript.model):
        about["replayed"] = True
    seconds = _stored(transcript.messages) or times(transcript)
    turns = tuple(_turn(message, seconds) for message in transcript.messages)
    tools = tuple(str(tool) for tool in about.pop("tools", ()))
    return Session(
        id=transcript.transcript_id,
        pair=str(about.pop("pair", "") or transcript.transcript_id),
        model=_writer(transcript, words_of or transcript.model if about.get("replayed") else None),
        source=str(about.pop("source", "") or transcript.source_type or "unknown"),
        turns=turns,
        tools=tools or _offered(transcript),
        day=(transcript.date or "")[:10] or None,
        about=about,
    )


def lean(transcript: "Transcript") -> "Transcript":
    """The transcript as a corpus stores it: messages with their times, and no events.

    Events hold everything a second time, with whatever the source added; a corpus that is to be
    redacted is better without them.
    """
    read = session(transcript)
    messages = [
        message.model_copy(update={"metadata": {AT: turn.at, FAILED: turn.failed}, "source": None})
        for message, turn in zip(transcript.messages, read.turns, strict=True)
    ]
    about = {**read.about, "pair": read.pair, "tools": list(read.tools), "source": read.source}
    return transcript.model_copy(
        update={
            "messages": messages,
            "events": [],
            "timelines": [],
            "metadata": {"about": about},
            "source_id": read.id,
            "source_uri": "",
            "task_set": None,
            "task_id": read.pair,
            "agent_args": None,
            "model": read.model,
            "model_options": None,
            "score": None,
            "score_explanation": None,
            "error": None,
        }
    )


def _turn(message: "ChatMessage", seconds: Mapping[str, float]) -> Turn:
    text, reasoning = _contents(message)
    at = seconds.get(message.id or "")
    if message.role == "assistant":
        calls = tuple(
            Call(call.function, dict(call.arguments), call.id) for call in message.tool_calls or ()
        )
        return Turn("assistant", text, reasoning, calls, at=at)
    if message.role == "tool":
        failed = message.error is not None or bool((message.metadata or {}).get(FAILED))
        failed = failed or _SAID_TO_FAIL.match(text) is not None
        if message.error is not None and not text:
            text = message.error.message
        name, answers = message.function or "", message.tool_call_id or ""
        return Turn("tool", text, tool=name, call_id=answers, failed=failed, at=at)
    return Turn(message.role, text, at=at)


def _contents(message: "ChatMessage") -> tuple[str, str]:
    if isinstance(message.content, str):
        return message.content, ""
    text, reasoning = [], []
    for part in message.content:
        if part.type == "text":
            text.append(part.text)
        elif part.type == "reasoning":
            reasoning.append(part.reasoning or part.summary or "")
        else:
            text.append(f"[{part.type}]")
    return "\n".join(text), "\n".join(reasoning)


def _writer(transcript: "Transcript", replayed: str | None) -> str:
    """The model that wrote most of the assistant's messages, or those that they replay."""
    if replayed:
        return model_name(replayed)
    names = Counter(
        message.model
        for message in transcript.messages
        if message.role == "assistant" and (message.model or "") not in _NOBODY
    )
    most = names.most_common(1)[0][0] if names else transcript.model
    return "" if most in _NOBODY else model_name(most)


def _metadata(transcript: "Transcript") -> dict[str, Any]:
    """What is known beside the turns; of a stored transcript all that was kept."""
    given = dict(transcript.metadata)
    kept = _plain(given.get("about"))
    if isinstance(kept, Mapping):
        return dict(kept)
    sample = _plain(given.get("sample_metadata"))
    known = {**given, **(sample if isinstance(sample, Mapping) else {})}
    found = {new: known[old] for old, new in _PASSED_ON.items() if known.get(old) is not None}
    if known.get("pair"):
        found["pair"] = str(known["pair"])
    if transcript.source_type == "eval_log":
        found |= {"run_id": str(transcript.task_id), "epoch": transcript.task_repeat}
        found["log"] = (transcript.source_uri or "").rpartition("/")[2]
        scores = _plain(given.get("score_outcome"))
        if isinstance(scores, str):
            found["outcome"] = scores
    return found


def _plain(value: Any) -> Any:
    """A column of the database as data: what is no text was stored as JSON."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _offered(transcript: "Transcript") -> tuple[str, ...]:
    """Names of the tools that the first model call was given."""
    for event in transcript.events:
        if event.event == "model" and event.tools:
            return tuple(tool.name for tool in event.tools)
    return ()


def _stored(messages: "Iterable[ChatMessage]") -> dict[str, float]:
    return {
        message.id or "": float(message.metadata[AT])
        for message in messages
        if message.metadata and message.metadata.get(AT) is not None
    }


def _moment(date: str | None) -> datetime | None:
    if not date:
        return None
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.astimezone()
