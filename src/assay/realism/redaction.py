"""Replaces what is somebody's by consistent placeholders: `<EMAIL_1>` is one address everywhere.

Two passes over the corpus: `identities` learns who is in it, then every text is searched by
`detectors` and rewritten, in messages, thoughts, tool output and inside the arguments of calls.
What only looks like a key or a name stays, and is reported with its place.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.errors import UserError
from assay.realism.corpus import Corpus, Redaction, now, store, transcripts
from assay.realism.detectors import Span, find
from assay.realism.identities import Identities
from assay.realism.session import Call, Session, Turn

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage
    from inspect_scout import Transcript

UNSURE = "unsure.jsonl"  # beside `corpus.json`: what a person should look at
_MASK = 3  # characters that a masked example shows


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may be somebody's, and stayed.

    Attributes:
        what: What it looks like.
        masked: Its first and last characters.
        places: Where, `SESSION:TURN`, at most three.
        count: How often, in all.
    """

    what: str
    masked: str
    places: tuple[str, ...]
    count: int


@dataclass
class Redactor:
    """Placeholders for one corpus, or for several that are compared.

    Attributes:
        also: Words that a person names, replaced wherever they stand.
    """

    also: tuple[str, ...] = ()
    identities: Identities = field(default_factory=Identities)
    replaced: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    _next: Counter[str] = field(default_factory=Counter)
    _doubts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _doubted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def learn(self, texts: Iterable[str]) -> None:
        """The first pass: who is in these texts."""
        for text in texts:
            self.identities.learn(text)

    def text(self, text: str, place: str = "") -> str:
        """A text with placeholders in it."""
        parts, at = [], 0
        for start, end, kind, value in self._spans(text, place):
            if start < at:
                continue
            parts += [text[at:start], self._placeholder(kind, value)]
            at = end
        return "".join((*parts, text[at:])) if parts else text

    def value(self, value: Any, place: str = "") -> Any:
        """Plain data with placeholders in every text of it, keys too."""
        if isinstance(value, str):
            return self.text(value, place)
        if isinstance(value, Mapping):
            return {self.text(str(k), place): self.value(v, place) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(entry, place) for entry in value]
        return value

    def session(self, session: Session) -> Session:
        """A session with placeholders; call `learn` with `texts` of all of them first."""
        turns = tuple(
            self._turn(turn, f"{session.id}:{number}") for number, turn in enumerate(session.turns)
        )
        return replace(session, turns=turns, about=self.value(dict(session.about), session.id))

    def transcript(self, transcript: "Transcript") -> "Transcript":
        """A stored transcript with placeholders, in messages and in what is known beside them."""
        place = transcript.transcript_id
        messages = [
            self._message(message, f"{place}:{number}")
            for number, message in enumerate(transcript.messages)
        ]
        about = self.value(json.loads(json.dumps(_about(transcript))), place)
        return transcript.model_copy(
            update={"messages": messages, "metadata": {"about": about}, "events": []}
        )

    @property
    def distinct(self) -> dict[str, int]:
        """How many different values were replaced, by kind."""
        return dict(sorted(self._next.items()))

    @property
    def doubts(self) -> list[Doubt]:
        """What stayed and may be somebody's, the likeliest keys first, then by count."""
        found = [
            Doubt(what, masked(value), tuple(self._doubts[what, value]), count)
            for (what, value), count in self._doubted.items()
        ]
        return sorted(found, key=lambda doubt: (doubt.what == "capitalised pair", -doubt.count))

    def _spans(self, text: str, place: str) -> Iterator[tuple[int, int, str, str]]:
        """Sure spans in order; doubts are noted on the way."""
        found: list[tuple[int, int, str, str]] = []
        for word in self.also:
            at = text.find(word)
            while at >= 0:
                found.append((at, at + len(word), "WORD", word))
                at = text.find(word, at + len(word))
        doubts = []
        for span in find(text):
            value = text[span.start : span.end]
            if span.sure:
                found.append((span.start, span.end, span.kind, value))
            else:
                doubts.append(span)
        # A name inside of an address goes with the address; a home stands before what is in it.
        taken = [(start, end) for start, end, *_ in found]
        for start, end, kind, value in self.identities.find(text):
            if not any(start < other_end and other < end for other, other_end in taken):
                found.append((start, end, kind, value))
                taken.append((start, end))
        for span in doubts:
            if not any(span.start < end and start < span.end for start, end in taken):
                self._doubt(span, text[span.start : span.end], place)
        # Longer first, where two begin at the same place.
        yield from sorted(found, key=lambda entry: (entry[0], -entry[1]))

    def _placeholder(self, kind: str, value: str) -> str:
        value = value.lower() if kind in ("EMAIL", "HOST") else value
        if (kind, value) not in self._numbers:
            self._next[kind] += 1
            self._numbers[kind, value] = self._next[kind]
            shown = self.examples.setdefault(kind, [])
            if len(shown) < 3:
                shown.append(masked(value))
        self.replaced[kind] += 1
        return f"<{kind}_{self._numbers[kind, value]}>"

    def _doubt(self, span: Span, value: str, place: str) -> None:
        key = (span.what, value)
        self._doubted[key] += 1
        places = self._doubts.setdefault(key, [])
        if place and len(places) < 3 and place not in places:
            places.append(place)

    def _turn(self, turn: Turn, place: str) -> Turn:
        calls = tuple(
            Call(call.tool, self.value(dict(call.arguments), place), call.id) for call in turn.calls
        )
        text, reasoning = self.text(turn.text, place), self.text(turn.reasoning, place)
        return replace(turn, text=text, reasoning=reasoning, calls=calls)

    def _message(self, message: "ChatMessage", place: str) -> "ChatMessage":
        changed: dict[str, Any] = {}
        if isinstance(message.content, str):
            changed["content"] = self.text(message.content, place)
        else:
            changed["content"] = [self._part(part, place) for part in message.content]
        if message.role == "assistant" and message.tool_calls:
            changed["tool_calls"] = [
                replace(call, arguments=self.value(call.arguments, place), view=None)
                for call in message.tool_calls
            ]
        if message.role == "tool" and message.error is not None:
            said = self.text(message.error.message, place)
            changed["error"] = replace(message.error, message=said)
        return message.model_copy(update=changed)

    def _part(self, part: Any, place: str) -> Any:
        """A part of a message. What is no text is not searched, and so not kept."""
        from inspect_ai.model import ContentReasoning, ContentText

        if isinstance(part, ContentText):
            return ContentText(text=self.text(part.text, place))
        if isinstance(part, ContentReasoning):
            said = self.text(part.reasoning or part.summary or "", place)
            return ContentReasoning(reasoning=said)
        return ContentText(text=f"[{part.type}]")


