"""Truth that is no part of a task's dataset, in an order of cases that its own numbers alone decide.

Where truth is hidden, scores must not tell which case is which. So the cases of a stratum (see `strata`) are put in the
order of the SHA-256 of their true values, those of every forecast with them: whoever asks the same cases in another
order gets the same sums, added in the same order, to the last bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Float32, Int

from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.card import ForecastCard


@dataclass(frozen=True, eq=False)
class HiddenTruth:
    """The truth in its own order of cases; `order[k]` is the number, in the task, of the case that comes k-th."""

    values: Float32[np.ndarray, "case lead neuron"]
    order: Int[np.ndarray, " case"]
    activity_level: Float[np.ndarray, " neuron"]

    @property
    def shape(self) -> tuple[int, ...]:
        """Case, lead, neuron."""
        return self.values.shape

    def read(self, cases: slice, neurons: slice) -> Float32[np.ndarray, "case lead neuron"]:
        """Some of the cases, in some of the neurons."""
        return np.ascontiguousarray(self.values[cases, :, neurons])

    def in_order(self, contenders: Mapping[str, Contender]) -> dict[str, Contender]:
        """The same contenders, their answers in the order of this truth under the task's labels."""
        return {
            name: replace(own, forecasts=tuple(self._ordered(forecast) for forecast in own.forecasts))
            for name, own in contenders.items()
        }

    def _ordered(self, forecast: Any) -> xr.DataArray:
        return forecast.isel(case=self.order).assign_coords(case=forecast.case.values)


def hidden_truth(
    card: ForecastCard, truth: Float[np.ndarray, "case lead neuron"], activity_level: Float[np.ndarray, " neuron"]
) -> HiddenTruth:
    """A truth in the task's order of cases, put in its own."""
    values = plain_truth(truth)
    hashes, order = case_hashes(values), np.arange(len(values))
    for places in strata(card):
        order[places] = sorted(places, key=lambda case: hashes[case])
    return HiddenTruth(values[order], order, activity_level)


def strata(card: ForecastCard) -> list[Sequence[int]]:
    """Cases that nothing but their truth tells apart: of one recording, in or out of distribution.

    Conditions tell them apart where scores are averaged over conditions, and are no matter elsewhere.
    """
    apart = card.average == "conditions"
    found: dict[tuple[int, str, str], list[int]] = {}
    for number, case in enumerate(card.cases):
        found.setdefault((case.recording, case.condition if apart else "", case.distribution), []).append(number)
    return list(found.values())


def plain_truth(truth: Float[np.ndarray, "case lead neuron"]) -> Float32[np.ndarray, "case lead neuron"]:
    """The same numbers in float32, of which 0 and NaN have one form each."""
    values = np.ascontiguousarray(truth, dtype="<f4") + np.float32(0)
    values[np.isnan(values)] = np.nan
    return values


def case_hashes(values: Float32[np.ndarray, "case lead neuron"]) -> list[str]:
    """SHA-256 (hex) of each case's plain truth."""
    return [hashlib.sha256(case.tobytes()).hexdigest() for case in values]


def truth_hash(values: Float32[np.ndarray, "case lead neuron"]) -> str:
    """SHA-256 (hex) of a plain truth, whatever the order of its cases."""
    return hashlib.sha256("\n".join(sorted(case_hashes(values))).encode()).hexdigest()
