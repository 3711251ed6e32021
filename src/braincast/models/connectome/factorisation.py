"""Low-rank factorisation with side information: what a stimulus does, from what its neuron is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.optimize import minimize
from scipy.special import expit, logit

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.responses.propensity import propensity
from braincast.models.responses.similarities import distances_um, expression_profiles
from braincast.models.responses.wiring import connectome_of, synaptic_weights
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

SideInformation = Float[np.ndarray, "neuron feature"]

_RANK = 3
_PSEUDO_COUNT = 20.0
_COMPONENTS = 8  # of wiring and of expression, each
_MAX_STEPS = 200


@dataclass(frozen=True, eq=False)
class FittedFactorisation:
    """Log odds of j's response to i: offset_j + (side_i · loading) · factor_j."""

    offset: Float[np.ndarray, " neuron"]
    loading: Float[np.ndarray, "feature rank"]
    factor: Float[np.ndarray, "neuron rank"]

    @property
    def n_parameters(self) -> int:
        return self.offset.size + self.loading.size + self.factor.size

    def forecast(self, cases: Cases, prepared: SideInformation) -> Float[np.ndarray, "case lead neuron"]:
        log_odds = self.offset + cases.drive @ prepared @ self.loading @ self.factor.T
        return np.broadcast_to(expit(log_odds)[:, None, :], cases.shape).copy()


class Factorisation:
    """Each responder has a few latent factors; how a stimulus loads on them follows from what its neuron is."""

    card = ModelCard(
        name="factorisation",
        summary="Inductive low-rank matrix completion: the stimulated neuron's wiring, genes and position, times "
        "latent factors of the responder.",
        kinds=("perturbation",),
        uses=("connectome", "expression", "positions"),
        settings={
            "ridge": Setting("Ridge penalty on loadings and factors", lower=1e-6, sweep=Range(1.0, 1000.0, log=True))
        },
        citation="Jain & Dhillon 2013, arXiv:1306.0626",
        typical_fit_s=5.0,
    )
    fitted_type = FittedFactorisation
    candidates: tuple[Settings, ...] = tuple({"ridge": ridge} for ridge in (10.0, 30.0, 100.0))

    def prepare(self, structure: Specimen) -> SideInformation:
        weights = synaptic_weights(structure)
        total = np.log1p(weights["chemical"] + weights["electrical"])
        neurons = connectome_of(structure).neurons
        parts = [_components(total), _components(total.T), _components(expression_profiles(structure))]
        if np.isfinite(distances_um(structure)).any():
            parts.append(_standardised(neurons[["x_um", "y_um", "z_um"]].to_numpy(np.float64)))
        return np.concatenate([np.ones((len(neurons), 1)), *parts], axis=1)

    def fit(
        self, training: Training, prepared: SideInformation, settings: Settings, *, seed: int
    ) -> FittedFactorisation:
        offset = logit(propensity(training, _PSEUDO_COUNT))
        side, measured = training.cases.drive @ prepared, training.measured
        start = _start(side, np.where(measured, training.responds - expit(offset), 0.0))
        shapes = start[0].shape, start[1].shape
        problem = (side, offset, np.nan_to_num(training.responds), measured, float(settings["ridge"]), shapes)
        found = minimize(
            _loss,
            np.concatenate([part.ravel() for part in start]),
            problem,
            "L-BFGS-B",
            jac=True,
            options={"maxiter": _MAX_STEPS},
        )
        loading, factor = _unpacked(found.x, shapes)
        return FittedFactorisation(offset, loading, factor)


def _loss(
    flat: np.ndarray,
    side: np.ndarray,
    offset: np.ndarray,
    responds: np.ndarray,
    measured: Bool[np.ndarray, "case neuron"],
    ridge: float,
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
) -> tuple[float, np.ndarray]:
    """Penalised negative log likelihood and its gradient."""
    loading, factor = _unpacked(flat, shapes)
    latent = side @ loading
    log_odds = offset + latent @ factor.T
    error = np.where(measured, expit(log_odds) - responds, 0.0)
    fit = np.where(measured, np.logaddexp(0.0, log_odds) - responds * log_odds, 0.0).sum()
    gradient = side.T @ (error @ factor) + ridge * loading, error.T @ latent + ridge * factor
    penalty = ridge * ((loading**2).sum() + (factor**2).sum()) / 2
    return float(fit + penalty), np.concatenate([part.ravel() for part in gradient])


def _unpacked(flat: np.ndarray, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
    n_loadings = shapes[0][0] * shapes[0][1]
    return flat[:n_loadings].reshape(shapes[0]), flat[n_loadings:].reshape(shapes[1])


def _start(side: np.ndarray, residual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The leading singular vectors of what the offsets leave over: no random start, so no seed."""
    left, values, right = np.linalg.svd(side.T @ residual, full_matrices=False)
    strength = np.sqrt(values[:_RANK] / max(values[0], 1e-12)) * 0.3
    # The sign of a singular vector is arbitrary: let its largest entry be positive, on every machine.
    sign = np.sign(left[np.abs(left[:, :_RANK]).argmax(axis=0), np.arange(min(_RANK, left.shape[1]))])
    return left[:, :_RANK] * strength * sign, right[:_RANK].T * strength * sign


def _components(table: Float[np.ndarray, "neuron feature"]) -> Float[np.ndarray, "neuron component"]:
    """Leading principal components, standardised; 0 for neurons without data, none for a table without any spread."""
    known = np.isfinite(table).all(axis=1)
    scores = np.zeros((len(table), min(_COMPONENTS, *table.shape)))
    if known.sum() > 1:
        centred = table[known] - table[known].mean(axis=0)
        left, values, _ = np.linalg.svd(centred, full_matrices=False)
        kept = left[:, : scores.shape[1]] * values[: scores.shape[1]]
        scores[np.flatnonzero(known), : kept.shape[1]] = kept
    return _standardised(scores)


def _standardised(table: Float[np.ndarray, "neuron feature"]) -> Float[np.ndarray, "neuron feature"]:
    centre, spread = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    return np.nan_to_num((table - centre) / np.where(spread > 1e-12, spread, np.inf))
