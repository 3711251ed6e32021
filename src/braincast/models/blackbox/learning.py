"""Settings that networks share: those of learning, which the training engine obeys, of answers, and of levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from braincast.models.interface import Setting, Settings
from braincast.models.space import NOT_SWEPT, Choices, Range

TRAINED = ("all", "embedding")
LEARNING: Mapping[str, Setting] = {
    "learning_rate": Setting(
        "Largest step size of AdamW, reached after the warm-up",
        lower=1e-8,
        upper=10.0,
        sweep=Range(1e-4, 1e-2, log=True),
    ),
    "weight_decay": Setting(
        "Decay of weights in AdamW, in learning rates for each step", upper=10.0, sweep=Range(1e-6, 1e-1, log=True)
    ),
    "clip": Setting("Largest norm of the gradient, longer ones are shortened", lower=1e-8, upper=1e8),
    "batch": Setting("Windows in a step", kind=int, lower=1.0, upper=65536.0, sweep=Choices((16, 32, 64))),
    "steps": Setting(
        "Steps at most; the learning rate falls to 0 there along a cosine", kind=int, lower=1.0, upper=1e8
    ),
    "warmup": Setting("Share of the steps in which the learning rate rises from 0", upper=0.9),
    "every": Setting(
        "Steps between evaluations on validation windows, with a checkpoint each", kind=int, lower=1.0, upper=1e8
    ),
    "patience": Setting("Evaluations without improvement after which training stops", kind=int, lower=1.0, upper=1e6),
    "loss": Setting(
        "What a step lowers: absolute or squared errors", kind=str, choices=("absolute", "squared"), sweep=NOT_SWEPT
    ),
    "precision": Setting(
        "single: float32; mixed: bfloat16 where there is a GPU, with parameters in float32",
        kind=str,
        choices=("single", "mixed"),
        sweep=NOT_SWEPT,
    ),
    "trained": Setting(
        "all; embedding: only who the neurons are, everything else stays as it began",
        kind=str,
        choices=TRAINED,
        sweep=NOT_SWEPT,
    ),
}
ANSWERING: Mapping[str, Setting] = {
    "head": Setting(
        "point: one number, with members as far apart as errors on validation windows; gaussian, quantiles: a "
        "distribution that is learned, by likelihood or pinball losses",
        kind=str,
        choices=("point", "gaussian", "quantiles"),
        sweep=NOT_SWEPT,
    ),
    "ensemble": Setting("How many networks are trained and averaged", kind=int, lower=1.0, upper=100.0),
}
SHARED: Mapping[str, Setting] = {**LEARNING, **ANSWERING}
RESCALING = Setting(
    "none; last: less the context's last frame; instance: less its mean and over its deviation. Undone in the answer",
    kind=str,
    choices=("none", "last", "instance"),
)
PAST = Setting(
    "none; shared, own: a linear map of each neuron's own context is added, the same for all neurons or one for each",
    kind=str,
    choices=("none", "shared", "own"),
)
DROPOUT = Setting("Share of values left out in a training step", upper=0.95, sweep=Range(0.0, 0.6))
ANIMALS = Setting(
    "alike: a neuron has one embedding in all recordings; own: and in each a deviation from it",
    kind=str,
    choices=("alike", "own"),
)
# As in ZAPBench (Lueckmann et al. 2025), but for the batch, which suits shorter recordings, and the bound on steps.
DEFAULTS: Mapping[str, Any] = {
    "learning_rate": 1e-3,
    "weight_decay": 1e-4,
    "clip": 1.0,
    "batch": 32,
    "steps": 5000,
    "warmup": 0.02,
    "every": 100,
    "patience": 10,
    "loss": "absolute",
    "precision": "mixed",
    "trained": "all",
}
_ONE_POINT: Mapping[str, Any] = {"head": "point", "ensemble": 1}


def learned(**own: Any) -> Settings:
    """One candidate: a network's own settings, and those that networks share where it names none."""
    return {**DEFAULTS, **_ONE_POINT, **own}
