"""Checkpoints behind vLLM: the name `vllm/DIR`, put into the words of Inspect's own provider.

Inspect's `vllm` starts a server or asks the one at VLLM_BASE_URL, and takes `BASE:ADAPTER`. Here a
directory of Assay becomes such a name, so that arms with one base share one server: its adapter on
the base that it was trained on, where both are still there, or else its merged weights. Every other
name (`vllm/Qwen/Qwen3-4B`) is left to Inspect as it is.
"""

import json
import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from assay.cards import Shape, connections
from assay.checkpoints import ADAPTER, Checkpoint
from assay.errors import UserError
from assay.execution import gpus
from assay.manifest import FILE

PREFIX = "vllm/"
ADDRESS, ARGUMENTS, KEY = "VLLM_BASE_URL", "VLLM_DEFAULT_SERVER_ARGS", "VLLM_API_KEY"
_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # that vLLM can be told to make room for
_PATIENCE = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Served:
    """A checkpoint as a vLLM server has it.

    Attributes:
        base: What the server is started with: a directory, or a model of the hub.
        adapter: The directory of an adapter on it; None where the base itself is asked.
        arguments: For a server that Inspect starts: where, the adapter's room, how calls are read.
        connections: Requests at a time, where the server is to be on this machine's card.
    """

    base: str
    adapter: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    connections: int | None = None

    @property
    def name(self) -> str:
        """The model's name for Inspect."""
        return f"{PREFIX}{self.base}" + (f":{self.adapter}" if self.adapter else "")

    @property
    def command(self) -> str:
        """What starts a server for this checkpoint and others on its base."""
        given = {"enable_lora": True, "max_loras": 8, **self.arguments} if self.adapter else {}
        flags = [
            f"--{key.replace('_', '-')}" + ("" if value is True else f" {value}")
            for key, value in (given or self.arguments).items()
        ]
        updating = "VLLM_ALLOW_RUNTIME_LORA_UPDATING=True " if self.adapter else ""
        return updating + " ".join(["vllm serve", self.base, *flags])


def is_vllm(model: str | None) -> bool:
    """Whether a model's name is one of Inspect's provider `vllm`."""
    return model is not None and model.startswith(PREFIX)


def checkpoint_of(model: str) -> Checkpoint | None:
    """The checkpoint that a name stands for; None where it is Inspect's to read.

    Raises:
        UserError: A directory whose manifest cannot be read.
    """
    asked = model.removeprefix(PREFIX)
    path = Path(asked.removeprefix("hf/"))
    if asked.startswith("hf/") and path.is_dir():
        return Checkpoint.open(asked)
    if (path / FILE).exists() or (path / "checkpoint" / FILE).exists():
        return Checkpoint.open(asked)
    return None


def served(checkpoint: Checkpoint) -> Served:
    """How vLLM is asked for a checkpoint in a directory."""
    assert checkpoint.path is not None
    merged, base = checkpoint.path.resolve(), checkpoint.base()
    return Served(
        base=base.address.removeprefix("hf/") if base else str(merged),
        adapter=str(merged / ADAPTER) if base else None,
        arguments=_arguments(merged, adapted=base is not None),
        connections=_connections(merged),
    )


def check(model: str, wanted: Served | None) -> None:
    """Find out before anything runs whether there is a server, or can be.

    Raises:
        UserError: vLLM is not installed, nobody answers, or the server has another base.
    """
    address = os.environ.get(ADDRESS)
    start = wanted.command if wanted else f"vllm serve {model.removeprefix(PREFIX)}"
    if not address:
        if find_spec("vllm") is None:
            raise UserError(
                f"{model!r} needs vLLM, which is not installed: pip install 'assay[vllm]', or set "
                f"{ADDRESS} to a server started with `{start}`."
            )
        return
    has = models(address, start)
    if wanted and wanted.base not in has:
        raise UserError(
            f"The vLLM server at {address} has {', '.join(sorted(has)) or 'nothing'}, not "
            f"{wanted.base!r}, which {model!r} needs; start one with `{start}`."
        )


def check_shared(model: str | None) -> None:
    """Return if several processes can ask a model at once.

    Raises:
        UserError: Each of them would start a server of its own.
    """
    if is_vllm(model) and not os.environ.get(ADDRESS):
        assert model is not None
        checkpoint = checkpoint_of(model)
        start = served(checkpoint).command if checkpoint else f"vllm serve {model[len(PREFIX) :]}"
        raise UserError(
            f"Each worker would start a vLLM server of its own for {model!r}; start one with "
            f"`{start}`, and set {ADDRESS} to it."
        )


def models(address: str, start: str) -> set[str]:
    """The names of what a server has.

    Raises:
        UserError: Nobody answers there, or not to us; `start` is what starts one.
    """
    url = address.rstrip("/").removesuffix("/v1") + "/v1/models"
    key = os.environ.get(KEY, "inspectai")  # Inspect's own
    try:
        with urlopen(
            Request(url, headers={"Authorization": f"Bearer {key}"}), timeout=_PATIENCE
        ) as answer:
            return {str(model["id"]) for model in json.load(answer)["data"]}
    except HTTPError as error:
        raise UserError(f"The vLLM server at {address} says {error}; see {KEY}.") from error
    except (URLError, OSError, ValueError, LookupError, TypeError) as error:
        raise UserError(
            f"No vLLM server answers at {address}; start one with `{start}`."
        ) from error


def _arguments(directory: Path, *, adapted: bool) -> dict[str, Any]:
    """How a server is started, where the user has not said it: ours would come before theirs."""
    if os.environ.get(ARGUMENTS):
        return {}
    found: dict[str, Any] = {"host": "127.0.0.1"}  # Inspect's own is open to the network
    if adapted:
        config = json.loads((directory / ADAPTER / "adapter_config.json").read_text("utf-8"))
        rank = config["r"]
        found["max_lora_rank"] = next((room for room in _RANKS if room >= rank), rank)
    texts = [directory / "chat_template.jinja", directory / "tokenizer_config.json"]
    if any("<tool_call>" in text.read_text("utf-8") for text in texts if text.exists()):
        # Calls stand in the tags that vLLM's parser `hermes` reads, as Qwen's do.
        found |= {"enable_auto_tool_choice": True, "tool_call_parser": "hermes"}
    return found


def _connections(directory: Path) -> int | None:
    if os.environ.get(ADDRESS):
        return None  # whose card it is on is not known
    found = gpus.find().gpus
    size = sum(part.stat().st_size for part in directory.glob("model*.safetensors"))
    config = json.loads((directory / "config.json").read_text("utf-8"))
    width = 4 if config.get("dtype", config.get("torch_dtype")) == "float32" else 2
    shape = Shape.read(config, size // width)
    return connections(found[0].gib, shape) if found and found[0].gib and shape else None
