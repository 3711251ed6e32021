"""Factor analysis by expectation maximisation, from a covariance alone (Rubin & Thayer 1982, Psychometrika 47:69)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import linalg

_TOLERANCE = 1e-6  # of the mean log likelihood of a frame
_LEAST_NOISE = 1e-4  # of a neuron's variance, so that no neuron is taken for a factor (Heywood 1931)


@dataclass(frozen=True, eq=False)
class FactorModel:
    """Neurons are loadings on factors of unit variance, and noise of their own."""

    loadings: Float[np.ndarray, "neuron factor"]
    noise: Float[np.ndarray, " neuron"]

    @property
    def covariance(self) -> Float[np.ndarray, "neuron neuron"]:
        """What neurons have in common, and their noise."""
        return self.loadings @ self.loadings.T + np.diag(self.noise)

    def conditional_weights(
        self, seen: Int[np.ndarray, " source"], hidden: Int[np.ndarray, " target"]
    ) -> Float[np.ndarray, "source target"]:
        """Weights of the conditional mean of hidden neurons' deviations, given those that are seen."""
        return (self.loadings[hidden] @ _projection(self.loadings[seen], self.noise[seen])).T


def fitted_factors(
    covariance: Float[np.ndarray, "neuron neuron"], n_factors: int, *, tolerance: float = _TOLERANCE, most: int = 500
) -> FactorModel:
    """The likeliest model that expectation maximisation finds from the principal axes on.

    It ends where a round gains less than `tolerance` (mean log likelihood of a frame), at most after `most`.
    """
    variance = np.diag(covariance)
    values, vectors = np.linalg.eigh(covariance)
    strength = np.sqrt(np.maximum(values[::-1][:n_factors] - values.mean(), 1e-6 * values[-1]))
    loadings = vectors[:, ::-1][:, :n_factors] * strength
    noise = np.maximum(variance - (loadings**2).sum(axis=1), 0.1 * variance)
    before = -np.inf
    for _ in range(most):
        projection = _projection(loadings, noise)
        cross = covariance @ projection.T
        second = np.eye(n_factors) - projection @ loadings + projection @ cross
        loadings = linalg.solve(second, cross.T, assume_a="pos").T
        noise = np.maximum(variance - (loadings * cross).sum(axis=1), _LEAST_NOISE * variance)
        likelihood = log_likelihood(covariance, FactorModel(loadings, noise))
        if likelihood - before < tolerance:
            break
        before = likelihood
    return FactorModel(loadings, noise)


def log_likelihood(covariance: Float[np.ndarray, "neuron neuron"], model: FactorModel) -> float:
    """Mean log likelihood of a frame of data with this covariance, in nats."""
    factor = linalg.cho_factor(model.covariance)
    log_determinant = 2 * np.log(np.diag(factor[0])).sum()
    distance = np.trace(linalg.cho_solve(factor, covariance))
    return float(-0.5 * (len(covariance) * np.log(2 * np.pi) + log_determinant + distance))


def _projection(
    loadings: Float[np.ndarray, "neuron factor"], noise: Float[np.ndarray, " neuron"]
) -> Float[np.ndarray, "factor neuron"]:
    """Factors' conditional mean, given neurons: (I + Λ'Ψ⁻¹Λ)⁻¹ Λ'Ψ⁻¹."""
    scaled = loadings / noise[:, None]
    precision = np.eye(loadings.shape[1]) + loadings.T @ scaled
    return linalg.solve(precision, scaled.T, assume_a="pos")
