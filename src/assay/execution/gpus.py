"""The GPUs of this machine, as `nvidia-smi` tells of them, and what torch sees of them.

Neither is imported into this process: a driver that is broken takes down nothing but its program.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from assay.cards import QWEN3, Batch, Plan, connections, plan

_QUERY = ("name", "memory.total", "driver_version", "compute_cap")
_BFLOAT16 = 8.0  # compute capability, Ampere's
_SEES = "import torch; print(torch.__version__, torch.version.cuda, torch.cuda.device_count())"
_STEP = Batch(answers=128, prompt=512, new=1024)
_RANK = 32


@dataclass(frozen=True, slots=True)
class Gpu:
    """A card; `gib` is None where the driver does not tell."""

    name: str
    gib: float | None
    driver: str
    capability: float

    @property
    def has_bfloat16(self) -> bool:
        """Whether it computes in bfloat16."""
        return self.capability >= _BFLOAT16


@dataclass(frozen=True, slots=True)
class Found:
    """What `nvidia-smi` says. `trouble`: its words, where they are no list of cards."""

    gpus: tuple[Gpu, ...] = ()
    cuda: str | None = None
    trouble: str = ""


def find() -> Found:
    """Ask `nvidia-smi`; without the program there is no card."""
    if shutil.which("nvidia-smi") is None:
        return Found()
    text = _said(["nvidia-smi", f"--query-gpu={','.join(_QUERY)}", "--format=csv,noheader"])
    gpus = [_read(line) for line in text.splitlines()]
    known = tuple(gpu for gpu in gpus if gpu)
    if not known or None in gpus:
        return Found(trouble=" ".join(text.split())[:120] or "nothing")
    version = re.search(r"CUDA[\w ]* Version: *([\d.]+)", _said(["nvidia-smi"]))
    return Found(known, version and version[1])


def torch_sees() -> tuple[str, int]:
    """Torch's version with that of its CUDA, and how many cards it can use. Takes seconds."""
    words = _said([sys.executable, "-c", _SEES], seconds=120).split()
    if len(words) != 3 or not words[2].isdigit():
        return "torch does not start", 0
    release, cuda, count = words
    return f"torch {release}, " + ("no CUDA" if cuda == "None" else f"CUDA {cuda}"), int(count)


def advice(gib: float) -> list[str]:
    """What RL and vLLM would be told on such a card, a line for each size of model."""
    lines = []
    for name, shape in QWEN3.items():
        lora = plan(gib, shape, _STEP, rank=_RANK, colocated=True)
        whole = plan(gib, shape, _STEP, rank=None, reference=True, colocated=True)
        lines.append(
            f"Qwen3-{name}: RL of {_STEP.answers} x {_STEP.new} tokens, LoRA {_in_words(lora)}, "
            f"all weights {_in_words(whole)}; audit of {connections(gib, shape)} runs at once"
        )
    return lines


def _in_words(found: Plan) -> str:
    if not found.fits or found.share is None:
        return "does not fit"
    return f"in {found.parts} parts (vLLM {found.share:.0%})"


def _read(line: str) -> Gpu | None:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != len(_QUERY):
        return None
    name, memory, driver, capability = parts
    mebibytes = re.match(r"(\d+) MiB", memory)
    number = re.fullmatch(r"\d+\.\d+", capability)
    gib = int(mebibytes[1]) / 1024 if mebibytes else None
    return Gpu(name, gib, driver, float(capability) if number else 0.0)


def _said(command: list[str], seconds: float = 15) -> str:
    """What a command prints, if it succeeds or not; nothing where it cannot run."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
