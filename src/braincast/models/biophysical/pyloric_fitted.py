"""The pyloric circuit with conductances fitted to each animal's own control recording."""

from __future__ import annotations

import numpy as np

from braincast.models.biophysical.circuit_space import CELLS, Conductances
from braincast.models.biophysical.pyloric_forecaster import (
    Anatomy,
    FittedCircuits,
    PyloricForecaster,
    pyloric_card,
)
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining

_SEARCHED = "Conductances are searched for, not proven: other sets would do as well, and answer modulators otherwise."


class PyloricFitted(PyloricForecaster):
    """Who inhibits whom, with conductances that make the circuit do what the animal did."""

    card = pyloric_card(
        "pyloric-fitted",
        "The pyloric circuit, its conductances fitted to each animal's control; told nothing of modulators.",
        stochastic=True,
        typical_fit_s=60.0,
        caveat=_SEARCHED,
    )
    told = False

    def fit(self, training: ForecastTraining, prepared: Anatomy, settings: Settings, *, seed: int) -> FittedCircuits:
        own = _found(training, prepared.typical, seed)
        n_fitted = int((own.maximal > 0).sum() + (own.synapse > 0).sum())
        frame_s = training.frame_s or 0.0
        return FittedCircuits(own.maximal, own.synapse, frame_s, settings["memory_s"], self.told, n_fitted)


class PyloricInformed(PyloricFitted):
    """The same fit, which knows from the literature what each modulator does to channels."""

    card = pyloric_card(
        "pyloric-informed",
        "The pyloric circuit, fitted to each animal's control, with what the literature says that modulators do.",
        uses=("activity", "connectome", "stimulus"),
        stochastic=True,
        typical_fit_s=90.0,
        caveat=f"{_SEARCHED} What modulators do is what the simulated animals were given.",
    )
    told = True


def _found(training: ForecastTraining, begin: Conductances, seed: int) -> Conductances:
    """Fits to the recordings learned from; another one keeps the literature's circuit."""
    from braincast.models.biophysical.rehearsal import Timing  # brings JAX
    from braincast.models.biophysical.search import found

    frame_ms = Timing.of(training.frame_s, 1, 1).frame_ms
    columns = np.array([training.neurons.index(cell) for cell in CELLS])
    pieces: dict[int, list[np.ndarray]] = {}
    for series in training.series:
        pieces.setdefault(series.recording, []).append(series.activity[:, columns])
    known = sorted(pieces)
    fitted = found([pieces[number] for number in known], begin.of(known), frame_ms, seed)
    maximal, synapse = begin.maximal.copy(), begin.synapse.copy()
    maximal[known], synapse[known] = fitted.maximal, fitted.synapse
    return Conductances(maximal, synapse)
