"""A linear network seen through noise, some neurons at some times not at all: its Kalman filter and smoother.

x[t+1] = A x[t] + q, q ~ N(0, diag(Q));  y[t] = x[t] + r at the neurons seen, r ~ N(0, diag(R));  x[0] ~ N(0, diag(S)).
Where a neuron is not seen there is no equation, so that it is marginalised. Covariances do not depend on what is seen:
while the same neurons are seen they settle, and are worked out no further (`at` says which one each frame has).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped
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
        if len(update.seen):
            log_likelihood += _log_density(surprise.reshape(-1, len(update.seen)), update.root)
    return Filtered(updates, at, predicted, after, log_likelihood)


def last_state(network: Network, seen: Seen) -> Float[np.ndarray, "series neuron"]:
    """The state's mean after the last frame."""
    return filtered(network, seen).filtered[:, -1]


def smoothed(network: Network, passed: Filtered) -> Smoothed:
    """The Rauch–Tung–Striebel smoother (1965)."""
    steps = np.stack([passed.at[:-1], passed.at[1:]], axis=1)
    gains = {step: _backward_gain(network, passed.updates, step) for step in set(map(tuple, steps.tolist()))}
    mean = passed.filtered.copy()
    for now in range(len(steps) - 1, -1, -1):
        mean[:, now] += (mean[:, now + 1] - passed.predicted[:, now + 1]) @ gains[tuple(steps[now])].T
    return Smoothed(mean, *_backward_covariances(passed, steps, gains))


def _backward_covariances(
    passed: Filtered, steps: Int[np.ndarray, "step 2"], gains: dict[tuple[int, int], Square]
) -> tuple[Float[np.ndarray, "time neuron"], Square, Square, Square]:
    """Variances of all frames, and the sums of covariances; a run of frames alike is added up at once when settled."""
    covariance = passed.updates[passed.at[-1]].filtered
    variance = np.empty((len(passed.at), len(covariance)))
    variance[-1] = np.diag(covariance)
    earlier, later, lagged = (np.zeros(covariance.shape) for _ in range(3))
    for first, last in reversed(_runs(steps)):
        before, after = (passed.updates[number] for number in steps[first])
        gain = gains[tuple(steps[first])]
        now = last - 1
        while now >= first:
            ahead = covariance
            covariance = before.filtered + _symmetric(gain @ (ahead - after.predicted) @ gain.T)
            n_alike = now - first + 1 if _is_settled(covariance, ahead) else 1
            variance[now - n_alike + 1 : now + 1] = np.diag(covariance)
            earlier += n_alike * covariance
            later += n_alike * ahead
            lagged += n_alike * (ahead @ gain.T)
            now -= n_alike
    return variance, earlier, later, lagged


def _updates(network: Network, mask: Bool[np.ndarray, "time neuron"]) -> tuple[tuple[Update, ...], np.ndarray]:
    """The different updates and which one each frame has."""
    updates: list[Update] = []
    at = np.empty(len(mask), np.int64)
    covariance = np.diag(network.start)
    for now, last in _runs(mask):
        while now < last:
            updates.append(_update(network, covariance, mask[now]))
            following = network.ahead(updates[-1].filtered)
            n_alike = last - now if _is_settled(following, covariance) else 1
            covariance = following
            at[now : now + n_alike] = len(updates) - 1
            now += n_alike
    return tuple(updates), at


def _runs(rows: Shaped[np.ndarray, "row column"]) -> list[tuple[int, int]]:
    """First and last (excluded) of consecutive rows that are alike."""
    changes = np.flatnonzero((rows[1:] != rows[:-1]).any(axis=1)) + 1
    bounds = [0, *changes.tolist(), len(rows)]
    return list(pairwise(bounds))


def _update(network: Network, predicted: Square, mask: Bool[np.ndarray, " neuron"]) -> Update:
    seen = np.flatnonzero(mask)
    across = predicted[:, seen]
    root = np.linalg.cholesky(across[seen] + np.diag(network.noise[seen]))
    gain = linalg.cho_solve((root, True), across.T, check_finite=False).T
    return Update(seen, predicted, _symmetric(predicted - gain @ across.T), gain, root)


def _backward_gain(network: Network, updates: tuple[Update, ...], step: tuple[int, int]) -> Square:
    before, after = (updates[number] for number in step)
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
