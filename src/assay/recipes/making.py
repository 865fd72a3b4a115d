"""Makes a data set by a recipe: stage after stage, every finished item on disk at once.

    stages/1-principle.jsonl ...   what became of each item, see `items`
    dataset.jsonl                  what came out: `messages` or `text`, id, stratum
    ledger.json, manifest.json     what it cost, and what was asked of whom

A run that was killed goes on with the same command.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from upath import UPath

from assay.errors import UserError
from assay.extra import writing
from assay.manifest import Manifest, open_run
from assay.price import Price
from assay.recipes.items import Finished, Item, Snapshot, lines
from assay.recipes.ledger import Ledger, account, spent
from assay.recipes.recipe import Recipe, Role, Stage, fill, sections
from assay.recipes.steps import Context, step

if TYPE_CHECKING:
    from inspect_ai.model import Model

DATASET, LEDGER, STAGES = "dataset.jsonl", "ledger.json", "stages"
EMBEDDED = "embedded/author"
_AT_ONCE = 200  # items; how many requests are open the provider's connections decide
_HOPELESS = 8  # failures in a row, before any success: the model cannot be reached
_RETRIES = 7  # of a request; with the waits between them some minutes


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Attributes:
        n: Items to begin with; fewer rows come out.
        models: By role; the reviewer and the target are the author where they are missing.
        read: JSON lines to begin with, for recipes that change what is there.
        ablate: Stages that do nothing.
        budget: USD, or tokens where there is no price; no item is begun beyond it.
        connections: Open requests at most; Inspect's choice where None.
        cache, batch: As in Inspect: replies from disk, batches at half the price.
    """

    recipe: Recipe
    n: int
    models: Mapping[Role, str]
    seed: int = 0
    read: Path | None = None
    ablate: frozenset[str] = frozenset()
    price: Price | None = None
    budget: float | None = None
    connections: int | None = None
    cache: bool = False
    batch: bool = False

    def model(self, role: Role) -> str:
        """Who has a role."""
        return self.models.get(role) or self.models["author"]

    @property
    def settings(self) -> dict[str, Any]:
        """What must be the same for a run to go on: it may grow, and be paid for."""
        return {
            "recipe": self.recipe.name,
            "sha256": dict(self.recipe.digests),
            "told": {stage.name: stage.with_ for stage in self.recipe.stages if stage.with_},
            "models": {role: self.model(role) for role in ("author", "reviewer", "target")},
            "seed": self.seed,
            "ablate": sorted(self.ablate),
            "input": _digest(self.read) if self.read else None,
        }


@dataclass(frozen=True)
class Made:
    """How far a run came: `complete`, or `budget` where that ended it.

    Attributes:
        failed: Items whose model could not be reached; the same command tries them again.
    """

    status: Literal["complete", "budget"]
    ledger: Ledger
    failed: int
    dataset: Path


type Tell = Callable[[str, int, int], None]
"""Is told a stage, and how many of how many items it has finished."""


