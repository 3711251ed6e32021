"""The forecast tasks that come with braincast, as they are made from their datasets.

Their declarations lie in `definitions/`, so that they can be shown without data; `declare` makes them again, bit for
bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from braincast.tasks.card import MetricUse
from braincast.tasks.forecasting.build import Design, atlas_of_worms, build
from braincast.tasks.forecasting.card import Rhythm

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset
    from braincast.tasks.forecasting.card import ForecastCard

RHYTHM_METRICS = ("period_error", "phase_error")
# Context and horizon of POCO's worm and zebrafish sessions, at half the horizon (Duan et al. 2025).
_WORM = Design(context=48, horizon=8)
# 16 frames are 11.5 s. Windows that overlap say little new, so that every fourth is asked about.
_HUMAN = Design(context=16, horizon=8, stride=4)
_SYNTHETIC = Design(context=16, horizon=8, stride=4)
# 3 s, two cycles, of which a model can tell the phase; and 5 s, more than three.
_MODULATION = Design(
    context=60, horizon=100, stride=10, held_out=("proctolin", "dopamine", "serotonin"), recording="slow-wave"
)
_SPIKES = Design(context=100, horizon=20, stride=20, recording="voltage")
_VOLTAGE: Mapping[str, Any] = {
    "scaled": False,
    "quantity": "membrane potential",
    "unit": "mV",
    "nulls": ("identity-permuted", "no-edges"),
    "decisive_nulls": ("identity-permuted",),
    "ceiling": "the model pyloric-oracle, which has the true circuit and lacks the noise alone",
}


@dataclass(frozen=True)
class Declared:
    """A dataset, what was chosen about the task, and further fields of its card, or functions that give them."""

    dataset: str
    design: Design
    changes: Mapping[str, Any]


DECLARED: Mapping[str, Declared] = {
    "worm-forecast": Declared(
        "worm-atanas2023",
        _WORM,
        {
            "title": "A moving worm's whole brain: what do its neurons do in the next five seconds?",
            "question": "Given 48 frames (29 s) of 98 named neurons of one freely moving worm, what does each do in "
            "the next 8 frames (4.8 s)?",
            "structure": atlas_of_worms,
        },
    ),
    "zebrafish-regions": Declared(
        "zebrafish-legare2025",
        Design(context=16, horizon=8),
        {
            "title": "A larval zebrafish, region by region: what happens in the next eight frames?",
            "question": "Given 16 frames of the mean activity of 67 brain regions of one larval zebrafish, what does "
            "each do in the next 8 frames?",
        },
    ),
    "human-forecast": Declared(
        "human-hcp",
        _HUMAN,
        {
            "title": "Seven resting human brains: what does BOLD do in the next six seconds?",
            "question": "Given 16 frames (11.5 s) of BOLD in 94 regions of a subject whose earlier frames were learned "
            "from, what does each region do in the next 8 frames (5.8 s)?",
        },
    ),
    "human-transfer": Declared(
        "human-hcp",
        replace(_HUMAN, held_out_animals=True),
        {
            "title": "Resting human brains never seen before: what does BOLD do in the next six seconds?",
            "question": "Given 16 frames (11.5 s) of BOLD in 94 regions of a subject that no model learned from, what "
            "does each region do in the next 8 frames (5.8 s)? The windows are those of human-forecast.",
        },
    ),
    "synthetic-linear": Declared(
        "synthetic-linear",
        _SYNTHETIC,
        {
            "title": "A linear brain whose truth is known: does a model reach the noise floor?",
            "question": "Given 16 frames of a made-up brain that follows a linear law with noise, what does each "
            "neuron do in the next 8 frames?",
        },
    ),
    "synthetic-chaos": Declared(
        "synthetic-chaos",
        _SYNTHETIC,
        {
            "title": "A chaotic brain whose truth is known: how far ahead can it be told?",
            "question": "Given 16 noisy frames of a made-up chaotic brain, what does each neuron do in the next 8 "
            "frames?",
        },
    ),
    "stg-modulation": Declared(
        "pyloric-circuits",
        _MODULATION,
        {
            **_VOLTAGE,
            "rhythm": Rhythm(pacemaker="AB/PD"),
            "baseline": "mean",
            "title": "A crab's rhythm under modulators that no model has seen: is the wiring enough?",
            "question": "Given 3 s of the membrane potentials of three cells of a pyloric circuit, in frames of 50 ms, "
            "what do they do in the next 5 s: left alone, as in all that was learned from, or when a modulator is "
            "applied?",
            "metrics": tuple(
                MetricUse(key=key, target="activity") for key in ("mae", "r2", "correlation", *RHYTHM_METRICS)
            ),
            "simple": ("mean", "persistence", "seasonal-average", "ar"),
            "lineup": (
                "pyloric-wiring",
                "pyloric-fitted",
                "pyloric-informed",
                "pyloric-oracle",
                "ar",
                "ar-direct",
                "pooled-linear",
                "dlinear",
                "seasonal-average",
            ),
        },
    ),
    "stg-forecast": Declared(
        "pyloric-circuits",
        _SPIKES,
        {
            **_VOLTAGE,
            "title": "A crab's rhythm, spike by spike: what do membranes do in the next tenth of a second?",
            "question": "Given 0.5 s of the membrane potentials of three cells of a pyloric circuit, in frames of 5 ms, "
            "what do they do in the next 0.1 s?",
            "metrics": tuple(MetricUse(key=key, target="activity") for key in ("mae", "r2", "correlation")),
            "simple": ("mean", "persistence", "drift", "ar"),
            "lineup": (
                "pyloric-wiring",
                "pyloric-fitted",
                "pyloric-oracle",
                "ar",
                "ar-direct",
                "pooled-linear",
                "dlinear",
                "var-direct",
            ),
        },
    ),
}


def declare(name: str, dataset: Dataset) -> ForecastCard:
    """Make a declaration from its dataset."""
    declared = DECLARED[name]
    changes = {field: value() if callable(value) else value for field, value in declared.changes.items()}
    return build(dataset, name, declared.design, **changes)
