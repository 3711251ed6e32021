"""Linear networks driven by noise: x' = A x + noise, with everything about their forecasts in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from braincast.errors import BraincastError

# Of a standard normal number, the mean of its size.
MEAN_ABSOLUTE = float(np.sqrt(2 / np.pi))
_DOUBLINGS = 60  # 2^60 steps: more than any network that is stable in float64 remembers


@dataclass(frozen=True, eq=False)
class Autoregression:
    """A vector autoregression of order 1: `transition` is A as [post, pre], noise is independent with `noise_sd`."""

    transition: sparse.csr_array
    noise_sd: Float[np.ndarray, " neuron"]

    @property
    def n_neurons(self) -> int:
        """Length of the state."""
        return len(self.noise_sd)


def frames(
    network: Autoregression, rng: np.random.Generator, *, burn_in: int
) -> Iterator[Float[np.ndarray, " neuron"]]:
    """Endless states in order; `burn_in` steps from rest come first and are not given.

    One thread and a fixed order of sums: the same generator gives the same bits however many cores there are.
    """
    state = np.zeros(network.n_neurons)
    step = 0
    while True:
        state = network.transition @ state + network.noise_sd * rng.standard_normal(network.n_neurons)
        step += 1
        if step > burn_in:
            yield state


def forecast_error_sd(network: Autoregression, horizon: int) -> Float[np.ndarray, "lead neuron"]:
    """Standard deviation of the error of the best forecast: the root of the diagonal of Σ_{k<h} A^k Q A^kᵀ, h from 1.

    The best forecast, A^h x, knows A and the present state exactly; no other forecast has a smaller error.
    """
    variance = np.zeros((horizon, network.n_neurons))
    for members, dense in _components(network):
        scaled = np.diag(network.noise_sd[members])
        for lead in range(horizon):
            variance[lead, members] = (scaled**2).sum(axis=1)
            scaled = dense @ scaled
    return np.sqrt(variance.cumsum(axis=0))


def stationary_sd(network: Autoregression) -> Float[np.ndarray, " neuron"]:
    """Standard deviation of each neuron at rest: the diagonal of P = A P Aᵀ + Q, by doubling; E107 if unstable."""
    variance = np.zeros(network.n_neurons)
    for members, dense in _components(network):
        variance[members] = np.diag(_stationary_covariance(dense, network.noise_sd[members]))
    return np.sqrt(variance)


def spectral_radius(matrix: Float[np.ndarray, "row column"]) -> float:
    """The largest size of an eigenvalue."""
    return float(np.abs(np.linalg.eigvals(matrix)).max(initial=0.0))


def _stationary_covariance(
    dense: Float[np.ndarray, "post pre"], noise_sd: Float[np.ndarray, " neuron"]
) -> Float[np.ndarray, "post pre"]:
    if spectral_radius(dense) >= 1:
        what, fix = "the spectral radius is 1 or more, so that activity grows without bound", "Scale the network down"
        raise BraincastError("E107", "network.transition", what, fix)
    covariance, power = np.diag(noise_sd**2), dense
    for _ in range(_DOUBLINGS):
        added = power @ covariance @ power.T
        covariance = covariance + added
        if np.abs(added).max(initial=0.0) <= 1e-16 * np.abs(covariance).max(initial=0.0):
            break
        power = power @ power
    return covariance


def _components(network: Autoregression) -> Iterator[tuple[Int[np.ndarray, " member"], np.ndarray]]:
    """Groups of neurons that no edge connects with others, and the transition inside each as a dense matrix.

    A network of many groups stays cheap and exact at any size.
    """
    n_groups, labels = connected_components(network.transition, directed=False)
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(n_groups + 1))
    for start, stop in pairwise(bounds):
        members = order[start:stop].astype(np.int64)
        yield members, network.transition[members][:, members].toarray()
