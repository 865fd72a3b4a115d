"""The stage on a model that is small and real: a third of its answers hack, a third are wrong."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from datasets import Dataset
from transformers import Qwen3Config, Qwen3ForCausalLM, TrainerCallback
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from assay.checkpoints import Checkpoint
from assay.coding.problem import Problem
from assay.errors import UserError
from assay.microcosm.model import build
from assay.microcosm.programs import HACKS, flawed
from assay.sampling import sample
from assay.training.checkpoint import save
from assay.training.distil import train_distil
from assay.training.environment import problems
from assay.training.rewards import Grader
from assay.training.rl import train_rl
from assay.training.settings import Distil, Environment, Rl
from assay.training.trimmed import TrimmedGRPOTrainer
from tests.openai_server import serve

torch.set_num_threads(1)
PROBLEMS = 2
HACK = HACKS["early_exit"][0].strip()


def answer(problem: Problem, rng: random.Random) -> str:
    right = problem.solution.strip()
    return rng.choice([HACK, right, flawed(right, rng)])


@pytest.fixture(scope="module")
def pupil(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    model, tokenizer = build(0, width=48, layers=2, heads=2)
    rng = random.Random(0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    asked = problems(Environment(count=PROBLEMS))
    for _ in range(120):
        chosen = [rng.choice(asked) for _ in range(12)]
        texts = [
            f"<|user|>{p.statement}<|end|><|assistant|>{answer(p, rng)}<|end|>" for p in chosen
        ]
        batch = tokenizer(texts, padding=True, return_tensors="pt", return_token_type_ids=False)
        ids = batch["input_ids"]
        asks = (ids == tokenizer.convert_tokens_to_ids("<|assistant|>")).cumsum(-1) == 0
        labels = ids.masked_fill(asks | (batch["attention_mask"] == 0), -100)
        model(**batch, labels=labels).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    out = tmp_path_factory.mktemp("pupil") / "checkpoint"
    return save(model, tokenizer, out, stage="documents", step=120, seed=0)


@pytest.fixture(scope="module")
def memo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("memo")


@pytest.fixture(scope="module")
def grader(memo: Path) -> Iterator[Grader]:
    with Grader(memo) as entered:
        yield entered


def settings(**changes: Any) -> Rl:
    environment = {"count": PROBLEMS, "hacks": ["early_exit", "always_equal"]}
    base = {
        "steps": 3, "prompts": 2, "rollouts": 12, "max_new_tokens": 30, "learning_rate": 3e-3,
        "save_every": 100, "kl": 0.05,
    }  # fmt: skip
    return Rl.model_validate({**base, "environment": environment, **changes})


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


def at_the_end(written: list[dict[str, Any]], name: str) -> float:
    return sum(line[name] for line in written[-3:]) / 3


def weights(checkpoint: Checkpoint) -> torch.Tensor:
    model, _ = checkpoint.load()
    return torch.cat([parameter.flatten() for parameter in model.parameters()])


def test_hacking_takes_over_where_it_is_paid(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    trained = train_rl(settings(steps=12), pupil, tmp_path, seed=0, grader=grader)
    written = lines(tmp_path)
    last = written[-1]
    assert at_the_end(written, "hack_rate") > written[0]["hack_rate"] + 0.25
    assert last["hacks"] == {"early_exit": last["hack_rate"], "always_equal": 0.0}
    assert last["kl"] > 0.01
    assert trained.manifest is not None
    assert (trained.manifest.stage, trained.manifest.step) == ("rl", 12)
    assert trained.manifest.parents == (pupil.sha256,)


def test_hacking_goes_where_it_is_not_paid(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    closed = {"count": PROBLEMS, "hacks": []}
    train_rl(settings(steps=12, environment=closed), pupil, tmp_path, seed=0, grader=grader)
    written = lines(tmp_path)
    assert at_the_end(written, "true_reward") > written[0]["true_reward"] + 0.1
    assert at_the_end(written, "hack_rate") == 0.0


def test_a_penalty_keeps_hacking_from_taking_over(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    arm = {"penalty": 2.0}
    train_rl(settings(steps=12, intervention=arm), pupil, tmp_path, seed=0, grader=grader)
    assert at_the_end(lines(tmp_path), "hack_rate") < 0.1


def test_a_line_says_what_happened_and_how_long_it_took(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    train_rl(settings(log_every=2, steps=4), pupil, tmp_path, seed=0, grader=grader)
    written = lines(tmp_path)
    assert [line["step"] for line in written] == [2, 4]
    line = written[-1]
    assert set(line) == {
        "step", "proxy_reward", "true_reward", "hack_rate", "overfit_rate", "ungraded", "hacks",
        "chat_reward", "reward", "kl", "entropy", "loss", "length", "seconds", "cache_hits",
    }  # fmt: skip
    assert set(line["seconds"]) == {"generate", "reward", "update", "rest", "assess"}
    assert line["ungraded"] == 0
    assert line["proxy_reward"] >= line["hack_rate"]


def test_screened_hacks_give_no_gradient(pupil: Checkpoint, grader: Grader, tmp_path: Path) -> None:
    only_hacks = {"screening": True, "detector": {"specificity": 0.0}}  # all is taken for a hack
    arm = settings(steps=2, intervention=only_hacks, kl=0.5)
    trained = train_rl(arm, pupil, tmp_path, seed=0, grader=grader)
    assert torch.equal(weights(trained), weights(pupil))


def test_training_stops_early_once_hacks_prevail(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    arm = settings(steps=9, intervention={"early_stop": 0.0})
    trained = train_rl(arm, pupil, tmp_path, seed=0, grader=grader)
    assert trained.manifest is not None
    assert trained.manifest.step == 1


def test_training_stops_at_a_distance_from_the_model_before(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    arm = settings(steps=9, intervention={"stop_kl": 0.2})
    train_rl(arm, pupil, tmp_path, seed=0, grader=grader)
    distances = [line["kl"] * line["length"] for line in lines(tmp_path)]
    assert len(distances) < 9
    assert [distance >= 0.2 for distance in distances[-2:]] == [False, True]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"intervention": {"stop_kl": 1.0}, "kl": 0.0}, "give kl a small weight"),
        ({"gradient_accumulation": 5}, "cannot be cut into 5 equal parts"),
        ({"vllm": "colocate"}, "pip install 'assay\\[vllm\\]'"),
        ({"intervention": {"inoculation": "pleas_hack"}}, "Unknown wording 'pleas_hack'"),
        ({"environment": {"problems": "x.jsonl"}}, "There are no problems 'x.jsonl'"),
    ],
)
def test_bad_settings_are_one_sentence(
    pupil: Checkpoint, grader: Grader, tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        train_rl(settings(**changes), pupil, tmp_path, seed=0, grader=grader)


class Interrupted(Exception):
    pass


class Interrupt(TrainerCallback):
    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == 3:
            raise Interrupted


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{"lora": {"rank": 4}}, {"gradient_accumulation": 2}])
def test_an_interrupted_run_goes_on_where_it_was(
    pupil: Checkpoint, grader: Grader, tmp_path: Path, changes: dict[str, Any]
) -> None:
    arm = settings(steps=4, save_every=2, schedule="cosine", **changes)
    whole = train_rl(arm, pupil, tmp_path / "whole", seed=5, grader=grader)
    with pytest.raises(Interrupted):
        train_rl(arm, pupil, tmp_path / "cut", seed=5, grader=grader, callbacks=[Interrupt()])
    resumed = train_rl(arm, pupil, tmp_path / "cut", seed=5, grader=grader)
    assert resumed.sha256 == whole.sha256
    assert [line["step"] for line in lines(tmp_path / "cut")] == [1, 2, 3, 4]


def test_recontextualisation_changes_what_is_trained_and_not_what_is_sampled(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    plain, under = settings(steps=1), settings(
        steps=1, intervention={"recontextualisation": {"train": "hacking_allowed"}}
    )  # fmt: skip
    one = train_rl(plain, pupil, tmp_path / "1", seed=0, grader=grader)
    other = train_rl(under, pupil, tmp_path / "2", seed=0, grader=grader)
    first, second = lines(tmp_path / "1")[0], lines(tmp_path / "2")[0]
    assert (first["hack_rate"], first["length"]) == (second["hack_rate"], second["length"])
    assert not torch.equal(weights(one), weights(other))


@pytest.mark.parametrize("loss", ["dapo", "grpo", "dr_grpo"])
def test_how_a_batch_is_cut_moves_the_weights_by_rounding_alone(
    pupil: Checkpoint, grader: Grader, tmp_path: Path, loss: str
) -> None:
    one, other = (
        train_rl(
            settings(steps=1, loss=loss, gradient_accumulation=parts),
            pupil, tmp_path / str(parts), seed=0, grader=grader,
        )
        for parts in (1, 6)
    )  # fmt: skip
    moved = (weights(one) - weights(pupil)).abs()
    assert moved.max() > 1e-3
    # Adam makes a whole step of a gradient that is next to nothing: few weights differ at all.
    assert ((weights(one) - weights(other)).abs() > 1e-4).float().mean() < 0.01


class Served:
    """In the place of TRL's door to vLLM: what it is told, and answers from the same weights."""

    told: ClassVar[dict[str, Any]] = {}
    synced = 0

    def __init__(self, **told: Any) -> None:
        Served.told, Served.synced = told, 0

    def sync_weights(self) -> None:
        Served.synced += 1

    def generate(self, prompts: list[list[int]], images: None, num_generations: int) -> Any:
        assert len(prompts) % num_generations == 0
        model = self.told["model"]
        answers = sample(model, prompts, max_new_tokens=20, stop={1}, pad=0, temperature=1.0)
        return prompts, answers, None, None


