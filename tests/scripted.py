"""A model for tests that answers by a function, with the calls that it makes."""

from collections.abc import Callable
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    StopReason,
    get_model,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

Call = tuple[str, dict[str, Any]]
Answer = Callable[[list[ChatMessage]], tuple[str, list[Call]]]


class ScriptedAPI(ModelAPI):
    """Says and calls what its function returns for the conversation so far."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008  (Inspect's signature)
        answer: Answer | None = None,
        stop: StopReason | None = None,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        assert answer is not None
        self.answer, self.stop = answer, stop

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        say, calls = self.answer(input)
        made = [
            ToolCall(id=f"call_{len(input)}_{place}", function=name, arguments=arguments)
            for place, (name, arguments) in enumerate(calls)
        ]
        message = ChatMessageAssistant(content=say, tool_calls=made or None, source="generate")
        stop = self.stop or ("tool_calls" if made else "stop")
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=message, stop_reason=stop)],
            usage=ModelUsage(input_tokens=len(input), output_tokens=1, total_tokens=len(input) + 1),
        )

    async def count_text_tokens(self, text: str) -> int:
        return len(text) // 4


@modelapi(name="scripted")
def _scripted() -> type[ModelAPI]:
    return ScriptedAPI


def scripted(name: str, answer: Answer, stop: StopReason | None = None) -> Model:
    """A model that answers by a function."""
    return get_model(f"scripted/{name}", memoize=False, answer=answer, stop=stop)


def saying(*answers: tuple[str, list[Call]]) -> Answer:
    """The n-th answer after n of its own; the last one for good."""

    def answer(messages: list[ChatMessage]) -> tuple[str, list[Call]]:
        played = sum(message.role == "assistant" for message in messages)
        return answers[min(played, len(answers) - 1)]

    return answer
