from pathlib import Path

import pytest

from assay.errors import UserError
from assay.training.config import parse, read_job
from assay.training.settings import Documents, Rl


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kll": 1}, "Unknown setting 'kll'. Did you mean 'kl'?"),
        ({"kl": -1}, "'kl' should be greater than or equal to 0; it is -1."),
        ({"environment": {"hacks": ["early_exi"]}}, "Did you mean 'early_exit'?"),
        ({"intervention": {"detector": {"sens": 1}}}, "Did you mean 'sensitivity'?"),
        ([1], "expected keys with values, not [1]."),
    ],
)
def test_a_wrong_setting_is_named_with_the_choices(data: object, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(Rl, data, "study.yaml")
    assert str(caught.value).startswith("study.yaml: ")
    assert sentence in str(caught.value)


def test_shares_of_a_mixture_stay_below_the_whole() -> None:
    parts = [{"path": "a", "share": 0.6}, {"path": "b", "share": 0.6}]
    with pytest.raises(UserError, match="sum to more than 1"):
        parse(Documents, {"mixture": parts}, "f")


def test_a_config_describes_the_stage_that_was_asked_for(tmp_path: Path) -> None:
    config = tmp_path / "train.yaml"
    config.write_text("model: microcosm\nout: x\nrl: {steps: 3}\n")
    assert read_job(config, "rl").rl == Rl(steps=3)
    with pytest.raises(UserError, match="it has rl"):
        read_job(config, "sft")


def test_a_server_is_named_where_there_is_one_and_changes_no_other_stage() -> None:
    with pytest.raises(UserError, match="alone"):
        parse(Rl, {"vllm_server": "node:8000"}, "f")
    with pytest.raises(UserError, match="vllm_server"):
        parse(Rl, {"vllm": "server", "vllm_server": "http://node"}, "f")
    assert not {"vllm_server", "vllm_memory"} & set(Rl().model_dump())
    told = Rl(vllm="server", vllm_server="node:8000").model_dump()
    assert Rl.model_validate(told).vllm_server == "node:8000"
