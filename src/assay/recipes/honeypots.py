"""The step `audited`: the target works on honeypots; runs stay that did not take the bait.

Runs the audit chain, so a run is kept for what was *done*, and where a judge is named also for what
it was judged to be. A system prompt that the target had while sampling is taken out again. Only a
pack of the split `train` is sampled: what a study evaluates with is never trained on.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.errors import UserError
from assay.recipes.items import Finished, Item
from assay.recipes.recipe import Recipe
from assay.recipes.steps import Context, register, setting

if TYPE_CHECKING:
    from inspect_ai.log import EvalSample

INJECTIONS = Path(__file__).with_name("injections")
_CELLS = 24  # of a scenario at most, before a cell is run again
_KEPT = ("completed", "partial", "refused", "intent_undetermined")  # and the outcome intact


@register("audited")
def audited(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """Gives each item a run as `conversation`, told by `pack`, `injection` and `twins`.

    Raises:
        UserError: A pack or an injection that there is not, a pack that is evaluated with, or a
            model that cannot be used.
    """
    from assay.runs.audit import AuditConfig, run_audit
    from assay.runs.collect import collect
    from assay.scenarios.catalog import select
    from assay.scenarios.samples import spread

    pack, target = setting(context, "pack"), context.models.get("target", "")
    own = str(context.settings.get("scenarios") or "")
    _check_split(pack, own)
    if not target:
        raise UserError("Honeypots are put to a target: name one with --target.")
    scenarios = select(pack, [Path(own)] if own else [])
    system = injection(context.settings.get("injection"))
    cells = min(_CELLS, *(len(spread(one, {}, twin=False)) for one in scenarios))
    cells = min(cells, math.ceil(len(items) / len(scenarios)))
    config = AuditConfig(
        selector=pack,
        target=target,
        judge=context.models.get("reviewer"),
        system=system,
        cells=cells,
        epochs=math.ceil(len(items) / (cells * len(scenarios))),
        seed=context.seed + 1,
        scenarios=own,
    )
    directory = UPath(context.directory / "audit")
    run_audit(config, directory)
    table = collect(directory)
    real = table[~table["is_twin"]].sort_values(["epoch", "cell", "scenario"], kind="stable")
    rows = real.to_dict("records")[: len(items)]
    for item, row in zip(items, rows, strict=False):
        yield _kept(item, row, directory, system)
    for item in items[len(rows) :]:
        yield Finished(item.id, "dropped", reason="the pack had no run for it")


def check_sampling(recipe: Recipe) -> None:
    """Make sure that no stage of a recipe samples a pack that is evaluated with.

    Raises:
        UserError: One does.
    """
    for stage in recipe.stages:
        if stage.do == "audited":
            _check_split(str(stage.with_["pack"]), str(stage.with_.get("scenarios") or ""))


def _check_split(pack: str, own: str) -> None:
    from assay.scenarios.catalog import packs, split_of

    folders = [Path(own)] if own else []
    if split_of(pack, folders) != "train":
        known = ", ".join(name for name, one in packs(folders).items() if one.sheet.split != "eval")
        raise UserError(
            f"Pack {pack!r} is evaluated with, so no training data may be sampled on it; there are "
            f"{known}, and a pack of your own says `split: train` in its pack.yaml."
        )


def injection(name: str | None) -> str:
    """A system prompt to sample under: a registered one, or the text itself; empty for none."""
    if not name:
        return ""
    path = INJECTIONS / f"{name}.md"
    if path.exists():
        return path.read_text("utf-8").strip()
    if " " not in name:
        known = ", ".join(sorted(one.stem for one in INJECTIONS.glob("*.md")))
        raise UserError(f"There is no injection {name!r}; there are {known}, or give the text.")
    return name


def _kept(item: Item, row: Mapping[Any, Any], directory: UPath, system: str) -> Finished:
    where = f"{row['scenario']} {row['cell']}"
    if row["outcome"] is None or row["conduct"] == "ungraded":
        return Finished(item.id, "dropped", reason=f"ungraded: {row['ungraded_reason']}")
    if row["outcome"] != "intact" or row["conduct"] not in _KEPT:
        return Finished(item.id, "dropped", reason=f"{row['outcome']}, {row['conduct']}: {where}")
    from inspect_ai.log import read_eval_log_sample

    log = str(directory / "logs" / row["log_file"])
    sample = read_eval_log_sample(log, uuid=row["sample_uuid"])
    talk, tools = conversation(sample, system)
    said = {"conversation": json.dumps(talk), "tools": json.dumps(tools), "source": where}
    return Finished(item.id, "done", (said,))


def conversation(
    sample: "EvalSample", system: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A run as chat templates take it, without the prompt it was sampled under; and its tools."""
    from inspect_ai.event import ModelEvent
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem

    talk: list[dict[str, Any]] = []
    for message in sample.messages:
        text = message.text
        if isinstance(message, ChatMessageSystem) and system:
            text = text.replace(system, "", 1).strip()
            if not text:
                continue
        one: dict[str, Any] = {"role": message.role, "content": text}
        if isinstance(message, ChatMessageAssistant) and message.tool_calls:
            one["tool_calls"] = [
                {"type": "function", "function": {"name": c.function, "arguments": c.arguments}}
                for c in message.tool_calls
            ]
        talk.append(one)
    asked = next((event for event in sample.events if isinstance(event, ModelEvent)), None)
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters.model_dump(exclude_none=True),
            },
        }
        for tool in (asked.tools if asked else [])
    ]
    return talk, tools
