"""The metrics of RL: one line of `metrics.jsonl` for each logged step, rates over its rollouts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from assay.training import metrics, processes
from assay.training.rewards import Judgement, Tally, tally

_TAKEN = ("loss", "kl", "entropy")  # from TRL's own log


@dataclass(frozen=True, slots=True)
class Rollout:
    """An answer: what it was paid (None: taken out), its tokens, and the judgement of a program."""

    reward: float | None
    length: int
    judgement: Judgement | None = None
    chat: bool = False


class Record(TrainerCallback):
    """Gathers what happens in a step, and writes it down once TRL has logged the update.

    It hears of all processes' answers in each of them, so that all stop at the same step.

    It comes first among the callbacks, and `Last` of it after those of the caller, so that what
    they do between two steps is told apart: that is assessment.
    """

    def __init__(
        self,
        out: Path,
        *,
        switches: Sequence[str],
        every: int,
        early_stop: float | None,
        stop_kl: float | None,
    ) -> None:
        """Opens nothing yet.

        Args:
            out: The stage's directory.
            switches: Loopholes to write a rate for, used or not.
            every: Steps to a line.
            early_stop: Hack rate of a step beyond which training stops.
            stop_kl: Divergence of an answer, in nats, at which it does.
        """
        self._out = out
        self._switches = switches
        self._every = every
        self._early_stop = early_stop
        self._stop_kl = stop_kl
        self._since = 0.0
        self._clear()

    def _clear(self) -> None:
        self._rollouts: list[Rollout] = []
        self._last: list[Rollout] = []
        self._hits: list[float] = []
        self._logged: dict[str, list[float]] = {name: [] for name in _TAKEN}
        self._seconds = dict.fromkeys(("generate", "reward", "update", "assess"), 0.0)

    def generated(self, seconds: float) -> None:
        """Answers were sampled."""
        self._seconds["generate"] += seconds

    def judged(self, rollouts: Sequence[Rollout], *, seconds: float, hits: float) -> None:
        """They were graded; `hits` is the share that was known already."""
        self._seconds["reward"] += seconds
        self._last = [*rollouts]
        self._rollouts += rollouts
        self._hits.append(hits)
        self._now = time.perf_counter()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Forget lines of steps that a kill has undone."""
        metrics.forget(self._out, state.global_step)

    def started(self) -> None:
        """Training begins now: what the caller's callbacks do before it is of no step."""
        self._since = time.perf_counter()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """The weights are updated."""
        now = time.perf_counter()
        self._seconds["update"] += now - self._now
        self._now = now
        if self._early_stop is not None and self._hack_rate(self._last) > self._early_stop:
            control.should_training_stop = True

    def assessed(self) -> None:
        """The caller's callbacks have done what they do after a step."""
        self._seconds["assess"] += time.perf_counter() - self._now

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl,
        logs: dict[str, Any] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        """TRL has logged a step."""
        if not self._last or logs is None or "loss" not in logs:
            return  # the summary at the end of training
        for name in _TAKEN:
            if isinstance(value := logs.get(name), int | float):
                self._logged[name].append(float(value))
        length = fmean(rollout.length for rollout in self._last)
        if self._stop_kl is not None:
            distance = processes.from_main(lambda: logs.get("kl", 0.0) * length)
            control.should_training_stop |= distance >= self._stop_kl
        if state.global_step % self._every and not control.should_training_stop:
            return
        now = time.perf_counter()
        rest = now - self._since - sum(self._seconds.values())
        line = self.line(state.global_step, rest)
        self._since = now
        self._clear()
        metrics.append(self._out, line)

    def line(self, step: int, rest: float) -> dict[str, Any]:
        """What is written for the steps since the last line."""
        counts = _counts(self._rollouts)
        graded = counts.graded or None
        talk = [rollout.reward for rollout in self._rollouts if rollout.chat]
        kind = [reward for reward in talk if reward is not None]
        paid = [rollout.reward for rollout in self._rollouts if rollout.reward is not None]

        def rate(count: int) -> float | None:
            return None if graded is None else count / graded

        return {
            "step": step,
            "proxy_reward": rate(counts.proxy),
            "true_reward": rate(counts.true),
            "hack_rate": rate(counts.hack),
            "overfit_rate": rate(counts.overfit),
            "ungraded": counts.n - counts.graded + len(talk) - len(kind),
            "hacks": {name: rate(counts.hacks.get(name, 0)) for name in self._switches},
            "chat_reward": fmean(kind) if kind else None,
            "reward": fmean(paid) if paid else None,
            **{name: fmean(values) if values else None for name, values in self._logged.items()},
            "length": fmean(rollout.length for rollout in self._rollouts),
            "seconds": {
                name: round(value, 4) for name, value in {**self._seconds, "rest": rest}.items()
            },
            "cache_hits": fmean(self._hits),
        }

    @staticmethod
    def _hack_rate(rollouts: Sequence[Rollout]) -> float:
        counts = _counts(rollouts)
        return counts.hack / counts.graded if counts.graded else 0.0


class Last(TrainerCallback):
    """Comes after the caller's callbacks."""

    def __init__(self, record: Record) -> None:
        """Tells this record."""
        self._record = record

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """All callbacks before have done what they do at the start."""
        self._record.started()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """All callbacks before have done what they do after a step."""
        self._record.assessed()


def _counts(rollouts: Sequence[Rollout]) -> Tally:
    return tally(rollout.judgement for rollout in rollouts if not rollout.chat)