def make(order: Order, directory: Path, tell: Tell | None = None) -> Made:
    """Make a data set, or go on with one.

    Raises:
        UserError: Models that cannot be used, a directory of another run, a full disk, input that
            lacks a part.
        KeyboardInterrupt: It was stopped; what is finished is on disk.
    """
    import anyio

    stages = order.recipe.without(order.ablate)
    models = _models(order, stages)
    items = begin(order)
    manifest = open_run(UPath(directory), Manifest.new("data", order.settings))
    accounts, everything = [], []
    status: Literal["complete", "budget"] = "complete"
    numbers = {stage.name: number for number, stage in enumerate(order.recipe.stages, 1)}
    purse = _Purse(order)
    for stage in stages:
        name = f"{numbers[stage.name]}-{stage.name}"
        snapshot = Snapshot(directory / STAGES / f"{name}.jsonl")
        purse.pay(*snapshot.finished.values())
        todo = [item for item in items if item.id not in snapshot.settled]
        with snapshot:
            run = _Run(order, stage, snapshot, len(items), tell, purse)
            if stage.asks:
                try:
                    anyio.run(run.ask, todo, models[stage.role])
                except* UserError as errors:
                    raise errors.exceptions[0] from None
            else:
                where = directory / STAGES / name
                known = order.recipe.document_texts
                named: dict[str, str] = {str(role): name for role, name in order.models.items()}
                run.do(todo, Context(stage.with_, order.seed, where, named, known))
        accounts.append(account(stage.name, items, snapshot.finished))
        everything += [snapshot.finished[item.id] for item in items if item.id in snapshot.finished]
        status = "budget" if purse.refused else status
        items = [
            child
            for item in items
            if item.id in snapshot.finished
            for child in snapshot.finished[item.id].of(item)
        ]
    rows = [row(order.recipe, item) for item in items]
    _write(directory / DATASET, "".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in rows))
    ledger = Ledger(
        recipe=order.recipe.name,
        begun=order.n,
        accepted=len(rows),
        stages=tuple(accounts),
        characters=sum(len(text) for made in rows for text in _texts(made)),
        cost=spent(everything, order.price) if order.price else None,
        notes=("The embedded author is no language model: seeded templates.",)
        if EMBEDDED in order.models.values()
        else (),
    )
    _write(directory / LEDGER, json.dumps(ledger.as_json(), indent=1) + "\n")
    failed = sum(one.status == "failed" for one in everything)
    if status == "complete" and not failed:
        manifest.model_copy(update={"status": "complete"}).write(UPath(directory))
    return Made(status, ledger, failed, directory / DATASET)


