import pytest
import torch

from assay.microcosm.model import build
from assay.sampling import sample

torch.set_num_threads(1)
PROMPTS = [[5, 20, 30, 40], [5, 21], [5, 22, 33]]


@pytest.fixture(scope="module")
def model():
    fresh, _ = build(0, width=32, layers=2, heads=2)
    for parameter in fresh.parameters():
        torch.nn.init.normal_(parameter, std=0.3, generator=torch.Generator().manual_seed(1))
    return fresh.eval()


def draws(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_likeliest_tokens_are_those_of_generate(model) -> None:
    ours = sample(model, PROMPTS, max_new_tokens=12, stop=[], pad=0, temperature=0)
    for prompt, answer in zip(PROMPTS, ours, strict=True):
        theirs = model.generate(
            torch.tensor([prompt]), max_new_tokens=12, min_new_tokens=12, do_sample=False
        )
        assert answer == theirs[0, len(prompt) :].tolist()


@pytest.mark.parametrize("temperature", [0.7, 1.0])
def test_tokens_come_as_often_as_the_model_says(model, temperature: float) -> None:
    n = 20_000
    answers = sample(
        model,
        [PROMPTS[1]],
        repeats=n,
        max_new_tokens=1,
        stop=[],
        pad=0,
        temperature=temperature,
        generator=draws(0),
    )
    with torch.no_grad():
        logits = model(torch.tensor([PROMPTS[1]])).logits[0, -1]
    expected = torch.softmax(logits / temperature, -1) * n
    counts = torch.bincount(torch.tensor(answers)[:, 0], minlength=len(expected))
    often = expected > 20
    chi = ((counts - expected)[often] ** 2 / expected[often]).sum().item()
    degrees = int(often.sum())
    assert degrees > 20
    assert abs(chi - degrees) < 4 * (2 * degrees) ** 0.5


def test_a_row_does_not_depend_on_when_others_end(model) -> None:
    long = sample(model, PROMPTS, repeats=40, max_new_tokens=15, stop=[], pad=0, generator=draws(3))
    stop = {row[3] for row in long[:100]}
    short = sample(
        model, PROMPTS, repeats=40, max_new_tokens=15, stop=stop, pad=0, generator=draws(3)
    )
    ends = [next((n for n, token in enumerate(row) if token in stop), 14) for row in long]
    assert short == [row[: end + 1] for row, end in zip(long, ends, strict=True)]
    assert len(set(map(len, short))) > 3


def test_each_prompt_may_have_its_own_number_of_answers(model) -> None:
    answers = sample(
        model, PROMPTS, repeats=[2, 0, 1], max_new_tokens=3, stop=[], pad=0, temperature=0
    )
    each = sample(model, PROMPTS, max_new_tokens=3, stop=[], pad=0, temperature=0)
    assert answers == [each[0], each[0], each[2]]
