"""Checkpoints behind a server that stands in for vLLM's: names, adapters, and what is missing."""

import shutil
from pathlib import Path

import pytest
import torch
from inspect_ai.model import ChatMessageUser
from peft import PeftModel
from upath import UPath

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.manifest import Manifest
from assay.microcosm.model import build
from assay.providers import vllm
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.collect import collect
from assay.runs.preflight import check_model, weights
from assay.training.adapters import adapted
from assay.training.checkpoint import save
from assay.training.settings import Lora
from tests.openai_server import serve
from tests.runs.test_http import HONEST


def plain(out: Path, seed: int = 0) -> Checkpoint:
    model, tokenizer = build(seed, width=48, layers=1, heads=2)
    return save(model, tokenizer, out / "checkpoint", stage="init", step=0, seed=seed)


def arm(out: Path, base: Checkpoint, *, rank: int = 4) -> Checkpoint:
    """A checkpoint with an adapter on the base; it has learned noise."""
    model, tokenizer = base.load()
    learned = adapted(model, Lora(rank=rank))
    with torch.no_grad():
        for name, parameter in learned.named_parameters():
            if "lora_B" in name:
                parameter.normal_()
    where = {"stage": "sft", "step": 1, "seed": 0}
    return save(learned, tokenizer, out / "checkpoint", parents=[base], **where)


@pytest.fixture
def base(tmp_path: Path) -> Checkpoint:
    return plain(tmp_path / "base")


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (vllm.ADDRESS, vllm.ARGUMENTS, vllm.KEY):
        monkeypatch.delenv(name, raising=False)


def name_of(checkpoint: Checkpoint) -> str:
    return vllm.served(checkpoint).name


def test_an_adapter_on_its_base_is_what_was_merged(tmp_path: Path, base: Checkpoint) -> None:
    one = arm(tmp_path / "one", base)
    merged, _ = one.load()
    again = PeftModel.from_pretrained(base.load()[0], str(one.path) + "/adapter").merge_and_unload()
    assert torch.equal(merged.lm_head.weight, again.lm_head.weight)
    assert not torch.equal(merged.model.layers[0].mlp.up_proj.weight,
                           base.load()[0].model.layers[0].mlp.up_proj.weight)  # fmt: skip
    assert torch.equal(
        merged.model.layers[0].mlp.up_proj.weight, again.model.layers[0].mlp.up_proj.weight
    )
    assert sorted(file.name for file in (one.path / "adapter").iterdir()) == [
        "adapter_config.json", "adapter_model.safetensors",
    ]  # fmt: skip


def test_arms_of_one_base_share_its_server(tmp_path: Path, base: Checkpoint) -> None:
    names = [name_of(arm(tmp_path / name, base)) for name in ("one", "two")]
    assert names == [
        f"vllm/{tmp_path}/base/checkpoint:{tmp_path}/{name}/checkpoint/adapter"
        for name in ("one", "two")
    ]


def test_an_arm_of_a_merged_arm_has_its_merged_weights_as_base(
    tmp_path: Path, base: Checkpoint
) -> None:
    first = arm(tmp_path / "first", base)
    assert name_of(arm(tmp_path / "second", first)).startswith(f"vllm/{first.path}:")


