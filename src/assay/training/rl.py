"""The stage `rl`: GRPO, by TRL, in an environment whose grader may be hacked.

A step: the prompts that the schedule names, answers to each (`rollouts`), both graders
(`rewards`), the arm's reward (`interventions`), one update. `environment` says what is asked,
`record` what is written down.

Several processes (`processes`) take a step's prompts in turn, with all answers to each, and draw
what one would: together they learn the same.
"""

import logging
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from datasets import Dataset  # type: ignore[import-untyped]
from transformers import PrinterCallback, TrainerCallback
from trl.trainer.grpo_config import GRPOConfig

from assay.errors import UserError
from assay.extra import writing
from assay.providers.vllm import models
from assay.training import (
    adapters,
    environment,
    fitting,
    harmlessness,
    interventions,
    processes,
)
from assay.training.chat import chat_tasks
from assay.training.checkpoint import Checkpoint, save
from assay.training.record import Last, Record
from assay.training.resume import Job, Marks
from assay.training.rewards import Grader
from assay.training.rollouts import Rollouts
from assay.training.settings import Rl
from assay.training.trimmed import TrimmedGRPOTrainer

# Settings that change no weights.
_IDLE = {"memo", "save_every", "log_every", "tensorboard", "vllm_server", "vllm_memory"}


def train_rl(
    settings: Rl,
    model: Checkpoint | str,
    out: Path,
    *,
    seed: int,
    callbacks: Sequence[TrainerCallback] = (),
    grader: Grader | None = None,
) -> Checkpoint:
    """Train, or go on where a killed run was, to `out`/checkpoint and `out`/metrics.jsonl.

    With one torch thread on a CPU the same seed gives the same weights, killed or not.

    Args:
        settings: Of the stage.
        model: What to begin with; the divergence is measured from it.
        out: The stage's directory.
        seed: Of sampling, of the order of tasks and of an imperfect detector's errors.
        callbacks: Called as transformers calls them; what they do after a step counts as
            assessment. They must leave torch's default generator as it was.
        grader: One that is entered already, for callbacks that grade too.

    Raises:
        UserError: Unknown names in the settings, a model that cannot be had, a full disk, or a
            directory that belongs to another run.
    """
    start = model if isinstance(model, Checkpoint) else Checkpoint.open(model, seed=seed)
    told = settings.model_dump(mode="json", exclude=_IDLE)
    job = Job(out, "rl", told, seed, [start])
    if done := job.finished():
        return done
    _check(settings)
    given = settings.environment
    microcosm = given.problems == environment.MICROCOSM
    prompts = interventions.prompts(settings.intervention, microcosm=microcosm)
    coding = environment.coding_tasks(given, environment.problems(given), seed=seed)
    safety = given.safety_chat
    talk = chat_tasks(safety, seed=seed) if safety else []
    tasks = {task.key: task for task in [*coding, *talk]}
    order = environment.schedule(
        coding,
        talk,
        steps=settings.steps,
        prompts=settings.prompts,
        share=safety.share if safety else 0.0,
        seed=seed,
    )
    state = job.begin()
    weights, tokenizer = processes.from_main(lambda: _on_disk(start, job)).load()
    if tokenizer.chat_template is None:
        raise UserError(f"{start.name!r} has no chat template, which RL needs; take a chat model.")
    record = Record(
        out,
        switches=given.hacks,
        every=settings.log_every,
        early_stop=settings.intervention.early_stop,
        stop_kl=settings.intervention.stop_kl,
    )

    with ExitStack() as stack:
        if grader is None:
            memo = Path(settings.memo) if settings.memo else None
            grader = stack.enter_context(Grader(memo))
        harmless = stack.enter_context(harmlessness.reward(safety.reward)) if safety else None
        rollouts = Rollouts(
            settings,
            tasks,
            prompts,
            tokenizer,
            grader=grader,
            harmless=harmless,
            shaping=interventions.Shaping(settings.intervention, seed),
            fenced=environment.is_fenced(given),
            record=record,
        )
        trainer = _trainer(settings, weights, tokenizer, rollouts, order, job.states, seed)
        trainer.remove_callback(PrinterCallback)
        for callback in (record, *callbacks, Last(record), Marks()):
            trainer.add_callback(callback)
        with writing(out):
            trainer.train(resume_from_checkpoint=str(state) if state else None)
    trained = processes.whole(trainer, lambda: adapters.adapted(start.load()[0], settings.lora))
    cut = {"parts": trainer.args.gradient_accumulation_steps}
    return job.finish(
        lambda: save(
            trained,
            tokenizer,
            job.checkpoint,
            stage="rl",
            step=trainer.state.global_step,
            seed=seed,
            parents=[start],
            settings=settings.model_dump(mode="json"),
            data_sha=environment.digest([*coding, *talk], order),
            measured={"job": job.mark, **cut, **processes.measured()},
        )
    )


