"""Cards as a program in the place of `nvidia-smi` tells of them."""

from pathlib import Path

import pytest

from assay.execution import gpus, probe

H200 = "NVIDIA H200, 143771 MiB, 570.86.15, 9.0"
HEADER = "| NVIDIA-SMI 570.86.15   Driver Version: 570.86.15   CUDA Version: 12.8 |"


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a program on PATH that lists these cards."""

    def put(*lines: str, status: int = 0) -> None:
        text = "\n".join(lines)
        program = tmp_path / "nvidia-smi"
        program.write_text(
            f"#!/bin/sh\n[ $# = 0 ] && echo '{HEADER}' && exit\necho '{text}'\nexit {status}\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return put


def checks() -> dict[str, list[probe.Check]]:
    found = probe._gpu()
    return {check.name: [one for one in found if one.name == check.name] for check in found}


def test_cards_are_told_with_what_can_use_them(says, monkeypatch):
    says(H200, H200)
    monkeypatch.setattr(gpus, "torch_sees", lambda: ("torch 2.13.0, CUDA 12.8", 2))
    found = checks()
    assert found["GPU"][0].detail == (
        "2 x NVIDIA H200 140 GiB, driver 570.86.15, CUDA 12.8, bfloat16"
    )
    assert found["torch on GPU"][0].detail == "torch 2.13.0, CUDA 12.8: 2 of 2 usable"
    assert "assay[vllm]" in found["vLLM"][0].remedy
    small, large = found["settings"]
    assert small.detail.startswith(
        "Qwen3-0.6B: RL of 128 x 1024 tokens, LoRA in 4 parts (vLLM 17%)"
    )
    assert large.detail.endswith("audit of 103 runs at once")


def test_a_torch_that_sees_no_card_is_warned_of(says):
    says(H200)
    (check,) = checks()["torch on GPU"]
    assert check.state == "warning"
    assert "none of 1 usable" in check.detail
    assert "12.8" in check.remedy


def test_cards_that_differ_are_all_named(says, monkeypatch):
    says(H200, "Tesla T4, 15360 MiB, 570.86.15, 7.5")
    monkeypatch.setattr(gpus, "torch_sees", lambda: ("torch", 2))
    assert "NVIDIA H200 140 GiB, Tesla T4 15 GiB" in checks()["GPU"][0].detail
    assert not gpus.find().gpus[1].has_bfloat16


def test_memory_that_is_not_told_gives_no_advice(says, monkeypatch):
    says("NVIDIA GB10, [N/A], 580.95, 12.1")
    monkeypatch.setattr(gpus, "torch_sees", lambda: ("torch", 1))
    found = checks()
    assert found["GPU"][0].detail.startswith("NVIDIA GB10, driver 580.95")
    assert "settings" not in found


@pytest.mark.parametrize(
    "odd",
    [
        "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.",
        'Field "compute_cap" is not a valid field to query.',
        "No devices were found",
        "",
        "a, b, c",
    ],
)
def test_odd_words_are_passed_on(says, odd: str):
    says(odd, status=9)
    (check,) = probe._gpu()
    assert check.state == "warning"
    assert check.detail == f"nvidia-smi says: {odd or 'nothing'}"


def test_without_a_card_one_line_says_what_works(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (check,) = probe._gpu()
    assert (check.state, check.detail.partition(":")[0]) == ("ok", "none")


def test_a_torch_that_breaks_breaks_nothing_else(monkeypatch):
    monkeypatch.setattr(gpus, "_SEES", "import os; os.abort()")
    assert gpus.torch_sees() == ("torch does not start", 0)
