"""How steps are made: the settings of learning in their types, and the optimiser that they name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import optax

from braincast.models.interface import Settings


@dataclass(frozen=True)
class Rules:
    """The settings of learning (`models.blackbox.learning` says what each means)."""

    learning_rate: float
    weight_decay: float
    clip: float
    batch: int
    steps: int
    warmup: float
    every: int
    patience: int
    loss: str
    precision: str
    trained: str

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """Those among a model's settings."""
        return cls(**{field.name: settings[field.name] for field in fields(cls)})

    def end_of_round(self, step: int) -> int:
        """The step of the next evaluation."""
        return min(step + self.every, self.steps)

    def are_met(self, step: int, best_step: int) -> bool:
        """Whether training ends: all steps are made, or too many evaluations brought nothing better."""
        return step >= self.steps or step - best_step >= self.patience * self.every


@cache
def schedule(rules: Rules) -> optax.Schedule:
    """The learning rate of each step: up a line from 0, then down half a cosine to 0 (Loshchilov & Hutter 2017)."""
    rising = round(rules.warmup * rules.steps)
    return optax.warmup_cosine_decay_schedule(0.0, rules.learning_rate, rising, rules.steps)


@cache
def optimiser(rules: Rules) -> optax.GradientTransformation:
    """AdamW (Loshchilov & Hutter 2019) on gradients shortened to a norm; the same object for equal rules."""
    decay = rules.weight_decay
    return optax.chain(optax.clip_by_global_norm(rules.clip), optax.adamw(schedule(rules), weight_decay=decay))
