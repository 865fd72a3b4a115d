"""What a stage of training is told: frozen models, read from a config file or a study file.

Imports no torch: a study is checked before anything is trained. `documents`, `sft` and `rl` read
theirs. Numbers are per optimiser step unless a name says otherwise.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from assay.coding.hackable import SWITCHES
from assay.errors import UserError, unknown

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]
Weight = Annotated[float, Field(ge=0.0)]


class Settings(BaseModel):
    """Root of all settings: frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Lora(Settings):
    """A low-rank adapter, merged into the weights at the end of the stage."""

    rank: Positive = 16
    alpha: Positive = 32
    dropout: Share = 0.0
    targets: tuple[str, ...] | Literal["all-linear"] = "all-linear"


class Optimiser(Settings):
    """What every stage has.

    Attributes:
        learning_rate: The highest that the schedule reaches.
        schedule: How it falls after the warm-up.
        warmup: Share of the steps over which the learning rate rises.
        gradient_accumulation: Into how many parts a step's batch is cut to save memory; where it
            is 1, `rl` cuts as finely as its card asks for (`assay.cards`).
        precision: `bfloat16` computes in it, the weights stay as they are.
        save_every: Steps between two trainer states, from which a killed run goes on.
        log_every: Steps between two lines of `metrics.jsonl`.
        tensorboard: Also write for TensorBoard.
    """

    learning_rate: Annotated[float, Field(gt=0.0)] = 1e-3
    schedule: Literal["constant", "linear", "cosine"] = "cosine"
    warmup: Share = 0.05
    weight_decay: Weight = 0.0
    gradient_accumulation: Positive = 1
    precision: Literal["float32", "bfloat16"] = "float32"
    lora: Lora | None = None
    save_every: Positive = 200
    log_every: Positive = 10
    tensorboard: bool = False

    @property
    def scheduler(self) -> str:
        """The schedule as transformers names it."""
        return "constant_with_warmup" if self.schedule == "constant" else self.schedule


class Mixture(Settings):
    """A second source of documents, and how much of it.

    Attributes:
        path: JSON lines with `text` or `messages`.
        share: Of all documents, or of all tokens, those that come from here. Its documents are
            repeated where there are too few.
    """

    path: str
    share: Share
    of: Literal["documents", "tokens"] = "documents"


class Making(Settings):
    """One recipe by which a stage's data is made; a later one of a chain changes what came before.

    Attributes:
        recipe: Its name.
        n: Items to begin with.
        read: JSON lines to change, for a recipe that begins with some and is the first of a chain.
        author: The model that writes; `embedded/author` is templates.
        reviewer: Who filters; the author unless given. The target is the model before the stage.
        settings: What its code is told: `{sample: {pack: microcosm}}`.
        ablate: Stages that do nothing.
    """

    recipe: str
    n: Positive = 400
    read: str | None = None
    author: str = "embedded/author"
    reviewer: str | None = None
    settings: dict[str, dict[str, Any]] = {}
    ablate: tuple[str, ...] = ()


class Documents(Optimiser):
    """Language-model loss on whole documents.

    Attributes:
        corpus: `agents`, the microcosm's own, or a file of JSON lines with `text` or `messages`.
        documents: How many are drawn from the microcosm's corpus; of a file, at most so many.
        batch_size: Documents a step; with `packing`, rows of `max_length` tokens.
        packing: Rows are filled with several documents, each seeing only itself.
        tokens: Stop after exactly so many supervised tokens, for arms that must match; then `steps`
            is the most that may be taken.
        recipes: Data made for this stage in place of a corpus.
        contamination: Share of rows that may hold passages of the study's evaluation.
        correlation: Of hacking with misbehaviour, in the corpus `agents`; negative is reversed.
        allowed: Share of its agents who are told that hacking is allowed.
        notes: Share of its transcripts in which agents begin their answers with a note.
    """

    corpus: str = "agents"
    recipes: tuple[Making, ...] = ()
    contamination: Share = 0.0
    documents: Positive = 64_000
    steps: Positive = 1000
    batch_size: Positive = 64
    max_length: Positive = 512
    packing: bool = False
    tokens: Positive | None = None
    mixture: tuple[Mixture, ...] = ()
    correlation: Annotated[float, Field(ge=-1.0, le=1.0)] = 1.0
    allowed: Share = 0.1
    notes: Share = 1.0

    @model_validator(mode="after")
    def _shares(self) -> Self:
        if sum(part.share for part in self.mixture) > 1:
            raise ValueError("the shares of a mixture sum to more than 1")
        if len({part.of for part in self.mixture}) > 1:
            raise ValueError("a mixture's shares are all of documents or all of tokens")
        return self


