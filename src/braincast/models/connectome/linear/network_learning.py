"""Learning a masked linear network by expectation maximisation, from series that may see different neurons.

Shumway & Stoffer 1982, J. Time Series Analysis 3:253. With independent drive the best transition is found row by row:
for each neuron a least squares over itself and its partners alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce

import numpy as np
from jaxtyping import Float, Int
from scipy import linalg

from braincast.models.connectome.linear.network_filter import Network, Seen, filtered, smoothed

_LEAST = 1e-4  # of a neuron's variance: for noise and drive
_ENOUGH = 1e-5  # nats per value seen, gained by an iteration, below which it stops


@dataclass(frozen=True, eq=False)
class Mask:
    """Which entries of the transition may differ from 0 beside the diagonal, and how strongly each is held at 0.

    The penalty on row i of A is Σ `penalty` · A_ij² against the mean squared error of x_i[t+1]: as the logarithm of a
    prior density it is -½ n / Q_i of that, n the number of steps.
    """

    partners: tuple[Int[np.ndarray, " _"], ...]
    penalties: tuple[Float[np.ndarray, " _"], ...]

    @property
    def n_entries(self) -> int:
        """Entries that are learned, the diagonal included."""
        return len(self.partners) + sum(len(of) for of in self.partners)

    def cost(self, transition: Float[np.ndarray, "neuron neuron"]) -> Float[np.ndarray, " neuron"]:
        """The penalty on each row."""
        rows = enumerate(zip(self.partners, self.penalties, strict=True))
        return np.array([(penalty * transition[row, of] ** 2).sum() for row, (of, penalty) in rows])


@dataclass(frozen=True, eq=False)
class Expected:
    """Sums of second moments of the states, and squared differences to what was seen, expected under a network."""

    n_steps: int
    earlier: Float[np.ndarray, "neuron neuron"]
    later: Float[np.ndarray, "neuron neuron"]
    lagged: Float[np.ndarray, "neuron neuron"]
    difference: Float[np.ndarray, " neuron"]
    n_seen: Int[np.ndarray, " neuron"]
    log_likelihood: float

    def __add__(self, other: Expected) -> Expected:
        return Expected(*(getattr(self, entry.name) + getattr(other, entry.name) for entry in fields(self)))


def learn_network(
    network: Network, stacks: Sequence[Seen], mask: Mask, n_iterations: int
) -> tuple[Network, list[float]]:
    """A network that makes the series likely, and before each iteration the penalised log-likelihood, which rises."""
    history: list[float] = []
    n_values = sum(int(seen.mask.sum()) * seen.n_series for seen in stacks)
    for _ in range(n_iterations):
        expected = expect(network, stacks)
        history.append(expected.log_likelihood - log_prior_cost(network, mask, expected.n_steps))
        if len(history) > 1 and history[-1] - history[-2] < _ENOUGH * n_values:
            break
        network = maximise(network, expected, mask)
    return network, history


def log_prior_cost(network: Network, mask: Mask, n_steps: int) -> float:
    """What the penalty takes from the log-likelihood, in nats."""
    return float(0.5 * n_steps * (mask.cost(network.transition) / network.drive).sum())


def expect(network: Network, stacks: Sequence[Seen]) -> Expected:
    """Expected moments given the series."""
    return reduce(lambda a, b: a + b, (_expected(network, seen) for seen in stacks))


def maximise(network: Network, expected: Expected, mask: Mask) -> Network:
    """The network that makes the expected moments most likely, row by row; what was never seen keeps its noise."""
    n_steps, least = expected.n_steps, _LEAST * network.start
    transition = np.zeros_like(network.transition)
    for row, (of, penalty) in enumerate(zip(mask.partners, mask.penalties, strict=True)):
        inputs = np.append(of, row)
        left = expected.earlier[np.ix_(inputs, inputs)]
        left[np.diag_indices_from(left)] += n_steps * np.append(penalty, 0.0)
        factor = linalg.cho_factor(left, lower=True, check_finite=False)
        transition[row, inputs] = linalg.cho_solve(factor, expected.lagged[row, inputs], check_finite=False)
    explained = (transition * expected.lagged).sum(axis=1)
    spread = np.einsum("ij,ij->i", transition @ expected.earlier, transition)
    drive = (np.diag(expected.later) - 2 * explained + spread) / n_steps + mask.cost(transition)
    noise = np.divide(expected.difference, expected.n_seen, out=network.noise.copy(), where=expected.n_seen > 0)
    return replace(network, transition=transition, drive=np.maximum(drive, least), noise=np.maximum(noise, least))


def stacked(pieces: Sequence[Float[np.ndarray, "_ neuron"]]) -> list[Seen]:
    """Series in which the same neurons are seen at the same frames (not NaN), together."""
    groups: dict[tuple[int, bytes], list[np.ndarray]] = {}
    for piece in pieces:
        if len(piece) > 1:
            groups.setdefault((len(piece), np.isfinite(piece).tobytes()), []).append(np.asarray(piece, dtype=float))
    return [Seen(np.nan_to_num(np.stack(of)), np.isfinite(of[0])) for of in groups.values()]


def _expected(network: Network, seen: Seen) -> Expected:
    passed = filtered(network, seen)
    state, n = smoothed(network, passed), seen.n_series
    before, after = state.mean[:, :-1], state.mean[:, 1:]
    squares = (seen.values - state.mean) ** 2 + state.variance
    flat = before.reshape(-1, before.shape[2]), after.reshape(-1, after.shape[2])
    return Expected(
        n_steps=n * (seen.values.shape[1] - 1),
        earlier=flat[0].T @ flat[0] + n * state.earlier_sum,
        later=flat[1].T @ flat[1] + n * state.later_sum,
        lagged=flat[1].T @ flat[0] + n * state.lagged_sum,
        difference=np.where(seen.mask, squares, 0.0).sum(axis=(0, 1)),
        n_seen=n * seen.mask.sum(axis=0),
        log_likelihood=passed.log_likelihood,
    )
