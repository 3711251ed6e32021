"""Latent linear dynamical system: a few hidden signals that drive each other and are seen through noisy neurons."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.memory import remembered
from braincast.models.forecasters.population.linear_system import LinearSystem, last_means
from braincast.models.forecasters.population.system_learning import learn_system
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, fit_of, pieces_by_recording, scoped
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers, with_spread
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows


@dataclass(frozen=True, eq=False)
class FittedSystems(WithMembers):
    """Systems one beside another, fields as in `LinearSystem`; the last answers recordings that are not in `known`."""

    transition: Float[np.ndarray, "fit latent latent"]
    drive: Float[np.ndarray, "fit latent latent"]
    readout: Float[np.ndarray, "fit neuron latent"]
    noise: Float[np.ndarray, "fit neuron"]
    start: Float[np.ndarray, "fit latent latent"]
    known: Int[np.ndarray, " known"]
    spread: Spread | None = None

    @property
    def n_fitted(self) -> int:
        return sum(getattr(self, entry.name).size for entry in fields(LinearSystem))

    def system(self, fit: int) -> LinearSystem:
        """One of the systems."""
        return LinearSystem(*(getattr(self, entry.name)[fit] for entry in fields(LinearSystem)))

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number: from the state that the Kalman filter finds at the context's end."""
        answer, which = np.empty(windows.shape), fit_of(self.known, windows.recording)
        contexts = windows.contexts()
        for fit in np.unique(which):
            cases, system = which == fit, self.system(int(fit))
            state = last_means(system, contexts[cases].astype(float))
            for lead in range(windows.horizon):
                state = state @ system.transition.T
                answer[cases, lead] = state @ system.readout.T
        return answer


class LatentSystem(Forecaster):
    """A linear dynamical system by expectation maximisation; forecasts go on from the filtered context."""

    card = forecaster_card(
        "lds",
        "A few hidden signals with linear dynamics, seen through noisy neurons; learned by expectation maximisation.",
        {
            "latent": Setting(
                "How many hidden signals", kind=int, lower=1.0, upper=200.0, sweep=Range(2, 60, log=True)
            ),
            "iterations": Setting("Steps of expectation maximisation, at most", kind=int, lower=1.0, upper=10000.0),
            "scope": SCOPE,
        },
        citation="Shumway & Stoffer 1982, J. Time Series Analysis 3:253; Ghahramani & Hinton 1996, CRG-TR-96-2",
        caveat="What a neuron does alone counts as noise and is not forecast.",
        typical_fit_s=30.0,
    )
    fitted_type = FittedSystems
    candidates: tuple[Settings, ...] = tuple(
        {"latent": latent, "iterations": 30, "scope": scope}
        for latent, scope in ((5, POOLED), (10, POOLED), (20, POOLED), (40, POOLED), (10, OWN), (20, OWN))
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedSystems:
        pieces = pieces_by_recording(training, training.context_frames + training.horizon)
        known, evidence = scoped(training, pieces, settings["scope"])
        # A recording shorter than there are signals would leave the fits unequal.
        shortest = min(sum(len(piece) for piece in of) for of in evidence)
        latent = min(settings["latent"], len(training.neurons), shortest)
        iterations = settings["iterations"]
        systems = remembered(
            training,
            ("systems", latent, iterations, len(known)),
            lambda: [learn_system(of, latent, iterations)[0] for of in evidence],
        )
        stacked: dict[str, Any] = {
            entry.name: np.stack([getattr(system, entry.name) for system in systems]) for entry in fields(LinearSystem)
        }
        fitted = FittedSystems(**stacked, known=known)
        return with_spread(fitted, training)