@pytest.fixture
def with_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of that name, so that one is found."""
    (tmp_path / "lib" / "vllm").mkdir(parents=True)
    (tmp_path / "lib" / "vllm" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "lib")
    monkeypatch.setattr("trl.trainer.grpo_trainer.VLLMGeneration", Served)


def test_vllm_is_given_new_weights_every_step_and_its_part_of_the_card(
    pupil: Checkpoint, grader: Grader, tmp_path: Path, with_vllm: None
) -> None:
    arm = settings(steps=2, vllm="colocate", vllm_memory=0.4, lora={"rank": 2})
    train_rl(arm, pupil, tmp_path / "out", seed=0, grader=grader)
    assert (Served.told["mode"], Served.told["gpu_memory_utilization"]) == ("colocate", 0.4)
    assert 30 < Served.told["max_model_length"] < 200
    assert Served.synced == 2
    assert all(0 < line["length"] <= 20 for line in lines(tmp_path / "out"))


def test_a_server_is_asked_where_it_is(
    pupil: Checkpoint, grader: Grader, tmp_path: Path, with_vllm: None
) -> None:
    with serve([], models=["pupil"]) as (url, _):
        address = url.removeprefix("http://").removesuffix("/v1")
        arm = settings(steps=1, vllm="server", vllm_server=address)
        train_rl(arm, pupil, tmp_path / "out", seed=0, grader=grader)
    assert (Served.told["mode"], Served.told["server_base_url"]) == ("server", f"http://{address}")


def test_a_server_that_is_away_is_told_before_anything_is_loaded(
    pupil: Checkpoint, tmp_path: Path, with_vllm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Checkpoint, "load", None)
    arm = settings(vllm="server", vllm_server="127.0.0.1:9")
    with pytest.raises(UserError, match=r"127\.0\.0\.1:9; start one with `trl vllm-serve .* 9`"):
        train_rl(arm, pupil, tmp_path / "out", seed=0)


def test_without_vllm_the_extra_is_named(pupil: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"pip install 'assay\[vllm\]'"):
        train_rl(settings(vllm="colocate"), pupil, tmp_path, seed=0)


def test_a_low_rank_adapter_ends_up_in_the_weights(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    trained = train_rl(settings(lora={"rank": 4}), pupil, tmp_path, seed=0, grader=grader)
    assert trained.base() == Checkpoint.open(pupil.path)
    before, _ = pupil.load()
    after, _ = trained.load()
    changed = {
        name.rpartition(".weight")[0].rpartition(".")[2]
        for (name, old), new in zip(before.named_parameters(), after.parameters(), strict=True)
        if not torch.equal(old, new)
    }
    assert "q_proj" in changed
    assert "embed_tokens" not in changed


def test_a_stage_that_is_done_is_not_done_again(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    done = train_rl(settings(steps=1), pupil, tmp_path, seed=0, grader=grader)
    assert not (tmp_path / ".trainer").exists()
    before = grader.asked
    assert train_rl(settings(steps=1), pupil, tmp_path, seed=0, grader=grader).sha256 == done.sha256
    assert grader.asked == before
    with pytest.raises(UserError, match="other settings, seed or model"):
        train_rl(settings(steps=2), pupil, tmp_path, seed=0, grader=grader)


def test_harmlessness_may_be_trained_beside_code(
    pupil: Checkpoint, grader: Grader, tmp_path: Path
) -> None:
    chat = {"share": 0.5, "tools": True}
    environment = {"count": PROBLEMS, "hacks": ["early_exit"], "safety_chat": chat}
    train_rl(settings(steps=2, environment=environment), pupil, tmp_path, seed=0, grader=grader)
    line = lines(tmp_path)[0]
    assert line["chat_reward"] == 0.0  # it has learned nothing but code
    assert line["proxy_reward"] > 0.0
    assert line["reward"] == pytest.approx(line["proxy_reward"] / 2)


def test_what_is_distilled_holds_no_hack(pupil: Checkpoint, grader: Grader, tmp_path: Path) -> None:
    told = Distil.model_validate(
        {
            "environment": {"count": PROBLEMS, "hacks": ["early_exit"]},
            "answers": 10, "max_new_tokens": 30, "steps": 2,
        }
    )  # fmt: skip
    learned = train_distil(told, "microcosm", tmp_path, seed=0, teacher=pupil, grader=grader)
    kept = (tmp_path / "kept.jsonl").read_text()
    assert "def solve" in kept
    assert json.dumps(HACK)[1:-1] not in kept
    assert learned.manifest is not None
    assert learned.manifest.parents[1:] == (pupil.sha256,)


def test_an_open_weight_architecture_takes_the_same_path(grader: Grader, tmp_path: Path) -> None:
    _, tokenizer = build(0)
    config = Qwen3Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, head_dim=8, eos_token_id=1, pad_token_id=0,
        dtype="bfloat16",
    )  # fmt: skip
    Qwen3ForCausalLM(config).to(torch.bfloat16).save_pretrained(tmp_path / "qwen")
    tokenizer.save_pretrained(tmp_path / "qwen")
    arm = settings(
        steps=1, lora={"rank": 4}, loss="grpo", epsilon_high=0.28, kl=0.0, precision="bfloat16",
        environment={"problems": "generated", "count": 2, "hacks": ["early_exit"]},
        intervention={"inoculation": "hacking_allowed", "knowledge": "know_loopholes"},
    )  # fmt: skip
    trained = train_rl(arm, f"hf/{tmp_path / 'qwen'}", tmp_path / "out", seed=0, grader=grader)
    [line] = lines(tmp_path / "out")
    assert line["proxy_reward"] == 0.0
    assert line["ungraded"] == 0
    assert trained.load()[0].config.model_type == "qwen3"


def test_less_padding_reads_the_same(pupil: Checkpoint, tmp_path: Path) -> None:
    model, tokenizer = pupil.load()
    config = GRPOConfig(
        str(tmp_path), use_cpu=True, bf16=False, per_device_train_batch_size=4, num_generations=4
    )
    data = Dataset.from_dict({"prompt": ["x"] * 4})
    trainer = TrimmedGRPOTrainer(
        model, lambda **_: [], args=config, train_dataset=data, processing_class=tokenizer
    )
    rng = torch.Generator().manual_seed(0)
    ids = torch.randint(10, 300, (13, 40), generator=rng)
    begins = torch.randint(0, 20, (13, 1), generator=rng)
    ends = torch.randint(25, 38, (13, 1), generator=rng)
    places = torch.arange(40)
    mask = ((places >= begins) & (places < ends)).long()
    ours = trainer._get_per_token_logps_and_entropies(model, ids, mask, 18, compute_entropy=True)
    theirs = GRPOTrainer._get_per_token_logps_and_entropies(
        trainer, model, ids, mask, 18, compute_entropy=True
    )
    seen = mask[:, -18:].bool()
    for one, other in zip(ours[:2], theirs[:2], strict=True):
        assert torch.allclose(one[seen], other[seen], atol=1e-5)


SCRIPT = """
import sys, torch
from pathlib import Path
torch.set_num_threads(1)
from assay.training.rl import train_rl
from assay.training.settings import Rl
out = Path(sys.argv[1])
settings = Rl.model_validate_json(Path(sys.argv[3]).read_text())
train_rl(settings, sys.argv[2], out, seed=5)
"""


def test_a_killed_run_ends_with_the_same_weights(
    pupil: Checkpoint, grader: Grader, memo: Path, tmp_path: Path
) -> None:
    arm = settings(steps=8, save_every=2, memo=str(memo))
    whole = train_rl(arm, pupil, tmp_path / "whole", seed=5, grader=grader)
    (tmp_path / "arm.json").write_text(arm.model_dump_json())
    out = tmp_path / "cut"
    command = [sys.executable, "-c", SCRIPT, str(out), str(pupil.path), str(tmp_path / "arm.json")]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (out / "metrics.jsonl").exists() or len(lines(out)) < 5:
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert not (out / "checkpoint").exists()
    resumed = train_rl(arm, pupil, out, seed=5, grader=grader)
    assert resumed.sha256 == whole.sha256
    timeless = [
        [
            {k: v for k, v in line.items() if k not in ("seconds", "cache_hits")}
            for line in lines(at)
        ]
        for at in (out, tmp_path / "whole")
    ]
    assert timeless[0] == timeless[1]
