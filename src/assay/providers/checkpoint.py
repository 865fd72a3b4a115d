"""The model provider `checkpoint/NAME`: weights on this machine, asked in batches.

NAME is what `assay.checkpoints` opens: a directory with a manifest, `microcosm/base`, `hf/DIR`, a
model of the hub. Requests that come together are answered together. Answers are sampled plainly:
`temperature` (1 unless given), `max_tokens` and `stop_seqs` are honoured, `top_p` and its like are
refused. The same `seed` and the same conversation give the same answer, whoever else is in the
batch, but for rounding. For models of billions of parameters vLLM is the faster server.
"""

import os
from typing import TYPE_CHECKING, Any

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.extra import require
from assay.providers.batching import Batcher
from assay.providers.chat import Reply, as_chat, as_schemas, read_reply

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, ModelAPI, ModelOutput, StopReason

    from assay.providers.checkpoint_weights import Drawn

PREFIX = "checkpoint/"
CONNECTIONS = 128
_MAX_TOKENS = 4096
_REFUSED = (
    *("top_p", "top_k", "frequency_penalty", "presence_penalty", "logit_bias"),
    *("num_choices", "logprobs", "response_schema"),
)


def is_checkpoint(model: str | None) -> bool:
    """Whether a model name names weights on this machine."""
    return model is not None and model.startswith(PREFIX)


def checkpoint_provider() -> "type[ModelAPI]":
    """The provider's class; Inspect and torch are imported only when it is used.

    Raises:
        UserError: There is no torch.
    """
    require("torch", "transformers")
    from inspect_ai.model import GenerateConfig, ModelAPI
    from inspect_ai.tool import ToolChoice, ToolInfo

    from assay.providers.checkpoint_weights import Request, Weights

    class CheckpointAPI(ModelAPI):
        """Samples from local weights. Model arguments: `batch_size`, `device`, `dtype`."""

        def __init__(
            self,
            model_name: str,
            base_url: str | None = None,
            api_key: str | None = None,
            config: GenerateConfig = GenerateConfig(),  # noqa: B008  (Inspect's signature)
            batch_size: int = CONNECTIONS,
            **model_args: Any,
        ) -> None:
            super().__init__(model_name, base_url, api_key, [], config)
            self.weights = Weights(Checkpoint.open(model_name), **model_args)
            self.batcher = Batcher(self.weights.draw, largest=batch_size)

        async def generate(
            self,
            input: "list[ChatMessage]",
            tools: list[ToolInfo],
            tool_choice: ToolChoice,
            config: GenerateConfig,
        ) -> "ModelOutput":
            given = [name for name in _REFUSED if getattr(config, name) not in (None, 1, False)]
            if given:
                raise UserError(
                    f"A checkpoint cannot be sampled with {given[0]}; leave it out, or serve the "
                    "model with vLLM."
                )
            offered = tools if tool_choice != "none" else []
            prompt = self.weights.prompt(as_chat(input), as_schemas(offered))
            room = self.weights.context - len(prompt)
            if room <= 0:
                return _too_long(self.model_name, len(prompt))
            request = Request(
                prompt,
                max_tokens=min(config.max_tokens or _MAX_TOKENS, room),
                temperature=1.0 if config.temperature is None else config.temperature,
                seed=_random() if config.seed is None else config.seed,
                stop=tuple(config.stop_seqs or ()),
            )
            drawn = await self.batcher.ask(request)
            return _output(self.model_name, len(prompt), drawn, tools=bool(offered))

        def max_tokens(self) -> int | None:
            return _MAX_TOKENS

        def max_connections(self) -> int:
            return CONNECTIONS

        def close(self) -> None:
            self.weights.release()

    return CheckpointAPI


def _random() -> int:
    return int.from_bytes(os.urandom(7))


def _too_long(model: str, read: int) -> "ModelOutput":
    from inspect_ai.model import ModelOutput, ModelUsage

    output = ModelOutput.from_content(model, "", stop_reason="model_length")
    output.usage = ModelUsage(input_tokens=read, total_tokens=read)
    return output


def _reason(drawn: "Drawn", reply: Reply) -> "StopReason":
    if reply.calls:
        return "tool_calls"
    return "stop" if drawn.is_whole else "max_tokens"


def _output(model: str, read: int, drawn: "Drawn", *, tools: bool) -> "ModelOutput":
    from inspect_ai.model import (
        ChatCompletionChoice,
        ChatMessageAssistant,
        ContentReasoning,
        ContentText,
        ModelOutput,
        ModelUsage,
    )
    from inspect_ai.tool import ToolCall

    reply = read_reply(drawn.text, tools=tools)
    thought = [ContentReasoning(reasoning=reply.thought)] if reply.thought else []
    message = ChatMessageAssistant(
        content=[*thought, ContentText(text=reply.said)] if thought else reply.said,
        tool_calls=[
            ToolCall(id=f"call_{_random():x}", function=call.tool, arguments=dict(call.arguments))
            for call in reply.calls
        ]
        or None,
        model=model,
        source="generate",
    )
    wrote = drawn.tokens
    return ModelOutput(
        model=model,
        choices=[ChatCompletionChoice(message=message, stop_reason=_reason(drawn, reply))],
        usage=ModelUsage(input_tokens=read, output_tokens=wrote, total_tokens=read + wrote),
    )
