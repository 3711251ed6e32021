"""A linear dynamical system seen through noisy neurons: its Kalman filter and smoother.

x[t+1] = A x[t] + q, q ~ N(0, Q);  y[t] = C x[t] + r, r ~ N(0, diag(R));  x[0] ~ N(0, S). Covariances do not depend on
what is seen, so that they are found once for all series of a length. Many neurons cost little: with diagonal R all
equations are in the latent dimension (Durbin & Koopman 2012, ch. 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

_SETTLED = 1e-10  # relative change below which the filter's covariances have stopped to change


@dataclass(frozen=True, eq=False)
class LinearSystem:
    """`transition` A, `drive` Q, `readout` C, `noise` R (variances), `start` S."""

    transition: Float[np.ndarray, "latent latent"]
    drive: Float[np.ndarray, "latent latent"]
    readout: Float[np.ndarray, "neuron latent"]
    noise: Float[np.ndarray, " neuron"]
    start: Float[np.ndarray, "latent latent"]

    def evidence(self, seen: Float[np.ndarray, "*batch neuron"]) -> Float[np.ndarray, "*batch latent"]:
        """C' R⁻¹ y: all that a frame says about the state."""
        return seen @ (self.readout / self.noise[:, None])

    @property
    def information(self) -> Float[np.ndarray, "latent latent"]:
        """C' R⁻¹ C."""
        return self.readout.T @ (self.readout / self.noise[:, None])


@dataclass(frozen=True, eq=False)
class FilterCovariances:
    """Of the state at each frame, before and after the frame was seen."""

    predicted: Float[np.ndarray, "time latent latent"]
    filtered: Float[np.ndarray, "time latent latent"]


def filter_covariances(system: LinearSystem, n_frames: int) -> FilterCovariances:
    """The Riccati recursion; once it has settled the rest is filled in."""
    size = len(system.transition)
    predicted, filtered = np.empty((n_frames, size, size)), np.empty((n_frames, size, size))
    information, before = system.information, system.start
    for t in range(n_frames):
        after = _symmetric(np.linalg.solve(np.eye(size) + before @ information, before))
        predicted[t], filtered[t] = before, after
        following = _symmetric(system.transition @ after @ system.transition.T + system.drive)
        if np.abs(following - before).max() <= _SETTLED * np.abs(following).max():
            predicted[t:], filtered[t:] = before, after
            break
        before = following
    return FilterCovariances(predicted, filtered)


def filtered_means(
    system: LinearSystem, seen: Float[np.ndarray, "series time neuron"], covariances: FilterCovariances
) -> tuple[Float[np.ndarray, "series time latent"], Float[np.ndarray, "series time latent"]]:
    """The state's mean at each frame of each series, before and after the frame was seen."""
    evidence, information = system.evidence(seen), system.information
    predicted, filtered = np.empty_like(evidence), np.empty_like(evidence)
    mean = np.zeros((len(seen), evidence.shape[2]))
    for t in range(seen.shape[1]):
        predicted[:, t] = mean
        mean = mean + (evidence[:, t] - mean @ information) @ covariances.filtered[t]
        filtered[:, t] = mean
        mean = mean @ system.transition.T
    return predicted, filtered


def last_means(
    system: LinearSystem, seen: Float[np.ndarray, "series time neuron"]
) -> Float[np.ndarray, "series latent"]:
    """The state's mean after the last frame of each series."""
    return filtered_means(system, seen, filter_covariances(system, seen.shape[1]))[1][:, -1]


def log_likelihood(
    system: LinearSystem,
    seen: Float[np.ndarray, "series time neuron"],
    covariances: FilterCovariances,
    predicted: Float[np.ndarray, "series time latent"],
) -> float:
    """Log density of what was seen, in nats."""
    evidence, information = system.evidence(seen), system.information
    surprise = evidence - predicted @ information
    size, n_neurons = len(information), seen.shape[2]
    squares = np.einsum("stn,n->st", seen**2, 1 / system.noise)
    squares += np.einsum("stk,stk->st", predicted, predicted @ information - 2 * evidence)
    squares -= np.einsum("stk,tkl,stl->st", surprise, covariances.filtered, surprise)
    spread = np.linalg.slogdet(np.eye(size) + covariances.predicted @ information)[1]
    constant = n_neurons * np.log(2 * np.pi) + np.log(system.noise).sum()
    return float(-0.5 * (squares.sum() + len(seen) * (spread.sum() + seen.shape[1] * constant)))


@dataclass(frozen=True, eq=False)
class Smoothed:
    """The state given the whole series: means, covariances, and `lagged[t]`, the covariance of frames t + 1 and t."""

    mean: Float[np.ndarray, "series time latent"]
    covariance: Float[np.ndarray, "time latent latent"]
    lagged: Float[np.ndarray, "step latent latent"]


def smoothed(
    system: LinearSystem,
    covariances: FilterCovariances,
    predicted: Float[np.ndarray, "series time latent"],
    filtered: Float[np.ndarray, "series time latent"],
) -> Smoothed:
    """The Rauch–Tung–Striebel smoother (1965)."""
    gains = np.linalg.solve(covariances.predicted[1:], system.transition @ covariances.filtered[:-1])
    mean, covariance = filtered.copy(), covariances.filtered.copy()
    for t in range(len(gains) - 1, -1, -1):
        gain = gains[t]
        mean[:, t] += (mean[:, t + 1] - predicted[:, t + 1]) @ gain
        covariance[t] += gain.T @ (covariance[t + 1] - covariances.predicted[t + 1]) @ gain
    return Smoothed(mean, covariance, covariance[1:] @ gains)


def _symmetric(matrix: Float[np.ndarray, "latent latent"]) -> Float[np.ndarray, "latent latent"]:
    return (matrix + matrix.T) / 2
