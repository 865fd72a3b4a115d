"""A checkpoint as Inspect's model: batches, calls, settings."""

import asyncio
from pathlib import Path

import pytest
from inspect_ai.model import ChatMessageUser, GenerateConfig, Model, ModelOutput, get_model
from inspect_ai.tool import ToolInfo

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.providers.checkpoint_weights import Request, Weights
from tests.providers.tiny import ANSWERS, chat, teach

BASH = ToolInfo(name="bash", description="Runs a command.")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return teach(tmp_path_factory.mktemp("model") / "checkpoint")


@pytest.fixture
def model(checkpoint: Checkpoint) -> Model:
    return get_model(f"checkpoint/{checkpoint.path}")


@pytest.fixture(scope="module")
def fresh() -> Weights:
    return Weights(Checkpoint.open("microcosm"))


async def ask(model: Model, asked: str, **config: object) -> ModelOutput:
    settings = GenerateConfig.model_validate({"temperature": 0, **config})
    return await model.generate([ChatMessageUser(content=asked)], tools=[BASH], config=settings)


async def test_a_call_comes_out_as_a_call(model: Model) -> None:
    output = await ask(model, "Make room.")
    assert output.message.tool_calls is not None
    assert output.message.tool_calls[0].arguments == {"command": "rm a.log"}
    assert (output.stop_reason, output.completion) == ("tool_calls", "")


async def test_a_program_with_braces_is_text_to_the_letter(model: Model) -> None:
    output = await ask(model, "A program.")
    assert output.completion == ANSWERS["A program."]["content"]
    assert output.stop_reason == "stop"


async def test_concurrent_questions_share_a_batch_and_get_their_own_answers(
    model: Model,
) -> None:
    before = model.api.batcher.batches  # type: ignore[attr-defined]
    outputs = await asyncio.gather(*[ask(model, "Hello."), ask(model, "Count.")])
    assert [output.completion for output in outputs] == ["Good day.", "1 2 3 4 5 6 7 8 9"]
    assert model.api.batcher.batches - before == 1  # type: ignore[attr-defined]


async def test_tokens_are_counted_and_limited(model: Model) -> None:
    output = await ask(model, "Count.", max_tokens=4)
    assert output.stop_reason == "max_tokens"
    assert output.usage is not None
    assert output.usage.output_tokens == 4
    assert output.usage.input_tokens == len(
        Checkpoint.open(str(model.name))
        .load()[1]
        .apply_chat_template(
            chat("Count."),
            tools=[{"function": {"name": "bash"}}],
            add_generation_prompt=True,
            return_dict=False,
        )
    )


async def test_a_stop_sequence_ends_the_answer_before_it(model: Model) -> None:
    output = await ask(model, "Count.", stop_seqs=["4", " 3"])
    assert (output.completion, output.stop_reason) == ("1 2", "stop")


async def test_a_conversation_that_fills_the_context_is_too_long(model: Model) -> None:
    output = await ask(model, "Hello. " * 400)
    assert output.stop_reason == "model_length"


async def test_what_cannot_be_honoured_is_refused(model: Model) -> None:
    with pytest.raises(UserError, match="top_p"):
        await ask(model, "Hello.", top_p=0.9)


def test_a_seed_gives_the_same_answer_in_any_company(fresh: Weights) -> None:
    mine = Request((5, 9, 12), 20, 1.0, seed=7)
    others = [Request((3,) * n, 5 * n, 1.0, seed=n) for n in range(1, 9)]
    (alone,) = fresh.draw([mine])
    assert fresh.draw([*others, mine])[-1] == alone
    assert fresh.draw([Request((5, 9, 12), 20, 1.0, seed=8)]) != [alone]


def test_the_same_seed_draws_other_luck_for_another_conversation(fresh: Weights) -> None:
    answers = [fresh.draw([Request((token, 9), 1, 1.0, seed=7)])[0].text for token in range(9, 21)]
    assert len(set(answers)) > 6


def test_temperatures_do_not_mix_in_a_batch(fresh: Weights) -> None:
    asked = [Request((5, 9), 16, temperature, seed=1) for temperature in (1.0, 0.0, 1.0, 0.0)]
    found = fresh.draw(asked)
    assert found[0] == found[2] != found[1] == found[3]


def test_a_model_without_a_chat_template_is_refused(tmp_path: Path) -> None:
    model, tokenizer = Checkpoint.open("microcosm").load()
    tokenizer.chat_template = None
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(UserError, match="no chat template"):
        get_model(f"checkpoint/hf/{tmp_path}")
