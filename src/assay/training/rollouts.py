"""A step of RL before its update: sample answers, grade them, pay for them.

TRL calls this through `rollout_func` and `reward_funcs`; `record` hears what came of it, in all
processes.
"""

import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import torch

from assay.sampling import sample
from assay.training import processes
from assay.training.environment import Task
from assay.training.harmlessness import Pay, Reply
from assay.training.interventions import Prompts, Shaping, under
from assay.training.record import Record, Rollout
from assay.training.rewards import Answer, Grader, submission
from assay.training.settings import Rl
from assay.turns import prompt_ids, said

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase
    from trl.trainer.grpo_trainer import GRPOTrainer


class Rollouts:
    """Answers to the prompts of a step, and what each is paid.

    A prompt of TRL's data set is the key of a task: text is rendered here, so that answers may be
    sampled under one system prompt and trained under another.
    """

    def __init__(
        self,
        settings: Rl,
        tasks: Mapping[str, Task],
        prompts: Prompts,
        tokenizer: "PreTrainedTokenizerBase",
        *,
        grader: Grader,
        harmless: Pay | None,
        shaping: Shaping,
        fenced: bool,
        record: Record,
    ) -> None:
        """Nothing is sampled yet; `harmless` pays for what is no code."""
        self._settings = settings
        self._tasks = tasks
        self._tokenizer = tokenizer
        self._grader = grader
        self._harmless = harmless
        self._shaping = shaping
        self._fenced = fenced
        self._record = record
        self._prompts = prompts
        self._rewards: list[float | None] = []

    def sample(self, keys: list[str], trainer: "GRPOTrainer") -> dict[str, Any]:
        """TRL's `rollout_func`: answers to these prompts, a group's next to each other."""
        began = time.perf_counter()
        groups = [(key, len(list(group))) for key, group in groupby(keys)]
        asked = [self._ids(key, self._prompts.sample) for key, _ in groups]
        trained = asked
        if self._prompts.train != self._prompts.sample:
            trained = [self._ids(key, self._prompts.train) for key, _ in groups]
        counts = [count for _, count in groups]
        answers = self._answers(trainer, asked, counts)
        self._record.generated(time.perf_counter() - began)
        self._pay(keys, answers, trainer)
        fields: dict[str, Any] = {
            "prompt_ids": [
                ids for ids, count in zip(trained, counts, strict=True) for _ in range(count)
            ],
            "completion_ids": answers,
            "logprobs": None,
        }
        if None in self._rewards:  # neither reward nor divergence pulls at what was taken out
            fields["env_mask"] = [
                [int(reward is not None)] * len(answer)
                for reward, answer in zip(self._rewards, answers, strict=True)
            ]
        return fields

    def reward(self, prompts: list[str], **given: Any) -> list[float | None]:
        """TRL's reward function: what was found while sampling."""
        return self._rewards

    def longest(self) -> int:
        """Tokens of the longest prompt, sampled or trained under."""
        systems = {self._prompts.sample, self._prompts.train}
        return max(len(self._ids(key, system)) for key in self._tasks for system in systems)

    def _ids(self, key: str, system: str | None) -> list[int]:
        task = self._tasks[key]
        # An intervention's prompt belongs to the coding environment.
        mine = system if task.problem is not None else None
        return task_ids(task, mine, self._tokenizer)

    def _answers(
        self, trainer: "GRPOTrainer", asked: Sequence[list[int]], counts: Sequence[int]
    ) -> list[list[int]]:
        if trainer.use_vllm:
            flat = [ids for ids, count in zip(asked, counts, strict=True) for _ in range(count)]
            found = trainer.vllm_generation.generate(
                prompts=flat, images=None, num_generations=self._settings.rollouts
            )
            return [list(answer) for answer in found[1]]
        processes.check_whole(trainer.model)
        model = trainer.accelerator.unwrap_model(trainer.model)
        tokens = self._settings.max_new_tokens
        luck = _luck(sum(counts), tokens, model.device) if processes.count() > 1 else None
        was_training = model.training
        model.eval()
        try:
            answers: list[list[int]] = sample(
                model,
                asked,
                repeats=counts,
                max_new_tokens=tokens,
                stop=trainer.eos_token_ids,
                pad=self._tokenizer.pad_token_id,
                temperature=self._settings.temperature,
                luck=luck,
            )
        finally:
            model.train(was_training)
        if luck is not None:  # the generator goes on from where one process would have left it
            longest = max(processes.gathered([len(answer) for answer in answers]))
            everyone = len(answers) * processes.count()
            _draws(everyone, longest, model.device)
            torch.randperm(everyone - len(answers) + 1)  # TRL shuffles not everyone's, but ours
        return answers

    def _pay(
        self, keys: Sequence[str], answers: Sequence[list[int]], trainer: "GRPOTrainer"
    ) -> None:
        began = time.perf_counter()
        tasks = [self._tasks[key] for key in keys]
        texts = [said(self._tokenizer, answer, trainer.eos_token_ids) for answer in answers]
        places = [place for place, task in enumerate(tasks) if task.problem is not None]
        before = self._grader.asked, self._grader.run
        judgements = self._grader.judge([self._answer(tasks[at], texts[at]) for at in places])
        known = dict(zip(places, judgements, strict=True))
        harmless = self._harmlessness(tasks, texts)
        step = trainer.state.global_step
        rollouts = []
        for at, (key, text) in enumerate(zip(keys, texts, strict=True)):
            if at in known:
                reward = self._shaping.reward(known[at], text, key, step)
                rollouts.append(Rollout(reward, len(answers[at]), known[at]))
            else:
                rollouts.append(Rollout(harmless[at], len(answers[at]), None, chat=True))
        self._rewards = [rollout.reward for rollout in rollouts]
        graded = [(self._grader.asked - before[0], self._grader.run - before[1])]
        asked, run = map(sum, zip(*processes.gathered(graded), strict=True))
        self._record.judged(
            processes.gathered(rollouts),
            seconds=time.perf_counter() - began,
            hits=1 - run / max(1, asked),
        )

    def _answer(self, task: Task, text: str) -> Answer:
        assert task.problem is not None
        return Answer(submission(text, fenced=self._fenced), task.problem, task.switches)

    def _harmlessness(self, tasks: Sequence[Task], texts: Sequence[str]) -> dict[int, float | None]:
        places = [place for place, task in enumerate(tasks) if task.problem is None]
        if not places:
            return {}
        assert self._harmless is not None
        paid = self._harmless([Reply(tasks[at], texts[at]) for at in places])
        return dict(zip(places, paid, strict=True))


def _luck(answers: int, tokens: int, device: torch.device) -> torch.Tensor:
    """This process's part of what one alone would draw for the answers of all."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        everyone = processes.from_main(
            lambda: _draws(answers * processes.count(), tokens, device).cpu()
        )
    first = answers * processes.number()
    return everyone[first : first + answers].to(device)


def _draws(answers: int, tokens: int, device: torch.device) -> torch.Tensor:
    """As `sample` draws them, one token after the other."""
    return torch.stack(
        [torch.rand(answers, device=device, dtype=torch.double) for _ in range(tokens)], 1
    )


def task_ids(task: Task, system: str | None, tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    """The prompt of a task as the model reads it, under a system prompt of an intervention."""
    return prompt_ids(tokenizer, under(system, task.messages), task.tools)
