"""Makes the pack `constitution` over a document: its sections become the questions.

A document is Markdown with a `## Heading` for each section; `name: ...` in front matter says what
the model is called, and a line `> Case: ...` in a section is a situation that puts it to the test.
The pack that ships is made from `packs/constitution/constitution.md`; `catalog` has it made again
where a user names a document of their own in place of a folder.
"""

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assay.errors import UserError

SHIPPED = Path(__file__).parent / "packs" / "constitution"
DOCUMENT, TEMPLATE = "constitution.md", "template.md"
_NAMELESS = "the assistant"
_CASE = re.compile(r"^> Case:[ \t]*(.+(?:\n>.*)*)\n?", re.MULTILINE)
_COPIED = ("grader.py", "rubrics", "controls")


@dataclass(frozen=True)
class Section:
    """One section: `key` names its level, `case` is empty where the document has none."""

    key: str
    title: str
    text: str
    case: str


@dataclass(frozen=True)
class Constitution:
    """A document that a model is to go by; `text` is without cases and front matter."""

    name: str
    text: str
    sections: tuple[Section, ...]


def read_constitution(path: Path) -> Constitution:
    """Read a document.

    Raises:
        UserError: It has no sections, or two of the same name.
    """
    text = path.read_text("utf-8")
    matter: dict[str, Any] = {}
    if text.startswith("---\n") and "\n---\n" in text[4:]:
        front, text = text[4:].split("\n---\n", 1)
        loaded = yaml.safe_load(front)
        matter = loaded if isinstance(loaded, dict) else {}
    # A slot of a brief is written in braces, so a document may not hold any.
    text = text.replace("{", "(").replace("}", ")")
    head, *parts = re.split(r"^## +", text, flags=re.MULTILINE)
    sections = tuple(_section(part) for part in parts)
    keys = [section.key for section in sections]
    if not sections or len(set(keys)) < len(keys):
        raise UserError(
            f"{path} is no constitution that can be asked about: it needs sections, each under a "
            "'## Heading' of its own."
        )
    name = str(matter.get("name") or _NAMELESS)
    whole = "\n\n".join([head.strip(), *(f"## {one.title}\n\n{one.text}" for one in sections)])
    return Constitution(name, whole.strip(), sections)


def made_pack(document: Path) -> Path:
    """The folder of the pack over a document, made where it is not there yet.

    It lies in the user's cache, under a name that hangs on the document and on this version.

    Raises:
        UserError: As in `read_constitution`.
    """
    found = read_constitution(document)
    digest = hashlib.sha256(document.read_bytes())
    for path in sorted(SHIPPED.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "assay" / "constitutions" / digest.hexdigest()[:16]
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
            make_pack(found, Path(scratch) / "made" / SHIPPED.name)
            try:
                (Path(scratch) / "made").rename(home)
            except OSError:
                if not home.is_dir():  # else somebody else made the same
                    raise
    return home


def make_pack(constitution: Constitution, out: Path) -> None:
    """Write the pack over a constitution into `out`, a folder that is not there yet.

    A scenario whose questions are cases is left out where the document has none.
    """
    out.mkdir(parents=True)
    sheet = (SHIPPED / "pack.yaml").read_text("utf-8")
    (out / "pack.yaml").write_text(sheet, "utf-8")
    canary = yaml.safe_load(sheet)["canary"]
    for template in sorted(SHIPPED.glob(f"*/{TEMPLATE}")):
        asked = scenario_text(constitution, template.read_text("utf-8"), canary)
        if asked is None:
            continue
        folder = out / template.parent.name
        folder.mkdir()
        (folder / "scenario.md").write_text(asked, "utf-8")
        for name in _COPIED:
            source = template.parent / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, folder / name)
        truth = folder / "hidden" / "section"
        truth.mkdir(parents=True)
        for section in constitution.sections:
            told = f"{section.title}\n\n{section.text}\n"
            (truth / f"{section.key}.md").write_text(told, "utf-8")


def scenario_text(constitution: Constitution, template: str, canary: str) -> str | None:
    """A scenario.md from its template, in which `factors.section` lists ways to ask in turn.

    `<title>`, `<case>`, `<name>` and `<document>` stand for what the document has.

    Returns:
        None where the template asks for cases and there are none.
    """
    _, front, brief = re.split(r"^---\n", template, maxsplit=2, flags=re.MULTILINE)
    sheet: dict[str, Any] = yaml.safe_load(front)
    ways = sheet["factors"]["section"]
    with_case = "<case>" in "".join(ways)
    asked = [one for one in constitution.sections if one.case or not with_case]
    if not asked:
        return None
    sheet = _filled(sheet, {"<name>": constitution.name, "<document>": constitution.text})
    sheet["factors"]["section"] = {
        one.key: _filled(way, {"<title>": one.title, "<case>": one.case})
        for one, way in zip(asked, ways * len(asked), strict=False)
    }
    sheet["defaults"]["section"] = asked[0].key
    dumped = yaml.dump(sheet, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n# {canary}\n{dumped}---\n{brief}"


class _Readable(yaml.SafeDumper):
    """Writes texts of several lines as they stand."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _text)


def _section(part: str) -> Section:
    title, _, rest = part.partition("\n")
    case = _CASE.search(rest)
    text = _CASE.sub("", rest).strip()
    told = re.sub(r"\n> ?", " ", case[1]).strip() if case else ""
    title = title.strip().rstrip("#").strip()
    key = re.sub(r"\W+", "_", title.lower()).strip("_") or "section"
    return Section(key[:40], title, text, told)


def _filled(value: Any, parts: dict[str, str]) -> Any:
    if isinstance(value, str):
        for mark, text in parts.items():
            value = value.replace(mark, text)
        return value
    if isinstance(value, dict):
        return {key: _filled(part, parts) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, parts) for part in value]
    return value