def texts(session: Session) -> Iterator[str]:
    """Every text of a session, arguments of calls as JSON and one by one."""
    yield from (str(value) for value in session.about.values() if isinstance(value, str))
    for turn in session.turns:
        yield turn.text
        yield turn.reasoning
        for call in turn.calls:
            yield from _texts(call.arguments)


def redact_corpus(
    location: str | UPath, *, out: str | UPath | None = None, also: Iterable[str] = ()
) -> Redactor:
    """Redact a corpus, in its place or into another directory; all or nothing.

    Args:
        location: The corpus.
        out: Where the redacted corpus goes; None replaces the given one.
        also: Further words to replace.

    Returns:
        What was replaced, and what is in doubt.

    Raises:
        UserError: No corpus, one that is redacted, or an `out` that holds something.
    """
    import anyio

    from assay.realism.normal import session

    here = UPath(location)
    corpus = Corpus.read(here)
    if corpus.redaction is not None:
        raise UserError(
            f"{str(location)!r} is redacted already, on {corpus.redaction.at[:10]}; import the "
            "sessions anew to do it again."
        )
    target = UPath(out) if out else here.with_name(f".{here.name}.redacting")
    if out and target.exists() and any(target.iterdir()):
        raise UserError(f"{str(out)!r} is not empty; name a new directory with --out.")
    if not out and target.exists():
        _remove(target)  # of a redaction that was stopped
    redactor = Redactor(also=tuple(sorted(set(also), key=len, reverse=True)))
    for transcript in transcripts(here):
        redactor.learn(texts(session(transcript)))
    anyio.run(store, target, map(redactor.transcript, transcripts(here)))
    (target / UNSURE).write_text("".join(_line(doubt) for doubt in redactor.doubts), "utf-8")
    done = Redaction(
        at=now(),
        replaced=dict(sorted(redactor.replaced.items())),
        distinct=redactor.distinct,
        unsure=len(redactor.doubts),
        versions=_versions(),
    )
    imports = tuple(
        done_before.model_copy(update={"source": redactor.text(done_before.source)})
        for done_before in corpus.imports
    )
    steps = (*corpus.steps, "redact")
    corpus.model_copy(update={"redaction": done, "steps": steps, "imports": imports}).write(target)
    if not out:
        old = here.with_name(f".{here.name}.unredacted")
        here.rename(old)
        target.rename(here)
        _remove(old)
    return redactor


def masked(value: str) -> str:
    """Enough of a value to know it again, and no more."""
    flat = " ".join(value.split())
    if len(flat) <= 2 * _MASK + 2:
        return f"{flat[:1]}... ({len(value)} characters)"
    return f"{flat[:_MASK]}...{flat[-2:]} ({len(value)} characters)"


def _line(doubt: Doubt) -> str:
    entry = {"what": doubt.what, "masked": doubt.masked, "count": doubt.count}
    return json.dumps({**entry, "places": doubt.places}, ensure_ascii=False) + "\n"


def _about(transcript: "Transcript") -> dict[str, Any]:
    about = dict(transcript.metadata).get("about", {})
    return json.loads(about) if isinstance(about, str) else dict(about)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _texts(entry)


def _remove(directory: UPath) -> None:
    import shutil

    shutil.rmtree(str(directory))


def _versions() -> dict[str, str]:
    found = {}
    for name in ("detect_secrets", "presidio_analyzer"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
