"""The tasks about the crab's pyloric rhythm, as they are made from simulated animals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from braincast.tasks.card import MetricUse
from braincast.tasks.forecasting.build import Design
from braincast.tasks.forecasting.card import Rhythm
from braincast.tasks.forecasting.declared import Declared, made

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset
    from braincast.tasks.forecasting.card import ForecastCard

RHYTHM_METRICS = ("period_error", "phase_error")
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

DECLARED: Mapping[str, Declared] = {
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
            "question": "Given 0.5 s of the membrane potentials of three cells of a pyloric circuit, in frames of 5 "
            "ms, what do they do in the next 0.1 s?",
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
    return made(name, DECLARED[name], dataset)