def _check(settings: Rl) -> None:
    if settings.intervention.stop_kl is not None and not settings.kl:
        raise UserError("rl: stop_kl needs the divergence to be measured; give kl a small weight.")
    if settings.prompts % processes.count():
        raise UserError(
            f"rl: {settings.prompts} prompts a step cannot be shared equally by "
            f"{processes.count()} processes; change prompts, or the number of processes."
        )
    answers = settings.prompts * settings.rollouts // processes.count()
    if answers % settings.gradient_accumulation:
        each = "of each process" if processes.count() > 1 else "(prompts times rollouts)"
        raise UserError(
            f"rl: {answers} answers a step {each} cannot be cut into "
            f"{settings.gradient_accumulation} equal parts; change gradient_accumulation."
        )
    if settings.vllm != "off" and find_spec("vllm") is None:
        raise UserError(
            f"rl: vllm: {settings.vllm} needs vLLM, which is not installed: "
            "pip install 'assay[vllm]', or set vllm: off."
        )
    if settings.vllm == "server":
        address = settings.vllm_server or fitting.SERVER
        models(f"http://{address}", f"trl vllm-serve --model MODEL --port {address.split(':')[1]}")


def _on_disk(start: Checkpoint, job: Job) -> Checkpoint:
    """A model that has a directory: TRL reads the reference model from there."""
    if start.path is not None or start.name != "microcosm":
        return start
    fresh, tokenizer = start.load()
    return save(fresh, tokenizer, job.states / "start", stage="init", step=0, seed=start.seed)


def _trainer(
    settings: Rl,
    model: Any,
    tokenizer: Any,
    rollouts: Rollouts,
    order: Sequence[str],
    states: Path,
    seed: int,
) -> TrimmedGRPOTrainer:
    import torch

    gpu = torch.cuda.is_available()
    length = rollouts.longest() + settings.max_new_tokens
    fit = fitting.fit(settings, model, length, fitting.memory())
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    logging.getLogger("trl").setLevel(logging.ERROR)  # it quotes every answer without a reward
    config = GRPOConfig(
        output_dir=str(states),
        seed=seed,
        max_steps=settings.steps,
        per_device_train_batch_size=settings.prompts
        * settings.rollouts
        // (fit.parts * processes.count()),
        gradient_accumulation_steps=fit.parts,
        num_generations=settings.rollouts,
        max_completion_length=settings.max_new_tokens,
        temperature=settings.temperature,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.scheduler,
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        beta=settings.kl,
        epsilon=settings.epsilon,
        epsilon_high=settings.epsilon_high,
        loss_type=settings.loss,
        scale_rewards="none" if settings.loss == "dr_grpo" else "group",
        bf16=settings.precision == "bfloat16",
        gradient_checkpointing=gpu,
        use_cpu=not gpu,
        use_vllm=settings.vllm != "off",
        vllm_mode="server" if settings.vllm == "server" else "colocate",
        vllm_importance_sampling_correction=False,
        vllm_server_base_url=f"http://{settings.vllm_server or fitting.SERVER}",
        vllm_max_model_length=length,
        vllm_gpu_memory_utilization=fit.share or fitting.SHARE,
        shuffle_dataset=False,
        dataloader_pin_memory=gpu,
        save_steps=settings.save_every,
        save_total_limit=2,
        logging_steps=1,
        report_to=["tensorboard"] if settings.tensorboard else [],
        disable_tqdm=True,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*rollout_func.*experimental")
        return TrimmedGRPOTrainer(
            model=model,
            reward_funcs=rollouts.reward,
            args=processes.one_device(config),
            train_dataset=Dataset.from_dict({"prompt": list(order)}),
            processing_class=tokenizer,
            peft_config=adapters.config(settings.lora) if settings.lora else None,
            rollout_func=rollouts.sample,
        )
