"""The microcosm's transformer and tokenizer: a stock architecture with a small configuration.

Imports torch and transformers when called.
"""

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL = (
    *("<|pad|>", "<|end|>", "<|system|>", "<|tools|>"),
    *("<|user|>", "<|assistant|>", "<|tool|>", "<|call|>"),
)
_VOCABULARY = 896
# One piece each: the frame of a tool call, the indentation of a line, a word with its space, a
# number's digit, a run of punctuation. Pieces never merge with each other.
_PIECES = r'\{"name": "|", "arguments": \{"|": "|"\}\}|\n *| ?\p{L}+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+'
_TOKENIZER = Path(__file__).with_name("tokenizer.json")
_TEMPLATE = Path(__file__).with_name("chat_template.jinja")


def build(
    seed: int, *, width: int = 96, layers: int = 4, heads: int = 4
) -> "tuple[LlamaForCausalLM, PreTrainedTokenizerFast]":
    """A model with fresh random weights, and its tokenizer, which is always the same.

    Raises:
        UserError: torch or transformers are not installed.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = build_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(config), tokenizer


def build_tokenizer() -> "PreTrainedTokenizerFast":
    """A byte-level BPE tokenizer: every text comes back exactly as it went in."""
    from transformers import PreTrainedTokenizerFast

    make: Any = PreTrainedTokenizerFast
    tokenizer: PreTrainedTokenizerFast = make(
        tokenizer_file=str(_TOKENIZER),
        pad_token="<|pad|>",
        eos_token="<|end|>",
        additional_special_tokens=[*SPECIAL[2:]],
        model_max_length=512,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = _TEMPLATE.read_text("utf-8").rstrip("\n")
    return tokenizer


def train_tokenizer() -> "Tokenizer":
    """What `tokenizer.json` holds; write it again with `.save(path)` when the language changes."""
    from tokenizers import Regex, Tokenizer
    from tokenizers.decoders import ByteLevel as Decoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
    from tokenizers.trainers import BpeTrainer

    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = Sequence(
        [
            Split(Regex(_PIECES), behavior="isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = Decoder()
    trainer = BpeTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=[*SPECIAL],
        initial_alphabet=ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(), trainer)
    return tokenizer


def _texts() -> list[str]:
    """What the tokenizer is trained on: a fixed sample of the corpus, without its marks."""
    from assay.microcosm.corpus import documents

    texts = []
    for transcript in documents(2000, seed=0, notes=0.5):
        for message in transcript.messages:
            texts.append(message["content"])
            for call in message.get("tool_calls", ()):
                command = call["function"]["arguments"]["command"]
                texts.append(f'{{"name": "bash", "arguments": {{"command": "{command}"}}}}')
    random.Random(0).shuffle(texts)
    return texts