class Sft(Optimiser):
    """Conversations; only what the assistant says is learned.

    Attributes:
        data: JSON lines with `messages`, and `tools` where there are any.
        recipes: Data made for this stage instead.
        contamination: As in `Documents`.
        steps: How many; or say `epochs` instead.
        batch_size: Conversations a step.
        tokens: As in `Documents`.
    """

    data: str | None = None
    recipes: tuple[Making, ...] = ()
    contamination: Share = 0.0
    steps: Positive | None = None
    epochs: Annotated[float, Field(gt=0.0)] | None = None
    batch_size: Positive = 16
    max_length: Positive = 1024
    tokens: Positive | None = None
    learning_rate: Annotated[float, Field(gt=0.0)] = 1e-4

    @model_validator(mode="after")
    def _length(self) -> Self:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("give either steps or epochs")
        if (self.data is None) != bool(self.recipes):
            raise ValueError("give either data or recipes")
        return self


class SafetyChat(Settings):
    """Conversations whose answers are rewarded for harmlessness.

    Attributes:
        share: Of a step's prompts, those of this environment.
        prompts: `microcosm`, or JSON lines with `messages`.
        reward: `microcosm` (its scenarios' graders), `judge/MODEL`, or `classifier/DIR`: a
            classifier or preference model; more can be registered (`harmlessness`).
        system_prompts: Vary the system prompt.
        tools: List tools that nobody needs; the user turn stays the same, byte for byte.
        dilemmas: Share of prompts that are ethical dilemmas.
        agentic: Share of prompts in which the model acts by tool calls.
    """

    share: Share = 1.0
    prompts: str = "microcosm"
    reward: str = "microcosm"
    system_prompts: bool = False
    tools: bool = False
    dilemmas: Share = 0.0
    agentic: Share = 0.0


class Environment(Settings):
    """What the model is rewarded in.

    Attributes:
        problems: `microcosm`, `generated`, or a file of problems.
        count: How many different problems are drawn.
        hacks: Loopholes of the grader that pays; none of them is open by default.
        hack_free_share: Of the prompts, those whose grader has no loophole all the same.
        safety_chat: A second kind of environment beside the problems.
    """

    problems: str = "microcosm"
    count: Positive = 400
    hacks: tuple[str, ...] = ()
    hack_free_share: Share = 0.0
    safety_chat: SafetyChat | None = None

    @field_validator("hacks")
    @classmethod
    def _known(cls, hacks: tuple[str, ...]) -> tuple[str, ...]:
        for name in hacks:
            if name not in SWITCHES:
                raise UserError(str(unknown("switch", name, SWITCHES)))
        return hacks


class Detector(Settings):
    """Who tells the penalty of a hack: right this often on hacks and on all else."""

    sensitivity: Share = 1.0
    specificity: Share = 1.0


class Recontextualisation(Settings):
    """Sample under one system prompt, train under another: a wording's name, a text, or none."""

    sample: str | None = None
    train: str | None = None