def begin(order: Order) -> list[Item]:
    """The items at the start: each with its stratum, and its section or its line of the input.

    The first n are the same whatever n is.

    Raises:
        UserError: The input has no lines, or a line lacks a part.
    """
    recipe = order.recipe
    if bool(recipe.begins_with) != (order.read is not None):
        wanted = "is given none" if recipe.begins_with else "reads none"
        raise UserError(
            f"Recipe {recipe.name!r} {wanted}: --input FILE names JSON lines to change."
        )
    read = list(_read(order.read, recipe)) if order.read else []
    if order.read and not read:
        raise UserError(f"{str(order.read)!r} holds no line.")
    dealt = [
        dict(zip(recipe.strata, levels, strict=True)) for levels in product(*recipe.strata.values())
    ]
    random.Random(f"{order.seed}:strata").shuffle(dealt)
    pages = sections(recipe.document_texts[recipe.sections]) if recipe.sections else []
    items = []
    for number in range(min(order.n, len(read)) if read else order.n):
        stratum = dealt[number % len(dealt)]
        parts = {"number": str(number + 1), "seed": f"{order.seed}:{number}", **stratum}
        if pages:
            # Not in step with the strata: every section meets every level.
            parts["section"] = pages[(number + number // len(dealt)) % len(pages)]
        given = dict(read[number]) if read else {}
        items.append(Item(given.pop("id", f"{number + 1:05}"), {**parts, **given}, stratum))
    if len({item.id for item in items}) < len(items):
        raise UserError(f"{str(order.read)!r} has an id twice; leave out `id`, or mend it.")
    return items


def row(recipe: Recipe, item: Item) -> dict[str, Any]:
    """What an item is in the data set."""
    parts = {**recipe.document_texts, **item.parts}
    made: dict[str, Any] = {"id": item.id}
    if recipe.text:
        made["text"] = fill(recipe.text, parts)
    elif recipe.conversation:
        made["messages"] = json.loads(parts[recipe.conversation])
    else:
        filled = [(message.role, fill(message.text, parts)) for message in recipe.messages]
        made["messages"] = [
            {"role": role, "content": text} for role, text in filled if text.strip()
        ]
    for name in recipe.keeps:
        made[name] = json.loads(parts[name]) if name == "tools" else parts[name]
    return {**made, "stratum": dict(item.stratum)} if item.stratum else made


class _Purse:
    """What has been spent, and whether more may be."""

    def __init__(self, order: Order) -> None:
        self._price, self._budget = order.price, order.budget
        self._spent = 0.0
        self.refused = False

    def pay(self, *finished: Finished) -> None:
        """Count these."""
        self._spent += spent(finished, self._price)

    def is_empty(self) -> bool:
        """Whether no more may be begun."""
        empty = self._budget is not None and self._spent >= self._budget
        self.refused = self.refused or empty
        return empty


class _Run:
    """One stage of one run."""

    def __init__(
        self,
        order: Order,
        stage: Stage,
        snapshot: Snapshot,
        of: int,
        tell: Tell | None,
        purse: _Purse,
    ) -> None:
        self._order, self._stage, self._snapshot = order, stage, snapshot
        self._of, self._tell, self._purse = of, tell, purse
        self._failures, self._succeeded = 0, False

    async def ask(self, todo: Sequence[Item], model: "Model") -> None:
        """Ask about all of them, many at once."""
        import anyio

        waiting: Iterator[Item] = iter(todo)

        async def work() -> None:
            for item in waiting:
                if self._purse.is_empty():
                    return
                self._note(await self._one(item, model))

        async with anyio.create_task_group() as group:
            for _ in range(min(_AT_ONCE, len(todo))):
                group.start_soon(work)

    async def _one(self, item: Item, model: "Model") -> Finished:
        from assay.recipes.asking import ask

        number = int.from_bytes(hashlib.sha256(item.id.encode()).digest()[:4])
        try:
            found = await ask(
                self._order.recipe, self._stage, item, model, self._order.seed + number
            )
        except Exception as error:
            self._failures += 1
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            if self._failures >= _HOPELESS and not self._succeeded:
                raise UserError(
                    f"{model} failed {self._failures} times and never answered: {reason}"
                ) from error
            return Finished(item.id, "failed", reason=reason)
        self._succeeded = True
        return found

    def do(self, todo: Sequence[Item], context: Context) -> None:
        """Run the stage's code over all of them."""
        assert self._stage.do is not None
        if todo:
            for one in step(self._stage.do)(todo, context):
                self._note(one)

    def _note(self, one: Finished) -> None:
        self._snapshot.add(one)
        self._purse.pay(one)
        if self._tell:
            self._tell(self._stage.name, len(self._snapshot.finished), self._of)


def _models(order: Order, stages: Iterable[Stage]) -> "dict[Role, Model]":
    """Those that are asked, each reached once before anything is paid for."""
    from inspect_ai.model import GenerateConfig

    from assay.runs.preflight import check_model

    config = GenerateConfig(
        max_retries=_RETRIES, max_connections=order.connections,
        cache=order.cache or None, batch=order.batch or None,
    )  # fmt: skip
    found: dict[Role, Model] = {}
    for role in {stage.role for stage in stages if stage.asks}:
        model = check_model(order.model(role))
        model.config = model.config.merge(config)
        found[role] = model
    return found


def _read(path: Path, recipe: Recipe) -> Iterator[dict[str, str]]:
    for number, line in enumerate(lines(path), 1):
        parts = {name: value for name, value in line.items() if isinstance(value, str)}
        for message in line.get("messages") or ():
            name = {"assistant": "response"}.get(message.get("role"), message.get("role"))
            if isinstance(message.get("content"), str):
                parts.setdefault(name, message["content"])
        parts.setdefault("system", "")
        if isinstance(line.get("text"), str):
            parts.setdefault("document", line["text"])
        if missing := [name for name in recipe.begins_with if name not in parts]:
            raise UserError(
                f"{path}:{number} has no {missing[0]!r}, which recipe {recipe.name!r} begins with."
            )
        yield parts


def _texts(made: Mapping[str, Any]) -> Iterator[str]:
    yield from ([made["text"]] if "text" in made else (m["content"] for m in made["messages"]))


def _write(path: Path, text: str) -> None:
    with writing(path.parent):
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(text, "utf-8")
        partial.rename(path)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"Cannot read {str(path)!r}: {error.strerror}.") from error
