"""What becomes of every run of a night, by docs/keeping.md, with any of its rules left out.

`close(night)` follows the page; `close(night, {mechanism, ...})` leaves out what is named there. A run *hangs* on a mechanism if it is lost
without it, by the measure that the grader takes of a delivered plan.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
KINDS = ("claims", "scope", "access", "loop")
MECHANISMS = (
    "marks", "flags", "flags_monitor", "flags_person", "flags_own", "flags_late", *(f"kind_{kind}" for kind in KINDS), "withdrawn", "withdrawn_own",
    "unseen_null", "unseen_failed", "unseen_timeout", "unseen_skipped", "unseen_first", "unseen_last", "gap", "ended", "variants_last", "variants_first", "variants_mark",
    "family_down", "family_up", "family_sibling", "family_deep", "family_gone", "whole", "whole_family", "cut_others", "cut_all",
    "sample", "sample_run", "late", "late_first", "late_run", "receipt_any", "receipt_digest", "receipt_last", "receipt_failed",
)  # fmt: skip


@dataclass(frozen=True)
class Fate:
    """Where a run belongs: `keep`, `wait`, `stored` or `let go`; its record, its agent and so on for the grader."""

    where: str
    events: list[Record]
    full: list[Record]
    why: str = ""
    receipts: int = 0
    marked: bool = False
    root: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)


def digest(run: str, events: list[Record]) -> str:
    text = json.dumps({"run": run, "events": events}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def link_hash(prev: str, run: str, fate: str, sha256: str) -> str:
    return hashlib.sha256(f"{prev} {run} {fate} {sha256}".encode()).hexdigest()


def draw(salt: str, root: str) -> int:
    return int(hashlib.sha256(f"{salt}:{root}".encode()).hexdigest()[:8], 16) % 100


def close(night: Record, off: AbstractSet[str] = frozenset()) -> dict[str, Fate]:
    parts: dict[str, list[Record]] = defaultdict(list)
    for part in night["parts"]:
        parts[part["run"]].append(part)
    events = {run: joined(some, off) for run, some in parts.items()}
    own = {run: marks(night, run, some, events[run], off) for run, some in parts.items()}
    open_ = {run for run, some in parts.items() if is_open(night, some)}
    root = {run: root_of(parts, run) for run in parts}
    found = {}
    for run in parts:
        family = [other for other in parts if root[other] == root[run]]
        where, why, kept = decide(night, run, family, parts, own, open_, root[run], events[run], off)
        receipts = [r for r in night["receipts"] if r["run"] == run]
        if where == "keep" and receipts:
            where = stored(run, kept, receipts, off)
        tags = tags_of(night, run, family, parts)
        found[run] = Fate(where, kept, events[run], why, len(receipts), bool(own[run]), root[run], tags)
    return found


def joined(parts: list[Record], off: AbstractSet[str]) -> list[Record]:
    """1 and 2."""
    seen: dict[Any, Record] = {}
    for part in parts:
        for event in part["events"]:
            if "variants_last" in off:
                seen[event["n"]] = event
            elif "variants_first" in off:
                seen.setdefault(event["n"], event)
            else:
                seen.setdefault((event["n"], event["role"], event["text"]), event)
    return sorted(seen.values(), key=lambda event: int(event["n"]))


def marks(night: Record, run: str, parts: list[Record], events: list[Record], off: AbstractSet[str]) -> list[str]:
    """2 and 4 to 7: why a run is marked."""
    found: list[str] = []
    if "marks" in off:
        return found
    last = max(part["received"] for part in parts)
    may_withdraw = {*night["settings"]["readers"], *((flag["by"] for flag in night["flags"]) if "withdrawn_own" in off else ())}
    for flag in night["flags"]:
        by_monitor = flag["by"] == "monitor"
        taken_back = flag.get("withdrawn") and ("withdrawn" in off or flag["withdrawn"] in may_withdraw)
        ignored = ("flags_monitor" in off and by_monitor) or ("flags_person" in off and not by_monitor) or f"kind_{flag['kind']}" in off
        ignored = ignored or "flags" in off or ("flags_late" in off and last < night["night"])
        if flag["run"] == run and not taken_back and not ignored:
            found.append("flag")
    for place, part in enumerate(parts):
        status = part["monitor"]
        ignored = ("unseen_null" in off and status is None) or (f"unseen_{status}" in off)
        ignored = ignored or ("unseen_first" in off and place > 0) or ("unseen_last" in off and place < len(parts) - 1)
        if status != "ok" and not ignored:
            found.append("unseen")
    numbers = [event["n"] for event in events]
    if set(numbers) != set(range(max(numbers) + 1)) and "gap" not in off:
        found.append("gap")
    if len(numbers) > len(set(numbers)) and "variants_mark" not in off:
        found.append("variants")
    if not any(part["end"] for part in parts) and night["night"] - last >= night["settings"]["open"] and "ended" not in off:
        found.append("never ended")
    return found


def is_open(night: Record, parts: list[Record]) -> bool:
    return not any(part["end"] for part in parts) and night["night"] - max(part["received"] for part in parts) < night["settings"]["open"]


def root_of(parts: dict[str, list[Record]], run: str) -> str:
    """3."""
    while run in parts and parts[run][0]["parent"]:
        run = parts[run][0]["parent"]
    return run


def related(run: str, family: list[str], parts: dict[str, list[Record]], off: AbstractSet[str]) -> list[str]:
    """Whose marks count for a run: all of its family, unless a kind of kinship is left out."""
    def above(one: str) -> list[str]:
        found: list[str] = []
        while one in parts and parts[one][0]["parent"]:
            one = parts[one][0]["parent"]
            found.append(one)
        return found

    mine, out = above(run), [run]
    for other in family:
        if other == run:
            continue
        theirs = above(other)
        if other in mine:
            way, far = "family_down", mine.index(other) > 0
        elif run in theirs:
            way, far = "family_up", theirs.index(run) > 0
        else:
            common = next((one for one in mine if one in theirs), None)
            way, far = ("family_gone" if common not in parts else "family_sibling"), mine[0] != theirs[0]
        if way not in off and not (far and "family_deep" in off) and not (way == "family_gone" and "family_sibling" in off):
            out.append(other)
    return out


def decide(
    night: Record, run: str, family: list[str], parts: dict[str, list[Record]], own: dict[str, list[str]], open_: set[str], root: str, events: list[Record],
    off: AbstractSet[str],
) -> tuple[str, str, list[Record]]:  # fmt: skip
    """7 to 11."""
    settings = night["settings"]
    if open_ & set(family):
        return "wait", "open", events
    counted = [run] if "flags_own" in off else related(run, family, parts, off)
    if any(own[one] for one in counted):
        if "whole" in off or ("whole_family" in off and not own[run]):
            return "keep", "marked", shortened(events, settings["cut"], off)
        return "keep", "marked", events
    if draw(settings["salt"], run if "sample_run" in off else root) < settings["sample"] and "sample" not in off:
        return "keep", "sample", shortened(events, settings["cut"], off)
    members = [run] if "late_run" in off else family
    nights = [part["received"] for one in members for part in parts[one]]
    last = min(nights) if "late_first" in off else max(nights)
    if night["night"] - last < settings["wait"] and "late" not in off:
        return "wait", "late", events
    return "let go", "", events


def shortened(events: list[Record], cut: int, off: AbstractSet[str]) -> list[Record]:
    """10."""
    out, half = [], cut // 2
    for event in events:
        text = event["text"]
        if len(text) > cut and (event["role"] == "tool" or "cut_others" in off):
            tail = "" if "cut_all" in off else text[-half:]
            event = {**event, "text": f"{text[:half]} [...] {tail}", "left_out": len(text) - 2 * half}
        out.append(event)
    return out


def stored(run: str, events: list[Record], receipts: list[Record], off: AbstractSet[str]) -> str:
    """12."""
    if "receipt_failed" in off and receipts[-1]["status"] != "stored":
        return "let go"
    if "receipt_any" in off:
        return "stored"
    some = receipts if "receipt_last" in off else receipts[-1:]
    same = "receipt_digest" in off
    return "stored" if any(r["status"] == "stored" and (same or r["sha256"] == digest(run, events)) for r in some) else "keep"


def tags_of(night: Record, run: str, family: list[str], parts: dict[str, list[Record]]) -> frozenset[str]:
    """Classes in which something may have been exempted."""
    tags = {f"agent {parts[run][0]['agent']}", "runs with a parent" if parts[run][0]["parent"] else "runs without a parent"}
    tags.add("runs in several parts" if len(parts[run]) > 1 else "runs in one part")
    tags |= {f"the flag {flag['kind']}" for flag in night["flags"] if flag["run"] in family}
    tags |= {f"flags by {'the monitor' if flag['by'] == 'monitor' else 'people'}" for flag in night["flags"] if flag["run"] in family}
    size = sum(len(event["text"]) for part in parts[run] for event in part["events"])
    tags.add("long runs" if size > 900 else "short runs")
    tags |= {"very long runs"} if size > 1700 else set()
    tags.add("even ids" if int(run[-1], 16) % 2 == 0 else "odd ids")
    tags.add("runs with receipts" if any(r["run"] == run for r in night["receipts"]) else "runs without receipts")
    tags |= {"three receipts or more"} if sum(r["run"] == run for r in night["receipts"]) > 2 else set()
    tags.add("later nights" if night["night"] >= 398 else "earlier nights")
    tags.add("runs of this night" if any(part["received"] == night["night"] for part in parts[run]) else "runs of earlier nights")
    return frozenset(tags)


# The measure of a loss


def missing(right: list[Record], have: object) -> int:
    """How many events are gone or were altered; what is there in full where it may be shortened is no loss."""
    left: dict[Any, list[str]] = defaultdict(list)
    for event in have if isinstance(have, list) else ():
        if isinstance(event, dict) and isinstance(event.get("n"), int) and isinstance(event.get("text"), str):
            left[event["n"], event.get("role")].append(event["text"])
    gone = 0
    for event in right:
        texts = left[event["n"], event["role"]]
        head, found, tail = event["text"].partition(" [...] ")
        fits = [text for text in texts if text == event["text"] or ("left_out" in event and found and text.startswith(head) and text.endswith(tail))]
        if fits:
            texts.remove(fits[0])
        else:
            gone += 1
    return gone


def lost(right: Fate, where: str, events: object) -> str:
    """In one word what was lost of a run with this fate; empty where nothing was.

    What is kept in place of waiting is not lost. What waits in place of being kept is not sent, and in no reader's hands.
    """
    if right.where in ("stored", "let go"):
        return ""
    if where == "wait":
        return "held" if right.where == "keep" else ""
    if where != "keep":
        return "gone"
    return "cut" if right.where == "keep" and missing(right.events, events) else ""
