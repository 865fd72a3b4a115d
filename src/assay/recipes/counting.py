"""Counts a data set's tokens as training sees them: rendered, and learned."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assay.errors import UserError
from assay.recipes.items import lines
from assay.recipes.making import LEDGER, Made

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def counted(made: Made, tokenizer: str | None) -> Made:
    """The account with rendered and supervised tokens; as it was without transformers.

    Args:
        made: What was made; its ledger on disk is brought up to date.
        tokenizer: As `assay train` names a model; None for the microcosm's.

    Raises:
        UserError: A tokenizer was named and cannot be had.
    """
    from importlib.util import find_spec

    if find_spec("transformers") is None:
        if tokenizer:
            raise UserError("Counting tokens needs transformers: pip install 'assay[train]'.")
        return made
    encoder = _tokenizer(tokenizer)
    rendered = supervised = 0
    for row in lines(made.dataset):
        whole, learned = tokens(row, encoder)
        rendered, supervised = rendered + whole, supervised + learned
    ledger = replace(
        made.ledger, rendered_tokens=rendered, supervised_tokens=supervised,
        tokenizer=tokenizer or "microcosm",
    )  # fmt: skip
    (made.dataset.parent / LEDGER).write_text(
        json.dumps(ledger.as_json(), indent=1) + "\n", "utf-8"
    )
    return replace(made, ledger=ledger)


def tokens(row: dict[str, Any], tokenizer: "PreTrainedTokenizerBase") -> tuple[int, int]:
    """Of one row: as rendered, and what is learned; of a document, all."""
    if "text" in row:
        count = len(tokenizer(row["text"], add_special_tokens=False)["input_ids"])
        return count, count
    from assay.turns import marked_template

    found: Any = tokenizer.apply_chat_template(
        row["messages"], tools=row.get("tools") or None, return_dict=True,
        chat_template=marked_template(tokenizer),
        return_assistant_tokens_mask=True,
    )  # fmt: skip
    return len(found["input_ids"]), sum(found["assistant_masks"])


def _tokenizer(name: str | None) -> "PreTrainedTokenizerBase":
    if name is None:
        from assay.microcosm.model import build_tokenizer

        return build_tokenizer()
    from transformers import AutoTokenizer

    try:
        found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"Cannot have the tokenizer {name!r}: {reason}") from error
    return found
