"""A linear network seen through noise, some neurons at some times not at all: its Kalman filter and smoother.

x[t+1] = A x[t] + q, q ~ N(0, diag(Q));  y[t] = x[t] + r at the neurons seen, r ~ N(0, diag(R));  x[0] ~ N(0, diag(S)).
Where a neuron is not seen there is no equation, so that it is marginalised. Covariances do not depend on what is seen:
while the same neurons are seen they settle, and are worked out no further (`at` says which one each frame has).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import linalg

_SETTLED = 1e-9  # relative change below which covariances have stopped to change
Square = Float[np.ndarray, "neuron neuron"]


@dataclass(frozen=True, eq=False)
class Network:
    """`transition` A; variances `drive` Q, `noise` R and `start` S."""

    transition: Square
    drive: Float[np.ndarray, " neuron"]
    noise: Float[np.ndarray, " neuron"]
    start: Float[np.ndarray, " neuron"]

    def ahead(self, covariance: Square) -> Square:
        """The state's covariance one frame later."""
        return _symmetric(self.transition @ covariance @ self.transition.T) + np.diag(self.drive)


@dataclass(frozen=True, eq=False)
class Seen:
    """Series of one length in which the same neurons are seen at each frame; what is not seen is 0 in `values`."""

    values: Float[np.ndarray, "series time neuron"]
    mask: Bool[np.ndarray, "time neuron"]

    @property
    def n_series(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Update:
    """What a frame does to the state: covariances before and after, the gain, and what the surprise weighs."""

    seen: Int[np.ndarray, " seen"]
    predicted: Square
    filtered: Square
    gain: Float[np.ndarray, "neuron seen"]
    root: Float[np.ndarray, "seen seen"]  # lower Cholesky factor of the surprise's covariance


@dataclass(frozen=True, eq=False)
class Filtered:
    """Means of the state before and after each frame was seen, the different updates, and the log density in nats."""

    updates: tuple[Update, ...]
    at: Int[np.ndarray, " time"]
    predicted: Float[np.ndarray, "series time neuron"]
    filtered: Float[np.ndarray, "series time neuron"]
    log_likelihood: float


@dataclass(frozen=True, eq=False)
class Smoothed:
    """The state given the whole series: means, the variances of each frame, and sums of covariances over frames.

    `later_sum` and `earlier_sum` leave out the first and the last frame; `lagged_sum` adds the covariances of each
    frame with the one before it.
    """

    mean: Float[np.ndarray, "series time neuron"]
    variance: Float[np.ndarray, "time neuron"]
    earlier_sum: Square
    later_sum: Square
    lagged_sum: Square


def filtered(network: Network, seen: Seen) -> Filtered:
    """The Kalman filter over all series at once."""
    updates, at = _updates(network, seen.mask)
    predicted, after = np.empty_like(seen.values), np.empty_like(seen.values)
    mean = np.zeros((seen.n_series, seen.values.shape[2]))
    log_likelihood = 0.0
    for now, update in enumerate(updates[number] for number in at):
        predicted[:, now] = mean
        mean = mean + (seen.values[:, now, update.seen] - mean[:, update.seen]) @ update.gain.T
        after[:, now] = mean
        mean = mean @ network.transition.T
    for number, update in enumerate(updates):
        frames = at == number
        surprise = (seen.values[:, frames] - predicted[:, frames])[:, :, update.seen]
        log_likelihood += _log_density(surprise.reshape(-1, len(update.seen)), update.root)
    return Filtered(updates, at, predicted, after, log_likelihood)


def last_state(network: Network, seen: Seen) -> Float[np.ndarray, "series neuron"]:
    """The state's mean after the last frame."""
    return filtered(network, seen).filtered[:, -1]


def smoothed(network: Network, passed: Filtered) -> Smoothed:
    """The Rauch–Tung–Striebel smoother (1965)."""
    at, updates, n_frames = passed.at, passed.updates, len(passed.at)
    mean, covariance = passed.filtered.copy(), updates[at[-1]].filtered
    n_neurons = mean.shape[2]
    variance = np.empty((n_frames, n_neurons))
    variance[-1] = np.diag(covariance)
    earlier, later, lagged = np.zeros((3, n_neurons, n_neurons))
    gains: dict[tuple[int, int], Square] = {}
    step, settled = (-1, -1), False
    for now in range(n_frames - 2, -1, -1):
        previous, step = step, (int(at[now]), int(at[now + 1]))
        if step not in gains:
            gains[step] = _backward_gain(network, updates[step[0]], updates[step[1]])
        gain = gains[step]
        mean[:, now] += (mean[:, now + 1] - passed.predicted[:, now + 1]) @ gain.T
        later += covariance
        if not (settled and step == previous):
            ahead, across = covariance, covariance @ gain.T
            change = gain @ (ahead - updates[step[1]].predicted) @ gain.T
            covariance = updates[step[0]].filtered + _symmetric(change)
            settled = step == previous and _is_settled(covariance, ahead)
        lagged += across
        earlier += covariance
        variance[now] = np.diag(covariance)
    return Smoothed(mean, variance, earlier, later, lagged)


def _updates(network: Network, mask: Bool[np.ndarray, "time neuron"]) -> tuple[tuple[Update, ...], np.ndarray]:
    updates: list[Update] = []
    at = np.empty(len(mask), np.int64)
    covariance, settled = np.diag(network.start), False
    for now, of_frame in enumerate(mask):
        is_same = now > 0 and np.array_equal(of_frame, mask[now - 1])
        if not (settled and is_same):
            updates.append(_update(network, covariance, of_frame))
            following = network.ahead(updates[-1].filtered)
            settled = is_same and _is_settled(following, covariance)
            covariance = following
        at[now] = len(updates) - 1
    return tuple(updates), at


def _update(network: Network, predicted: Square, mask: Bool[np.ndarray, " neuron"]) -> Update:
    seen = np.flatnonzero(mask)
    across = predicted[:, seen]
    root = np.linalg.cholesky(across[seen] + np.diag(network.noise[seen]))
    gain = linalg.cho_solve((root, True), across.T, check_finite=False).T
    return Update(seen, predicted, _symmetric(predicted - gain @ across.T), gain, root)


def _backward_gain(network: Network, before: Update, after: Update) -> Square:
    factor = linalg.cho_factor(after.predicted, lower=True, check_finite=False)
    return linalg.cho_solve(factor, network.transition @ before.filtered, check_finite=False).T


def _log_density(surprise: Float[np.ndarray, "row seen"], root: Float[np.ndarray, "seen seen"]) -> float:
    white = linalg.solve_triangular(root, surprise.T, lower=True, check_finite=False)
    constant = len(root) * np.log(2 * np.pi) + 2 * np.log(np.diag(root)).sum()
    return float(-0.5 * ((white**2).sum() + len(surprise) * constant))


def _is_settled(now: Square, before: Square) -> bool:
    return bool(np.abs(now - before).max() <= _SETTLED * np.abs(now).max())


def _symmetric(matrix: Square) -> Square:
    return (matrix + matrix.T) / 2
