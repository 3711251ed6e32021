"""Dynamic mode decomposition: the linear map between successive delay vectors, on their leading directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.memory import remembered
from braincast.models.forecasters.population.population_moments import lagged_rows
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, fit_of, pieces_by_recording, scoped
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers, with_spread
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_MOST_REMEMBERED_BYTES = 256 << 20
Factors = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class FittedModes(WithMembers):
    """x[t + k] = decoder · operator^(k-1) · encoder' · (the last frames); the last fit answers unknown recordings.

    The operator's eigenvalues are the eigenvalues of the decomposition.
    """

    encoder: Float[np.ndarray, "fit feature mode"]
    operator: Float[np.ndarray, "fit mode mode"]
    decoder: Float[np.ndarray, "fit neuron mode"]
    known: Int[np.ndarray, " known"]
    spread: Spread | None = None

    @property
    def n_fitted(self) -> int:
        return self.encoder.size + self.operator.size + self.decoder.size

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        answer = np.empty(windows.shape)
        delays = self.encoder.shape[1] // len(windows.neurons)
        past, which = windows.contexts()[:, -delays:], fit_of(self.known, windows.recording)
        for fit in np.unique(which):
            cases = which == fit
            state = past[cases].reshape(cases.sum(), -1).astype(float) @ self.encoder[fit]
            for lead in range(windows.horizon):
                answer[cases, lead] = state @ self.decoder[fit].T
                state = state @ self.operator[fit].T
        return answer


class DynamicModes(Forecaster):
    """Exact dynamic mode decomposition of delay vectors (Hankel DMD), iterated over the leads."""

    card = forecaster_card(
        "dmd",
        "The best linear map between successive delay vectors of all neurons, on their leading directions.",
        {
            "delays": Setting(
                "How many frames make a delay vector", kind=int, lower=1.0, upper=1000.0, sweep=Range(1, 16)
            ),
            "rank": Setting(
                "How many leading directions are kept", kind=int, lower=1.0, upper=2000.0, sweep=Range(5, 300, log=True)
            ),
            "scope": SCOPE,
        },
        citation="Schmid 2010, J. Fluid Mech. 656:5; Tu et al. 2014, J. Comput. Dyn. 1:391; "
        "Brunton et al. 2016, J. Neurosci. Methods 258:1",
        caveat="What lies outside the kept directions is not forecast, so that lead 1 suffers.",
        typical_fit_s=10.0,
    )
    fitted_type = FittedModes
    candidates: tuple[Settings, ...] = tuple(
        {"delays": delays, "rank": rank, "scope": scope}
        for delays, rank in ((1, 20), (1, 100), (2, 150), (8, 20))
        for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedModes:
        delays, scope = min(settings["delays"], training.context_frames), settings["scope"]
        known, factors = _decomposed(training, delays, scope)
        # A rank that one fit cannot have would leave the fits unequal: all get what the poorest has.
        rank = min(settings["rank"], *(len(values) for _, values, _, _ in factors))
        fits = [modes(of, rank, len(training.neurons)) for of in factors]
        encoder, operator, decoder = (np.stack(parts) for parts in zip(*fits, strict=True))
        fitted = FittedModes(encoder, operator, decoder, known)
        return with_spread(fitted, training)


def modes(factors: Factors, rank: int, n_neurons: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encoder, operator and decoder on the leading `rank` directions."""
    left, values, right, after = factors
    encoder = right[:rank].T
    mapped = after.T @ (left[:, :rank] / values[:rank])  # what each direction becomes one frame later
    return encoder, encoder.T @ mapped, mapped[-n_neurons:]


def factorised(pieces: list[Float[np.ndarray, "_ neuron"]], delays: int) -> Factors:
    """Singular vectors and values of the delay vectors (one a row), and the vectors one frame later."""
    rows = [lagged_rows(piece.astype(float), delays) for piece in pieces]
    before, after = np.concatenate([r[:-1] for r in rows]), np.concatenate([r[1:] for r in rows])
    left, values, right = np.linalg.svd(before, full_matrices=False)
    n_kept = max(1, int((values > 1e-9 * values[0]).sum()))
    return left[:, :n_kept], values[:n_kept], right[:n_kept], after


def _decomposed(training: ForecastTraining, delays: int, scope: str) -> tuple[np.ndarray, list[Factors]]:
    """Once for all ranks, unless what is kept would be large."""
    pieces = pieces_by_recording(training, training.context_frames + training.horizon)
    known, evidence = scoped(training, pieces, scope)
    n_bytes = 3 * 8 * delays * sum(piece.size for of in evidence for piece in of)
    if n_bytes > _MOST_REMEMBERED_BYTES:
        return known, [factorised(of, delays) for of in evidence]
    key = ("delay vectors", delays, len(known))
    return known, remembered(training, key, lambda: [factorised(of, delays) for of in evidence])