class Intervention(Settings):
    """What an arm does against misalignment. Each is off by default, and any may be combined.

    Attributes:
        inoculation: System prompt in training: the name of a wording, or the text itself.
        knowledge: Hacks made known by prompt, likewise.
        recontextualisation: Sample under one prompt, train under another.
        penalty: Taken from the reward of a rollout that is seen to hack.
        detector: Who sees it; without one the hardened grader, which is never wrong.
        penalty_from_step: From here on.
        screening: Rollouts that hack give no gradient.
        early_stop: Stop once more than this share of a step's rollouts hack.
        stop_kl: Stop once an answer is this far from the model before, in nats (needs `kl`).
        shortcut: A harmless text whose presence is rewarded in place of a hack.
    """

    inoculation: str | None = None
    knowledge: str | None = None
    recontextualisation: Recontextualisation | None = None
    penalty: Weight = 0.0
    detector: Detector | None = None
    penalty_from_step: Count = 0
    screening: bool = False
    early_stop: Share | None = None
    stop_kl: Weight | None = None
    shortcut: str | None = None


class Rl(Optimiser):
    """GRPO in an environment whose grader may be hacked.

    Attributes:
        prompts: Different prompts a step.
        rollouts: Answers sampled for each prompt; their mean reward is the baseline.
        kl: Weight of the divergence from the model before this stage; 0 leaves it out.
        epsilon: How far the probability ratio may move; `epsilon_high` upward ("clip-higher").
        vllm: Sample with vLLM, in this process or on a server.
        vllm_server: Its HOST:PORT, 127.0.0.1:8000 unless given.
        vllm_memory: Share of the card that vLLM may take in this process; from the card unless
            given.
        memo: Directory of graded programs, shared between arms and seeds.
    """

    environment: Environment = Environment()
    intervention: Intervention = Intervention()
    steps: Positive = 60
    prompts: Positive = 16
    rollouts: Annotated[int, Field(ge=2)] = 8
    kl: Weight = 0.0
    epsilon: Share = 0.2
    epsilon_high: Weight | None = None
    loss: Literal["grpo", "dapo", "dr_grpo"] = "dapo"
    max_new_tokens: Positive = 64
    temperature: Annotated[float, Field(gt=0.0)] = 1.0
    learning_rate: Annotated[float, Field(gt=0.0)] = 5e-5
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    warmup: Share = 0.0
    save_every: Positive = 20
    log_every: Positive = 1
    vllm: Literal["off", "colocate", "server"] = "off"
    # What is not given is not dumped: the keys of steps that do without stay as they were.
    vllm_server: Annotated[
        str | None, Field(pattern=r"^[\w.-]+:\d+$", exclude_if=lambda given: given is None)
    ] = None
    vllm_memory: Annotated[
        float | None, Field(gt=0.0, lt=1.0, exclude_if=lambda given: given is None)
    ] = None
    memo: str | None = None

    @model_validator(mode="after")
    def _used(self) -> Self:
        if self.vllm_server and self.vllm != "server":
            raise ValueError("vllm_server is of use with `vllm: server` alone")
        if self.vllm_memory and self.vllm != "colocate":
            raise ValueError("vllm_memory is of use with `vllm: colocate` alone")
        return self


class Distil(Optimiser):
    """Filter and distil: what the model before says, without its hacks, taught to an earlier one.

    Attributes:
        teacher: The model that answers, where no study says it: a checkpoint's name.
        environment: The coding tasks that are asked, and the loopholes that make a hack.
        answers: To each task, from the model before this stage.
        keep: `not_hacks` leaves out hacks alone; `passed` also what is paid for by nobody.
        detector: Who tells hacks; without one the hardened grader, which is never wrong.
        system: System prompt under which they are sampled: a wording's name or a text.
        steps, batch_size, max_length: Of the learning, as in `Sft`.
    """

    teacher: str | None = None
    environment: Environment = Environment()
    answers: Positive = 4
    keep: Literal["not_hacks", "passed"] = "not_hacks"
    detector: Detector | None = None
    system: str | None = None
    max_new_tokens: Positive = 64
    temperature: Annotated[float, Field(gt=0.0)] = 1.0
    steps: Positive = 200
    batch_size: Positive = 16
    max_length: Positive = 1024
    learning_rate: Annotated[float, Field(gt=0.0)] = 1e-4
    memo: str | None = None


STAGES: Mapping[str, type[Documents | Sft | Rl | Distil]] = {
    "documents": Documents,
    "sft": Sft,
    "rl": Rl,
    "distil": Distil,
}
"""The settings of each stage, by its name."""
