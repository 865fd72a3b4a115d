"""What `assay realism import` and `redact` print for people, at 80 columns."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assay.report.words import number
from assay.text import printable

if TYPE_CHECKING:
    from assay.realism.corpus import Corpus, Import
    from assay.realism.redaction import Redactor

_DOUBTS = 8  # shown here; all are in the corpus
_WORDS = {
    "CARD": "credit cards",
    "EMAIL": "e-mail addresses",
    "HOME": "home directories",
    "HOST": "host names",
    "IBAN": "bank accounts",
    "IP": "IP addresses",
    "KEY": "keys and passwords",
    "MAC": "MAC addresses",
    "NAME": "people",
    "PHONE": "telephone numbers",
    "SSN": "social security numbers",
    "USER": "logins",
    "WALLET": "wallet addresses",
    "WORD": "words of --also",
}


def print_import(done: "Import", corpus: "Corpus", out: str) -> None:
    """How many came in, what was left out and why, and what comes next."""
    console = Console(highlight=False)
    kind = done.kind.replace("_", " ")
    console.print(
        f"{number(done.added, 'session')} of {kind} imported; "
        f"{escape(out)} holds {corpus.sessions:,}."
    )
    for reason, count in done.left_out.items():
        console.print(f"  left out: {count:,} {escape(reason)}")
    console.print(f"They are as they were written. Next: assay realism redact {escape(out)}")


def print_redaction(redactor: "Redactor") -> None:
    """What was replaced by what, and what a person should look at."""
    console = Console(highlight=False)
    if not redactor.replaced:
        console.print("Nothing was found to replace.")
    else:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("kind", "different", "times", "becomes", "for instance"):
            table.add_column(
                heading, justify="right" if heading in ("different", "times") else "left"
            )
        for kind, times in sorted(redactor.replaced.items()):
            shown = escape(printable(", ".join(redactor.examples[kind][:2])))
            values = f"{redactor.distinct[kind]:,}"
            table.add_row(_WORDS[kind], values, f"{times:,}", f"<{kind}_1>", shown)
        console.print(table)
    doubts = redactor.doubts
    if doubts:
        console.print(
            f"\n[bold]Not sure:[/] {number(len(doubts), 'text')} may be somebody's, and stayed. "
            "unsure.jsonl in the corpus lists the places; --also FILE replaces what you name."
        )
    for doubt in doubts[:_DOUBTS]:
        place = escape(printable(doubt.places[0] if doubt.places else ""))
        often = "" if doubt.count == 1 else f", {doubt.count:,} times"
        console.print(f"  {doubt.what} {escape(printable(doubt.masked))}{often}")
        console.print(f"    [dim]first at {place}[/]")
    if len(doubts) > _DOUBTS:
        console.print(f"  and {len(doubts) - _DOUBTS:,} more")
    console.print(
        "\nNames of people were learned from commits, letters, and home directories; one that "
        "only stands in running text is not known here."
    )