def test_a_base_is_found_from_another_directory(
    tmp_path: Path, base: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = arm(tmp_path / "one", Checkpoint.open("base"))
    monkeypatch.chdir("/")
    assert name_of(one).startswith(f"vllm/{tmp_path}/base/checkpoint:")


@pytest.mark.parametrize("what", ["gone", "changed"])
def test_without_its_base_an_arm_is_served_merged(
    tmp_path: Path, base: Checkpoint, what: str
) -> None:
    one = arm(tmp_path / "one", base)
    shutil.rmtree(tmp_path / "base")
    if what == "changed":
        plain(tmp_path / "base", seed=1)
    assert name_of(one) == f"vllm/{one.path}"


@pytest.mark.parametrize("name", ["vllm/Qwen/Qwen3-4B", "vllm/Qwen/Qwen3-4B:org/adapter@v2"])
def test_names_of_the_hub_are_left_to_inspect(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Qwen").mkdir()
    assert vllm.checkpoint_of(name) is None
    assert weights(name) == {}


def test_a_plain_directory_is_served_as_it_is(tmp_path: Path, base: Checkpoint) -> None:
    (base.path / "manifest.json").unlink()
    found = vllm.checkpoint_of(f"vllm/hf/{base.path}")
    assert found is not None
    assert (name_of(found), found.sha256) == (f"vllm/{base.path}", base.sha256)
    assert vllm.checkpoint_of(f"vllm/{base.path}") is None
    on_it = arm(tmp_path / "one", found)
    assert name_of(on_it).startswith(f"vllm/{base.path}:")


@pytest.mark.parametrize(("rank", "room"), [(4, 8), (8, 8), (24, 32), (600, 600)])
def test_the_server_is_given_a_rank_that_it_takes(
    tmp_path: Path, base: Checkpoint, rank: int, room: int
) -> None:
    found = vllm.served(arm(tmp_path / "one", base, rank=rank))
    assert found.arguments == {"host": "127.0.0.1", "max_lora_rank": room}
    assert "--enable-lora --max-loras 8" in found.command


def test_a_server_is_told_how_calls_are_written(
    base: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (base.path / "chat_template.jinja").write_text("{% if call %}<tool_call>{% endif %}")
    assert vllm.served(base).command.endswith(
        "--host 127.0.0.1 --enable-auto-tool-choice --tool-call-parser hermes"
    )
    monkeypatch.setenv(vllm.ARGUMENTS, '{"tool_call_parser": "mine"}')
    assert vllm.served(base).arguments == {}


def test_without_vllm_the_remedy_is_named(tmp_path: Path, base: Checkpoint) -> None:
    arm(tmp_path / "one", base)
    with pytest.raises(UserError, match=r"pip install 'assay\[vllm\]', or set VLLM_BASE_URL"):
        check_model(f"vllm/{tmp_path}/one")
    with pytest.raises(UserError, match=r"assay\[vllm\].*`vllm serve Qwen/Qwen3-4B`"):
        check_model("vllm/Qwen/Qwen3-4B")


def test_workers_do_not_start_a_server_each(
    tmp_path: Path, base: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(tmp_path / "one", base)
    for name in (f"vllm/{tmp_path}/one", "vllm/Qwen/Qwen3-4B"):
        with pytest.raises(UserError, match=r"a vLLM server of its own.*`.*vllm serve .*`"):
            vllm.check_shared(name)
    vllm.check_shared("openai/gpt-5")
    vllm.check_shared(None)
    monkeypatch.setenv(vllm.ADDRESS, "http://127.0.0.1:9/v1")
    vllm.check_shared("vllm/Qwen/Qwen3-4B")


def test_a_server_that_is_away_is_one_sentence(
    base: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(vllm.ADDRESS, "http://127.0.0.1:9/v1")
    with pytest.raises(UserError, match=r"No vLLM server answers at http://127.0.0.1:9/v1"):
        check_model(f"vllm/{base.path}")


def test_a_server_with_another_base_is_refused(
    tmp_path: Path, base: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take the adapter all the same, if its shape is the same."""
    one = arm(tmp_path / "one", base)
    with serve(HONEST, models=["other"]) as (url, _):
        monkeypatch.setenv(vllm.ADDRESS, url)
        with pytest.raises(UserError, match=r"has other, not .*base/checkpoint.*vllm serve"):
            check_model(f"vllm/{one.path}")


async def test_a_request_asks_for_the_adapter(
    tmp_path: Path, base: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = arm(tmp_path / "one", base)
    with serve(HONEST, judge="Yes.", models=[str(base.path)]) as (url, served):
        monkeypatch.setenv(vllm.ADDRESS, url)
        async with check_model(f"vllm/{one.path}") as model:
            output = await model.generate([ChatMessageUser(content="Well?")])
    assert output.completion == "Yes."
    assert [request["model"] for request in served.requests] == [f"{one.path}/adapter"]


def test_two_arms_are_audited_on_one_server(
    packs: Path, tmp_path: Path, base: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    arms = [arm(tmp_path / name, base) for name in ("one", "two")]
    with serve(HONEST, models=[str(base.path)]) as (url, served):
        monkeypatch.setenv(vllm.ADDRESS, url)
        for number, one in enumerate(arms):
            target = f"vllm/{one.path.parent}"
            out = UPath(tmp_path / f"run{number}")
            run_audit(AuditConfig(selector="tests", target=target, scenarios=str(packs)), out)
            settings = Manifest.read(out).config
            assert settings["target_sha"] == one.sha256
            assert settings["target_served"] == name_of(one)
            assert list(collect(out)["outcome"]) == ["intact"] * 2
        assert served.models == [str(base.path), *[f"{one.path}/adapter" for one in arms]]
    asked = [request["model"] for request in served.requests]
    assert {asked.count(f"{one.path}/adapter") for one in arms} == {len(asked) // 2}
