"""A checkpoint: a Hugging Face model directory with a manifest of where it comes from.

Every stage of training takes one and gives one (`training.checkpoint` writes them), and audits open
the same. Torch is imported where weights are read, not before.
"""

import hashlib
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from pydantic import BaseModel, ConfigDict, ValidationError

import assay
from assay.errors import UserError, unknown
from assay.extra import require, without_bars
from assay.manifest import FILE

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Stage = Literal["init", "documents", "sft", "rl"]

FRESH = "microcosm"
SHIPPED = "microcosm/base"
ADAPTER = "adapter"  # beside merged weights: the low-rank adapter that was merged
_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_PATIENCE = 20.0  # seconds for the hub to answer
_BLOCK = 1 << 20


class Origin(BaseModel):
    """What `manifest.json` of a checkpoint says.

    Attributes:
        step: Optimiser steps of the stage that wrote it.
        parents: `sha256` of the checkpoints that it was made from.
        data_sha: Of what it was trained on, in the order in which it was seen.
        settings: Of the stage, all of them.
        seed: Of the stage.
        base: Address of the first parent, where `adapter/` holds an adapter on it.
        measured: What the stage found out: supervised tokens, shares of a mixture, and the like.
        sha256: Of the weights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["checkpoint"] = "checkpoint"
    stage: Stage
    step: int
    parents: tuple[str, ...] = ()
    data_sha: str | None = None
    settings: dict[str, Any] = {}
    seed: int
    base: str | None = None
    measured: dict[str, Any] = {}
    versions: dict[str, str]
    git_revision: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model that a stage can begin with.

    Attributes:
        name: As it was asked for.
        path: Its directory; None for a model of the hub and for fresh weights.
        manifest: Where it comes from; None if nobody recorded that.
        sha256: Of the weights. Fresh weights and hub models have that of their name.
        seed: Of fresh weights.
    """

    name: str
    path: Path | None
    manifest: Origin | None
    sha256: str
    seed: int = 0

    @classmethod
    def open(cls, name: str | Path, *, seed: int = 0) -> Self:
        """Find a model by name; reads no weights into memory.

        Args:
            name: `microcosm` (fresh random weights from `seed`), `microcosm/base` (the checkpoint
                that ships with Assay), the directory of a checkpoint or of a stage, `hf/DIR` (a
                Hugging Face directory taken as it is), or a model of the hub (`Qwen/Qwen3-4B`).

        Raises:
            UserError: There is none, or it is a directory without a manifest.
        """
        text = str(name)
        if text == FRESH:
            return cls(text, None, None, _digest(f"{text}:{seed}"), seed)
        if text == SHIPPED:
            path = Path(assay.__file__).parent / "microcosm" / "base"
            return cls._in(path, text)
        if text.startswith("hf/") and (path := Path(text[3:])).is_dir():
            return cls._plain(path, text)
        path = Path(name)
        if path.is_dir():
            return cls._in(path / "checkpoint" if (path / "checkpoint").is_dir() else path, text)
        if _looks_like_a_path(text):
            raise UserError(f"There is no checkpoint {text!r}: no such directory.")
        if not _HUB.fullmatch(text) or text.startswith(f"{FRESH}/"):
            hint = "Or a checkpoint's directory, hf/DIR, or a hub model such as Qwen/Qwen3-4B."
            raise unknown("model", text, (FRESH, SHIPPED), hint)
        return cls(text, None, None, _digest(text))

    @property
    def address(self) -> str:
        """A name that opens it from any working directory."""
        if self.path is None:
            return self.name
        return ("" if self.manifest else "hf/") + str(self.path.resolve())

    def base(self) -> "Checkpoint | None":
        """What its adapter was trained on; None if it has none, or if that is not there any more.

        A base that has moved or changed does not count: the merged weights are whole without it.
        """
        manifest = self.manifest
        if self.path is None or manifest is None or manifest.base in (None, FRESH):
            return None
        try:
            found = Checkpoint.open(str(manifest.base))
        except UserError:
            return None
        return found if found.sha256 == manifest.parents[0] else None

    def reach(self) -> None:
        """Return if it can be had; nothing of a hub model is fetched.

        Raises:
            UserError: The hub does not have it, or cannot be reached.
        """
        if self.path is not None or self.name == FRESH:
            return
        require("huggingface_hub")
        from huggingface_hub import model_info, try_to_load_from_cache

        if isinstance(try_to_load_from_cache(self.name, "config.json"), str):
            return
        _from_cache_alone(self.name)
        try:
            model_info(self.name, timeout=_PATIENCE)
        except Exception as error:
            raise self._out_of_reach(error) from error

    def _out_of_reach(self, error: Exception) -> UserError:
        first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        what = "load the checkpoint" if self.path else "get the model"
        hint = "" if self.path else "; check its name and the network, or give a directory"
        return UserError(f"Cannot {what} {self.name!r}: {first.rstrip('.:')}{hint}.")

    @classmethod
    def _in(cls, path: Path, name: str) -> Self:
        if not (path / FILE).exists():
            hint = ""
            if (path / "config.json").exists():
                hint = f"; to take it as a plain Hugging Face model, write hf/{path}"
            raise UserError(f"{str(path)!r} is no checkpoint of Assay: it has no {FILE}{hint}.")
        try:
            manifest = Origin.model_validate_json((path / FILE).read_text("utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise UserError(f"{path / FILE} is not the manifest of a checkpoint.") from error
        return cls(name, path, manifest, manifest.sha256)

    @classmethod
    def _plain(cls, path: Path, name: str) -> Self:
        if not (path / "config.json").exists():
            raise UserError(f"{str(path)!r} is no Hugging Face model: it has no config.json.")
        return cls(name, path, None, weights_sha(path))

    def load(self, **options: Any) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        """The weights and the tokenizer, in memory.

        Args:
            options: For `from_pretrained`: `dtype`, `device_map`, `attn_implementation`.

        Raises:
            UserError: No torch, a model that the hub does not have or that cannot be reached, or
                files that are no model.
        """
        require("torch", "transformers")
        without_bars()
        if self.name == FRESH:
            from assay.microcosm.model import build

            return build(self.seed)
        from safetensors import SafetensorError

        source = str(self.path or self.name)
        try:
            if self.path is None and _from_cache_alone(source):
                options = {**options, "local_files_only": True}
            return _pair(source, options)
        except (OSError, ValueError, SafetensorError) as error:
            raise self._out_of_reach(error) from error


def _pair(
    source: str, options: dict[str, Any]
) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = {"local_files_only": True} if options.get("local_files_only") else {}
    tokenizer = AutoTokenizer.from_pretrained(source, **where)
    return AutoModelForCausalLM.from_pretrained(source, **{"dtype": "auto", **options}), tokenizer


def _from_cache_alone(name: str) -> bool:
    """Whether a hub model must come from the cache: transformers tries for a minute before it says.

    Raises:
        UserError: It is not there either.
    """
    from huggingface_hub import constants, try_to_load_from_cache

    address = urlsplit(constants.ENDPOINT)
    if getproxies() or address.hostname is None:
        return False  # who can be reached through a proxy shows in trying
    try:
        socket.create_connection((address.hostname, address.port or 443), timeout=10).close()
    except OSError:
        if isinstance(try_to_load_from_cache(name, "config.json"), str):
            return True
        raise UserError(
            f"Cannot get the model {name!r}: the hub cannot be reached and the cache does not have "
            "it; check the network, or give a directory."
        ) from None
    return False


def weights_sha(directory: Path) -> str:
    """The sha256 of `model.safetensors`; of a model in parts, that of the parts' sums in order.

    Raises:
        UserError: There are no such weights.
    """
    parts = sorted(directory.glob("model*.safetensors"))
    if not parts:
        raise UserError(f"{str(directory)!r} holds no weights: it has no model.safetensors.")
    sums = [_file_digest(part) for part in parts]
    return sums[0] if len(sums) == 1 else _digest("".join(sums))


def _looks_like_a_path(name: str) -> bool:
    return name.startswith(("/", "./", "../", "~", "hf/")) or name.count("/") > 1


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _file_digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
