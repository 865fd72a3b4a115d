"""A chat template's turns as tokens, and what a model says as text: for whoever samples answers.

Used by the provider of checkpoints, by rollouts and by live assessment, which so read alike.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assay.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_MARK = re.compile(r"\{%-?\s*generation\b")


def prompt_ids(
    tokenizer: "PreTrainedTokenizerBase",
    messages: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]] = (),
) -> list[int]:
    """What a model reads of a conversation, up to the beginning of its answer."""
    ids: Any = tokenizer.apply_chat_template(
        [dict(message) for message in messages],
        tools=[dict(tool) for tool in tools] or None,
        add_generation_prompt=True,
        return_dict=False,
    )
    return list(ids)


def ends(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> frozenset[int]:
    """Tokens that end a turn: the tokenizer's, and those that the model's own settings name."""
    config: Any = model.generation_config
    named = config.eos_token_id if config is not None else None
    more = named if isinstance(named, list) else [named]
    return frozenset(end for end in (tokenizer.eos_token_id, *more) if end is not None)


def said(
    tokenizer: "PreTrainedTokenizerBase", answer: Sequence[int], marks: Collection[int]
) -> str:
    """The text of an answer without the mark that ends it; other special tokens are text."""
    kept = answer[:-1] if answer and answer[-1] in marks else answer
    return str(
        tokenizer.decode([*kept], skip_special_tokens=False, clean_up_tokenization_spaces=False)
    )


def marked_template(tokenizer: Any) -> str:
    """The chat template, with marks around what the assistant says; TRL knows some without."""
    template = str(tokenizer.chat_template or "")
    if _MARK.search(template):
        return template
    from trl.chat_template_utils import get_training_chat_template

    try:
        return str(get_training_chat_template(tokenizer) or template)
    except ValueError as error:
        raise UserError(
            "The chat template does not mark what the assistant says, so the loss cannot be kept "
            "to it: give the tokenizer a template with {% generation %} marks."
        ) from error
