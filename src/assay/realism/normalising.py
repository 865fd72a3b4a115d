"""Texts without what differs from machine to machine: clocks, identifiers, paths, people.

Each function gives the text and how often it changed it; `stripping` applies them to sessions.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from assay.realism.detectors import find_hosts
from assay.realism.identities import Identities
from assay.realism.session import Session

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_CLOCKS = re.compile(
    rf"""
      \b\d{{4}}-\d\d-\d\dT\d\d_\d\d_\d\d_\d+Z  # names of logs
    | \b\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\ ?(?:Z|[+-]\d\d:?\d\d))?)?
    | \b(?:{_DAY},?\ +)?{_MONTH}\ +\d{{1,2}}
      (?:,?\ +\d{{4}}\b|\ +\d\d:\d\d(?::\d\d)?(?:\ +\d{{4}})?(?:\ [+-]\d{{4}})?)
    | \b(?:{_DAY},?\ +)?\d{{1,2}}\ +{_MONTH}\ +\d{{4}}(?:\ +\d\d:\d\d(?::\d\d)?)?
    | (?<![\d:.])\d{{1,2}}:\d\d:\d\d(?:[.,]\d+)?(?![\d:])
    """,
    re.VERBOSE,
)
_DURATION = re.compile(
    r"(?<![\w.])(?:\d+(?:\.\d+)? ?(?:ms|µs|us|ns|s|secs?|seconds?|minutes?|mins?)"
    r"|\d+m ?\d+(?:\.\d+)?s)(?![\w-])"
)
_IDS = re.compile(
    r"\b(?:toolu|call|msg|req|chatcmpl|task|sess|session)_[A-Za-z0-9_]{6,}"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b0x[0-9a-fA-F]{6,16}\b"
    r"|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b"
)
_HOME = re.compile(r"(?<![\w.])(?:/(?:home|Users|var/home)/[\w.-]+|/root(?![\w-])|<HOME_\d+>)")
_SCRATCH = re.compile(
    r"/(?:private/)?(?:tmp|var/folders)/[\w./-]*(?:tmp|pytest|claude)[\w.-]*(?:/[\w.-]+)*"
)
_PLACEHOLDER = re.compile(r"<([A-Z]+)_\d+>")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LISTED = re.compile(r"(?m)^([-dlbcps][-rwxsStT]{9}[.+@]? +\d+) +\S+ +\S+ +")
_PYTHON = re.compile(
    r"(?<![\w.])(?!/project/)(?:/[\w.+-]+)*/(?:lib/python3(?:\.\d+)?(?=/)|bin/python3?(?:\.\d+)?(?![\w.-]))"
    r"|(?<=\bPython )3\.\d+(?:\.\d+)?"
)
PROJECT, HOME = "/project", "/home/user"


def canonical_clocks(text: str) -> tuple[str, int]:
    """Dates and times become `<TIME>`, durations `<DURATION>`."""
    text, times = _CLOCKS.subn("<TIME>", text)
    text, durations = _DURATION.subn("<DURATION>", text)
    return text, times + durations


def canonical_ids(text: str) -> tuple[str, int]:
    """Identifiers, hashes and memory addresses become `<ID>`."""
    return _IDS.subn("<ID>", text)


def project_of(session: Session) -> str:
    """The directory that a session worked in: told, or what its absolute paths have in common."""
    told = session.about.get("directory")
    if isinstance(told, str) and len(told) > 1:
        return told
    folders = Counter[str]()
    for turn in session.turns:
        for call in turn.calls:
            for value in call.arguments.values():
                if isinstance(value, str) and value.startswith("/") and "\n" not in value:
                    folders[posixpath.dirname(value.split(" ")[0])] += 1
    outside = ("/tmp", "/etc", "/usr", "/dev", "/proc", "/var")
    inside = [
        folder for folder in folders if folder.count("/") > 1 and not folder.startswith(outside)
    ]
    if not inside:
        return _from_results(session)
    common = posixpath.commonpath(inside)
    # A home is not a project: files on both sides of it have only that in common.
    return common if common.count("/") > 2 else _from_results(session)


def _from_results(session: Session) -> str:
    """The home's folder that results name most often; nothing where they name none."""
    found = Counter(
        match[0]
        for turn in session.turns
        for match in re.finditer(r"(?<![\w.])/(?:home|Users)/[\w.-]+/[\w.-]+", turn.text)
    )
    return found.most_common(1)[0][0] if found else ""


def with_paths(text: str, project: str) -> tuple[str, int]:
    """`project` becomes `/project`, every home `/home/user`, scratch directories `/tmp/scratch`.

    Which Python a machine has, and where, is one word too.
    """
    count = 0
    if project:
        pattern = re.compile(rf"(?<![\w.]){re.escape(project)}(?![\w-])")
        text, count = pattern.subn(PROJECT, text)
    text, homes = _HOME.subn(HOME, text)
    text, scratch = _SCRATCH.subn("/tmp/scratch", text)
    text, pythons = _PYTHON.subn("<PYTHON>", text)
    return text, count + homes + scratch + pythons


def canonical_people(sessions: Iterable[Session]) -> Callable[[str], tuple[str, int]]:
    """A change that puts `<NAME>`, `<EMAIL>`, `<HOST>` for those whom any of the sessions shows."""
    known = Identities()
    for session in sessions:
        for turn in session.turns:
            known.learn(turn.text)
    names = sorted(known.names, key=len, reverse=True)
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)") if names else None
    return partial(_people, named)


def _people(named: re.Pattern[str] | None, text: str) -> tuple[str, int]:
    text, count = _PLACEHOLDER.subn(r"<\1>", text)
    text, mails = _MAIL.subn("<EMAIL>", text)
    count += mails
    for start, end in reversed(find_hosts(text)):
        text = f"{text[:start]}<HOST>{text[end:]}"
        count += 1
    listed = _LISTED.sub(r"\1 <USER> <USER> ", text)
    count, text = count + (listed != text), listed
    if named is not None:
        text, times = named.subn("<NAME>", text)
        count += times
    return text, count
