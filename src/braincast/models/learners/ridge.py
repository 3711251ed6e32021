"""Ridge regression of several outputs at once, in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import linalg


@dataclass(frozen=True, eq=False)
class Ridge:
    """Coefficients on standardised features: y = intercept + (x - centre)/scale · coefficients."""

    intercept: Float[np.ndarray, " output"]
    coefficients: Float[np.ndarray, "feature output"]
    centre: Float[np.ndarray, " feature"]
    scale: Float[np.ndarray, " feature"]

    def predict(self, features: Float[np.ndarray, "*batch feature"]) -> Float[np.ndarray, "*batch output"]:
        """The outputs for each row of features."""
        return self.intercept + ((features - self.centre) / self.scale) @ self.coefficients


def fit_ridge(
    features: Float[np.ndarray, "pair feature"], outputs: Float[np.ndarray, "pair output"], penalty: float
) -> Ridge:
    """Minimise squared error + penalty · |coefficients|² on standardised features; the intercept is free.

    A constant feature keeps coefficient 0 (Hoerl & Kennard 1970).
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread > 1e-12 * np.maximum(1.0, np.abs(centre)), spread, np.inf)
    design, intercept = (features - centre) / scale, outputs.mean(axis=0)
    gram = design.T @ design
    gram[np.diag_indices_from(gram)] += penalty
    coefficients = linalg.solve(gram, design.T @ (outputs - intercept), assume_a="pos")
    return Ridge(intercept, coefficients, centre, scale)
