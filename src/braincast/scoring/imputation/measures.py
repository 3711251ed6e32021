"""What is said of single neurons that were hidden, averaged over neurons: they count alike, however active they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

NeuronValues = Float[np.ndarray, "*any neuron"]
NeuronSums = Mapping[str, NeuronValues]


def neuron_r2(sums: NeuronSums) -> Float[np.ndarray, "*any"]:
    """Mean over neurons of 1 - squared error / squared distance of the truth from the neuron's training mean.

    Neurons that never left it, or were not observed, are left out; NaN where no neuron is left.
    """
    return mean_of_neurons(r2_of_neurons(sums))


def r2_of_neurons(sums: NeuronSums) -> NeuronValues:
    """R² of each neuron around its training mean, so that the mean itself has 0; NaN where it is undefined."""
    spread = sums["truth_squared"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, 1 - sums["squared_error"] / spread, np.nan)


def neuron_correlation(sums: NeuronSums) -> Float[np.ndarray, "*any"]:
    """Mean over neurons of Pearson's r; NaN where the prediction of any neuron is constant.

    Neurons of constant truth are left out.
    """
    found = correlation_of_neurons(sums)
    is_varied = _spread(sums, "truth") > 0
    undefined = (is_varied & ~np.isfinite(found)).any(axis=-1)
    return np.where(undefined, np.nan, mean_of_neurons(found))


def correlation_of_neurons(sums: NeuronSums) -> NeuronValues:
    """Pearson's r of each neuron; NaN where either side is constant."""
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = sums["product"] - sums["prediction"] * sums["truth"] / sums["count"]
        spread = np.sqrt(_spread(sums, "prediction") * _spread(sums, "truth"))
        return np.where(spread > 0, covariance / spread, np.nan)


def _spread(sums: NeuronSums, side: str) -> NeuronValues:
    """Sum of squares around the mean; rounding noise below 1e-12 of the squares counts as none."""
    squares = sums[f"{side}_squared"]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares - sums[side] ** 2 / sums["count"]
    return np.where(spread > 1e-12 * np.maximum(squares, 1e-300), spread, 0.0)


def mean_of_neurons(values: NeuronValues) -> Float[np.ndarray, "*any"]:
    """Mean over neurons for which a value is defined; NaN where there are none."""
    known = np.isfinite(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1)
