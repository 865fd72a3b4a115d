"""Sessions of coding work, drawn from a seed: varied, and of one kind unless a tell is planted."""

import random
from collections.abc import Callable
from dataclasses import replace

from assay.realism.session import Call, Session, Turn

_NOUNS = ["parser", "cache", "index", "loader", "schema", "client", "queue", "worker", "report"]
_VERBS = ["mend", "extend", "rename", "document", "simplify", "split", "test"]
_TEXT = (
    "the a value file change run checks because result module function error line option case "
    "input output default table field update version branch commit build path server response "
    "request state list key name type class method import package script data row column"
)
_WORDS = _TEXT.split()


def session(seed: object, pair: str, turns: int = 20) -> Session:
    """One session; the pair decides the task, the seed all else."""
    task, rng = random.Random(f"task {pair}"), random.Random(f"{seed}")
    noun, verb = task.choice(_NOUNS), task.choice(_VERBS)
    now, said = 0.0, [Turn("user", f"Please {verb} the {noun}. {_text(rng, 20)}", at=0.0)]
    for _ in range(max(1, (round(rng.gauss(turns, turns / 5)) - 2) // 2)):
        tool, arguments, output = _work(rng, noun)
        now += rng.lognormvariate(1.5, 0.6)
        call = Call(tool, arguments, f"call_{rng.randrange(16**8):08x}")
        words = _text(rng, rng.randint(3, 20)) if rng.random() < 0.6 else ""
        said.append(Turn("assistant", words, calls=(call,), at=now))
        now += rng.lognormvariate(-1.0, 0.8)
        failed = rng.random() < 0.1
        said.append(Turn("tool", output, tool=tool, call_id=call.id, failed=failed, at=now))
    said.append(Turn("assistant", f"Done: {_text(rng, 30)}", at=now + rng.lognormvariate(1.5, 0.6)))
    return Session(f"{pair}-{seed}", pair, "model", "made", tuple(said), ("bash", "read", "edit"))


def corpus(
    side: str, n: int, turns: int = 20, change: Callable[[Session], Session] | None = None
) -> list[Session]:
    """`n` sessions of one side; the two sides of a pair share its task."""
    found = [session(f"{side} {place}", f"pair {place}", turns) for place in range(n)]
    return [change(one) for one in found] if change else found


def each_turn(change: Callable[[Turn], Turn]) -> Callable[[Session], Session]:
    """A change of every turn."""
    return lambda one: replace(one, turns=tuple(change(turn) for turn in one.turns))


def with_exit_line(turn: Turn) -> Turn:
    """A planted tell: another format of tools' output."""
    return replace(turn, text=f"{turn.text}\n[exit 0]") if turn.role == "tool" else turn


def with_word(turn: Turn) -> Turn:
    """A planted tell: a word that only the evaluation's user says, on a line of its own."""
    return replace(turn, text=f"{turn.text}\nKindly.") if turn.role == "user" else turn


def with_slow_tools(one: Session) -> Session:
    """A planted tell: tools answer a second late."""
    late, found = 0.0, []
    for turn in one.turns:
        late += turn.role == "tool"
        found.append(replace(turn, at=None if turn.at is None else turn.at + late))
    return replace(one, turns=tuple(found))


def without_clock(turn: Turn) -> Turn:
    """What stripping does to times."""
    return replace(turn, at=None)


def _text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(words)).capitalize() + "."


def _work(rng: random.Random, noun: str) -> tuple[str, dict[str, str], str]:
    tool = rng.choice(["bash", "read", "edit"])
    path = f"src/{noun}_{rng.choice(_WORDS)}.py"
    if tool == "bash":
        lines = [f"{path}:{rng.randrange(200)}: {_text(rng, 6)}" for _ in range(rng.randint(0, 12))]
        return tool, {"command": f"grep -rn {rng.choice(_WORDS)} {path}"}, "\n".join(lines)
    if tool == "read":
        lines = [f"def {rng.choice(_WORDS)}_{i}():" for i in range(rng.randint(3, 25))]
        return tool, {"path": path}, "\n".join(lines) + ("\n" if rng.random() < 0.5 else "")
    return tool, {"path": path, "old": _text(rng, 5), "new": _text(rng, 5)}, f"Edited {path}."
