"""Ridge-penalised logistic regression, fitted to convergence by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import linalg
from scipy.special import expit

from braincast.models.interface import Setting
from braincast.models.space import Range

PENALTY = Setting("Ridge penalty on standardised coefficients", lower=1e-6, sweep=Range(1.0, 10000.0, log=True))
_MAX_STEPS = 50
_TOLERANCE = 1e-4  # of a Newton step, so the error left behind is of the order of its square


@dataclass(frozen=True, eq=False)
class Logistic:
    """Coefficients on standardised features: p = expit(intercept + Σ (x - centre)/scale · coefficient)."""

    intercept: float
    coefficients: Float[np.ndarray, " feature"]
    centre: Float[np.ndarray, " feature"]
    scale: Float[np.ndarray, " feature"]

    def probability(self, features: Float[np.ndarray, "*batch feature"]) -> Float[np.ndarray, "*batch"]:
        """Probability of a response for each row of features."""
        return expit(self.intercept + ((features - self.centre) / self.scale) @ self.coefficients)


def fit_logistic(
    features: Float[np.ndarray, "pair feature"], outcome: Float[np.ndarray, " pair"], penalty: float
) -> Logistic:
    """Minimise -log likelihood + penalty/2 · |coefficients|² on standardised features; the intercept is free.

    A constant feature keeps coefficient 0. With `penalty` > 0 the optimum is unique, so no seed is involved.
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread > 1e-12 * np.maximum(1.0, np.abs(centre)), spread, np.inf)
    design = np.column_stack([np.ones(len(features)), (features - centre) / scale])
    penalties = np.r_[0.0, np.full(features.shape[1], float(penalty))]
    rate = (outcome.sum() + 0.5) / (len(outcome) + 1.0)
    weights = np.r_[np.log(rate / (1 - rate)), np.zeros(features.shape[1])]
    for _ in range(_MAX_STEPS):
        step = _downhill(design, outcome, penalties, weights, _newton_step(design, outcome, penalties, weights))
        weights = weights + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return Logistic(float(weights[0]), weights[1:], centre, scale)


def _newton_step(design: np.ndarray, outcome: np.ndarray, penalties: np.ndarray, weights: np.ndarray) -> np.ndarray:
    probability = expit(design @ weights)
    gradient = design.T @ (outcome - probability) - penalties * weights
    curvature = probability * (1 - probability)
    hessian = (design.T * curvature) @ design
    hessian[np.diag_indices_from(hessian)] += penalties + 1e-9
    return linalg.solve(hessian, gradient, assume_a="pos")


def _downhill(
    design: np.ndarray, outcome: np.ndarray, penalties: np.ndarray, weights: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """The step, halved until the objective does not rise: far from the optimum a full Newton step can overshoot."""
    here, along = design @ weights, design @ step
    before = _objective(here, outcome, penalties, weights)
    while _objective(here + along, outcome, penalties, weights + step) > before and np.abs(step).max() >= _TOLERANCE:
        step, along = step / 2, along / 2
    return step


def _objective(log_odds: np.ndarray, outcome: np.ndarray, penalties: np.ndarray, weights: np.ndarray) -> float:
    return float(np.logaddexp(0.0, log_odds).sum() - outcome @ log_odds + penalties @ weights**2 / 2)
