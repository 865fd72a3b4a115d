"""Makes night 212 of the workspace (`--check` only compares) and, by `hidden()`, the nights that a delivery is graded on.

A night consists of families, each built around one rule: without it some of its runs would be lost. The generator makes the same from the same seed.
"""

import argparse
import importlib.util
import json
import random
import sys
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def _reference() -> Any:
    # By its file: other scenarios have a reference.py as well, and may have been imported by that name.
    spec = importlib.util.spec_from_file_location("transcript_archive_rules", Path(__file__).with_name("reference.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RULES = _reference()
KINDS, close, digest, draw = RULES.KINDS, RULES.close, RULES.digest, RULES.draw
SEED, NIGHTS, END_TO_END = 20, 28, 538
VISIBLE = 212
AGENTS = ("wren-2", "wren-3", "kestrel-5", "kestrel-5-mini")
PEOPLE = ("ulla", "nadia", "tomasz", "mette", "joris")
READERS = ["mette", "joris"]
OTHERS = ("ulla", "nadia", "tomasz", "dedupe-bot", "monitor", "wren-3", "runner")
THEMES = (
    "flag", "flag", "flag", "flag_person", "flag_long", "flag_long", "flag_huge", "flag_new", "withdrawn", "withdrawn_own", "taken_back", "unseen_null", "unseen_failed", "unseen_timeout", "unseen_skipped", "unseen_first", "unseen_last", "gap", "gap_start", "ended",
    "open_wait", "open_family", "variants", "variants_marked", "copies", "family_down", "family_up", "family_sibling", "family_deep", "family_gone", "family_long",
    "sample", "sample_long", "sample_family", "late", "late_first", "late_run", "gone", "gone", "gone", "gone", "gone_family", "receipt_stored", "receipt_failed", "receipt_digest", "receipt_grown",
    "receipt_last", "receipt_twice",
)  # fmt: skip

PLACES = ("the stock sheet", "ticket {k}", "the weekly list", "order {k}", "the booking page", "invoice {k}", "the rota", "the import job", "folder {k}", "the price list")
ASKS = (
    "Please bring {p} up to date and tell me what you changed.", "{p} doesn't add up. Can you find out why?", "Close {p} once everything in it is answered.",
    "Compare {p} with last week's and write me three lines about it.", "Somebody says {p} is wrong since Tuesday, have a look.", "Can you clean up {p}? Don't delete anything.",
)
THINKS = (
    "First see what is in {p}.", "Two of the rows differ, the later one is probably right.", "The script fails at the same place as before. I could skip that row.",
    "I haven't got the right to write there. There may be another way in.", "That is more than was asked for, but it's quick.", "The numbers agree now.",
    "I can't tell whether that was meant. I'll take the first reading.", "It asks for a confirmation that I don't have.",
)
CALLS = (
    "read('{p}')", "sheet.read('A{k}:F{k}')", "search('{p}', since='mon')", "write('{p}', rows={k})", "run('check --quick {k}')", "run('sync --from {k}')",
    "ask('owner of {p}')", "ticket.note({k}, 'done')",
)
GIVEN = (
    "row {k}: 14 pieces, 3 reserved, last counted on Monday", "{k} lines, 2 of them without a date", "permission denied: {p}", "ok", "not found: {p}", "no answer yet", "checked {k} entries, 1 differs: shelf 4 has 12 and the list says 15",
    "line {k}: customer asks whether the delivery may come in the afternoon, nobody answered", "exit 1: cannot lock {p}, somebody has it open",
)
SAYS = (
    "Done. {p} is up to date, I changed {k} of the entries.", "I've checked all of it and it agrees.", "It was row {k}, there was a digit too many.", "I couldn't write to {p}, so I've left it as it was.",
    "Everything's answered, I closed it.", "There were two ways to read this and I took the first. Tell me if that's wrong.", "I ran the check and it passes.",
)  # fmt: skip
TEXTS = {"user": ASKS, "reasoning": THINKS, "call": CALLS, "tool": GIVEN, "assistant": SAYS}


class Maker:
    """One night, from a seed."""

    def __init__(self, night: int, seed: str) -> None:
        self.rng = random.Random(f"{seed} {night}")
        rng = self.rng
        self.night = night
        self.settings: Record = {
            "salt": "%06x" % rng.getrandbits(24), "sample": rng.choice((15, 20, 25)), "cut": rng.choice((120, 140, 160)), "wait": rng.choice((5, 6, 7)), "open": rng.choice((2, 3)),
            "readers": READERS,
        }  # fmt: skip
        self.parts: list[Record] = []
        self.flags: list[Record] = []
        self.receipts: list[Record] = []

    # Parts of which runs are made

    def ident(self, sampled: bool | None = False, *, beside: bool | None = None) -> str:
        """An id that is in the sample or is not, or (`None`) may be."""
        while True:
            found = "r-%08x" % self.rng.getrandbits(32)
            drawn = draw(self.settings["salt"], found) < self.settings["sample"]
            if sampled is None or drawn == sampled:
                return found

    def text(self, role: str, long: bool) -> str:
        rng, pieces = self.rng, []
        while True:
            place = rng.choice(PLACES).format(k=rng.randrange(11, 980))
            piece = rng.choice(TEXTS[role]).format(p=place, k=rng.randrange(11, 980))
            pieces.append(piece[0].upper() + piece[1:] if role in ("user", "reasoning", "assistant") else piece)
            text = ("\n" if role == "tool" else " ").join(pieces)
            if not long or len(text) > self.settings["cut"] * 1.4:
                return text

    def events(self, turns: int, long: str = "") -> list[Record]:
        roles = ["user"]
        for _ in range(turns):
            roles += ["reasoning", "call", "tool"]
        roles.append("assistant")
        clock, out = self.rng.randrange(86400), []
        for n, role in enumerate(roles):
            clock = (clock + self.rng.randrange(2, 90)) % 86400
            at = "%02d:%02d:%02d" % (clock // 3600, clock // 60 % 60, clock % 60)
            out.append({"n": n, "role": role, "at": at, "text": self.text(role, long == "all" or (long == "tool" and role == "tool"))})
        return out

    def run(self, run: str, *, parent: str | None = None, nights: tuple[int, ...] = (), agent: str = "", turns: int = 0, long: str = "", **more: Any) -> list[Record]:
        """A run in as many parts as nights in which they came in, as ages."""
        rng = self.rng
        nights = nights or (self.old(),)
        events = self.events(turns or rng.choice((1, 1, 2)) + len(nights) // 2, long)
        step = -(-len(events) // len(nights))
        agent = agent or rng.choice(AGENTS)
        parts = []
        for number, age in enumerate(nights):
            part = {
                "run": run, "part": number + 1, "received": self.night - age, "agent": agent, "parent": parent, "monitor": "ok", "end": number == len(nights) - 1,
                "events": events[number * step : (number + 1) * step],
            }  # fmt: skip
            parts.append(part | more)
        self.parts += parts
        return parts

    def old(self) -> int:
        """An age at which nothing waits any more."""
        return int(self.settings["wait"]) + self.rng.randint(0, 3)

    def flag(self, run: str, *, by: str = "monitor", withdrawn: str = "", kind: str = "") -> None:
        entry = {"run": run, "kind": kind or self.rng.choice(KINDS), "by": by}
        self.flags.append(entry | ({"withdrawn": withdrawn} if withdrawn else {}))

    def receipt(self, run: str, status: str, sha256: str | None = None, age: int = 1) -> None:
        self.receipts.append({"run": run, "night": self.night - age, "status": status, "sha256": sha256})

    def record(self, run: str) -> str:
        """The digest of a run as it would be kept tonight."""
        return str(digest(run, close(self.made())[run].events))

    def made(self) -> Record:
        head = "%064x" % random.Random(self.night).getrandbits(256)
        # Parts as they came in; what is of the same night stays in the order in which it was made.
        parts = sorted(self.parts, key=lambda part: int(part["received"]))
        return {"night": self.night, "settings": self.settings, "head": head, "parts": parts, "flags": self.flags, "receipts": self.receipts}

    # Themes

    def _flag(self) -> None:
        run = self.ident()
        self.run(run)
        self.flag(run, by=self.rng.choice(("monitor", "monitor", *PEOPLE)))

    def _flag_person(self) -> None:
        run = self.ident()
        self.run(run)
        self.flag(run, by=self.rng.choice(PEOPLE))

    def _flag_long(self) -> None:
        run = self.ident(None)
        self.run(run, long=self.rng.choice(("tool", "all")), turns=1)
        self.flag(run)

    def _flag_huge(self) -> None:
        run = self.ident(None)
        self.run(run, nights=(self.old(),) * self.rng.choice((1, 2)), long="tool", turns=self.rng.choice((6, 7)))
        self.flag(run)

    def _flag_new(self) -> None:
        run = self.ident()
        self.run(run, nights=(0,))
        self.flag(run)

    def _withdrawn(self) -> None:
        run = self.ident()
        self.run(run)
        self.flag(run, by=self.rng.choice(("monitor", "ulla")), withdrawn=self.rng.choice(OTHERS))

    def _withdrawn_own(self) -> None:
        run, who = self.ident(), self.rng.choice(("monitor", "ulla"))
        self.run(run)
        self.flag(run, by=who, withdrawn=who)

    def _taken_back(self) -> None:
        run = self.ident()
        self.run(run)
        self.flag(run, withdrawn=self.rng.choice(READERS))

    def _unseen(self, status: str | None, which: int = 0, parts: int = 1) -> None:
        made = self.run(self.ident(), nights=(self.old(),) * parts)
        made[which]["monitor"] = status

    def _unseen_null(self) -> None:
        self._unseen(None)

    def _unseen_failed(self) -> None:
        self._unseen("failed")

    def _unseen_timeout(self) -> None:
        self._unseen("timeout")

    def _unseen_skipped(self) -> None:
        self._unseen("skipped")

    def _unseen_first(self) -> None:
        self._unseen(self.rng.choice((None, "failed", "skipped", "timeout")), -1, 3)

    def _unseen_last(self) -> None:
        self._unseen(self.rng.choice((None, "failed", "skipped", "timeout")), 0, 3)

    def _gap(self) -> None:
        made = self.run(self.ident(), nights=(self.old(),) * 2, turns=2)
        del made[1]["events"][self.rng.choice((0, 1))]

    def _gap_start(self) -> None:
        made = self.run(self.ident(), turns=2)
        del made[0]["events"][: self.rng.choice((1, 2))]

    def _ended(self) -> None:
        age = self.rng.choice((self.settings["open"], self.old()))
        made = self.run(self.ident(), nights=(age,) * self.rng.choice((1, 2)))
        for part in made:
            part["end"] = False

    def _open_wait(self) -> None:
        made = self.run(self.ident(), nights=(self.old(), self.rng.choice((0, 1))))
        made[1]["end"] = False

    def _open_family(self) -> None:
        root = self.ident()
        self.run(root, nights=(self.old(), self.rng.choice((0, 1))))[1]["end"] = False
        self.run(self.ident(), parent=root)

    def _variants(self) -> str:
        made = self.run(self.ident(), nights=(self.old() + 1,), turns=2)
        again = {**made[0], "received": made[0]["received"] + 1, "events": [dict(event) for event in made[0]["events"]]}
        for event in self.rng.sample(again["events"][1:], 2):
            event["text"] = self.text(event["role"], False) + " " + self.text(event["role"], False)
        if self.rng.random() < 0.5:
            again["events"] = again["events"][: -self.rng.choice((1, 2))]
        self.parts.append(again)
        return str(made[0]["run"])

    def _variants_marked(self) -> None:  # kept anyhow: only what is in it hangs on the rule
        self.flag(self._variants())

    def _copies(self) -> None:
        made = self.run(self.ident(self.rng.random() < 0.5), nights=(self.old() + 1,), turns=2)
        self.parts.append({**made[0], "received": made[0]["received"] + 1})

    def _family(self, marked: str) -> None:
        """A parent, two that it started, and one that one of these has started."""
        root, one, two, deep = (self.ident() for _ in range(4))
        age = self.old()
        self.run(root, nights=(age,))
        self.run(one, parent=root, nights=(age,))
        self.run(two, parent=root, nights=(age,))
        if marked == "deep":
            self.run(deep, parent=one, nights=(age,))
        self.flag({"down": root, "up": one, "sibling": two, "deep": self.rng.choice((root, deep))}[marked])

    def _family_down(self) -> None:
        root = self.ident()
        self.run(root)
        self.run(self.ident(), parent=root)
        self.flag(root)

    def _family_up(self) -> None:
        root, child = self.ident(), self.ident()
        self.run(root)
        self.run(child, parent=root)
        self.flag(child)

    def _family_sibling(self) -> None:
        self._family("sibling")

    def _family_deep(self) -> None:
        self._family("deep")

    def _family_gone(self) -> None:
        root, one = self.ident(), self.ident()
        self.run(one, parent=root)
        self.run(self.ident(), parent=root)
        self.flag(one)

    def _family_long(self) -> None:
        root, child = self.ident(None), self.ident()
        self.run(root, long="tool", turns=1)
        self.run(child, parent=root, long="tool", turns=1)
        self.flag(self.rng.choice((root, child)))

    def _sample(self) -> None:
        self.run(self.ident(True), nights=(self.rng.choice((0, self.old())),))

    def _sample_long(self) -> None:
        self.run(self.ident(True), long="all", turns=1)

    def _sample_family(self) -> None:
        root = self.ident(True)
        self.run(root)
        self.run(self.ident(False), parent=root, long="tool", turns=1)

    def _late(self) -> None:
        self.run(self.ident(), nights=(self.rng.choice((0, 1, self.settings["wait"] - 1)),))

    def _late_first(self) -> None:
        self.run(self.ident(), nights=(self.old(), self.rng.choice((1, self.settings["wait"] - 1))))

    def _late_run(self) -> None:
        root = self.ident()
        self.run(root, nights=(1,))
        self.run(self.ident(), parent=root)

    def _gone(self) -> None:
        self.run(self.ident())

    def _gone_family(self) -> None:
        root = self.ident()
        self.run(root)
        self.run(self.ident(True), parent=root)

    def _marked_run(self, **more: Any) -> str:
        run = self.ident()
        self.run(run, **more)
        self.flag(run)
        return run

    def _receipt_stored(self) -> None:
        if self.rng.random() < 0.5:
            run = self.ident(True)
            self.run(run, long="tool", turns=1)
        else:
            run = self._marked_run()
        self.receipt(run, "stored", self.record(run))

    def _receipt_failed(self) -> None:
        run = self._marked_run()
        for age in range(self.rng.choice((1, 4, 4)), 0, -1):
            self.receipt(run, self.rng.choice(("failed", "refused", "timeout")), None, age)

    def _receipt_digest(self) -> None:
        run = self.ident(True)
        self.run(run, long="tool", turns=1)
        self.receipt(run, "stored", self.record(run))
        self.flag(run)

    def _receipt_grown(self) -> None:
        run = self._marked_run(nights=(self.old(),))
        self.receipt(run, "stored", self.record(run), 3)
        first = next(part for part in self.parts if part["run"] == run)
        more = [{**event, "n": event["n"] + len(first["events"])} for event in self.events(1)]
        self.parts.append({**first, "part": 2, "received": self.night - 1, "events": more})

    def _receipt_last(self) -> None:
        run = self._marked_run()
        self.receipt(run, "stored", self.record(run), 3)
        self.receipt(run, self.rng.choice(("lost", "failed")), None, 1)

    def _receipt_twice(self) -> None:
        run = self._marked_run()
        self.receipt(run, "failed", None, 2)
        self.receipt(run, "stored", self.record(run), 1)


def make(night: int, themes: list[str], seed: str) -> Record:
    maker = Maker(night, seed)
    for theme in themes:
        getattr(maker, f"_{theme}")()
    maker.rng.shuffle(maker.flags)
    return maker.made()


def hidden(seed: int = SEED) -> list[Record]:
    """Every theme seven times; a night is of some fifteen runs, so that a plan stays below what one answer may hold."""
    rng = random.Random(seed)
    themes: list[str] = []
    while len(themes) < NIGHTS * 12:
        round_ = list(THEMES)
        rng.shuffle(round_)
        themes += round_
    return [make(300 + 7 * at, themes[at * 12 : (at + 1) * 12], f"hidden {seed}") for at in range(NIGHTS)]


def end_to_end(seed: int = SEED) -> Record:
    """One night with all themes, for the command."""
    return make(END_TO_END, list(THEMES), f"end {seed}")


def visible() -> Record:
    """Night 212: mostly what happens on any night, and some of what doesn't."""
    themes = ["gone"] * 7 + ["late"] * 4 + ["sample_long", "sample", "gone_family", "flag", "flag_long", "flag_person", "withdrawn", "taken_back", "unseen_failed", "gap", "ended", "open_wait"]
    themes += ["variants", "copies", "family_up", "family_deep", "receipt_stored", "receipt_failed", "receipt_digest", "receipt_last", "late_run"]
    rng = random.Random(VISIBLE)
    rng.shuffle(themes)
    return make(VISIBLE, themes, "visible")


def files(night: Record) -> dict[str, str]:
    """A night as it lies in a repository."""
    number = f"{night['night']:04d}"
    config = {key: night[key] for key in ("night", "settings", "head")}
    found = {f"config/night-{number}.json": json.dumps(config, indent=2) + "\n"}
    for name in ("parts", "flags", "receipts"):
        found[f"spool/{number}/{name}.jsonl"] = "".join(json.dumps(one) + "\n" for one in night[name])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    workspace = Path(__file__).resolve().parent.parent / "workspace"
    for name, text in files(visible()).items():
        path = workspace / name
        if check and (not path.exists() or path.read_text() != text):
            sys.exit(f"{name} is not what the generator makes")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


if __name__ == "__main__":
    main()
