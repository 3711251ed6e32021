"""Learning a linear dynamical system by expectation maximisation (Shumway & Stoffer 1982; Ghahramani & Hinton 1996)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.population.linear_system import (
    LinearSystem,
    filter_covariances,
    filtered_means,
    log_likelihood,
    smoothed,
)
from braincast.models.forecasters.population.principal_factors import principal_factors, signals

_LEAST_NOISE = 1e-3  # of a neuron's variance: a neuron that is a factor of its own would get none
_LEAST_DRIVE = 1e-6
_ENOUGH = 1e-5  # nats per frame and neuron gained by an iteration below which it stops

Pieces = Sequence[Float[np.ndarray, "_ neuron"]]  # lengths may differ


@dataclass(frozen=True, eq=False)
class Expected:
    """Sums of second moments of states and neurons, expected under a system."""

    n_frames: int
    n_series: int
    states: Float[np.ndarray, "latent latent"]
    earlier: Float[np.ndarray, "latent latent"]
    later: Float[np.ndarray, "latent latent"]
    lagged: Float[np.ndarray, "latent latent"]
    first: Float[np.ndarray, "latent latent"]
    seen_states: Float[np.ndarray, "neuron latent"]
    seen: Float[np.ndarray, " neuron"]

    def __add__(self, other: Expected) -> Expected:
        return Expected(*(getattr(self, e.name) + getattr(other, e.name) for e in fields(self)))


def learn_system(pieces: Pieces, n_latent: int, n_iterations: int) -> tuple[LinearSystem, list[float]]:
    """A system that makes the series likely, and the log-likelihood (nats) before each iteration, which only rises."""
    stacks = _by_length(pieces)
    n_values = sum(stack.size for stack in stacks)
    system, history = first_guess(pieces, n_latent), []
    for _ in range(n_iterations):
        expected, likelihood = expect(system, stacks)
        history.append(likelihood)
        if len(history) > 1 and history[-1] - history[-2] < _ENOUGH * n_values:
            break
        system = maximise(expected)
    return system, history


def first_guess(pieces: Pieces, n_latent: int) -> LinearSystem:
    """Principal factors as states, and the ridge regression of each on those one frame before."""
    readout = principal_factors(pieces, n_latent)
    states = [signals(np.asarray(piece, dtype=float), readout) for piece in pieces]
    before, after = np.concatenate([x[:-1] for x in states]), np.concatenate([x[1:] for x in states])
    size = readout.shape[1]
    gram = before.T @ before + 1e-2 * len(before) * np.eye(size)
    transition = np.linalg.solve(gram, before.T @ after).T
    rest = after - before @ transition.T
    drive = rest.T @ rest / len(rest) + _LEAST_DRIVE * np.eye(size)
    activity = np.concatenate([np.asarray(piece, dtype=float) for piece in pieces])
    unseen = ((activity - np.concatenate(states) @ readout.T) ** 2).mean(axis=0)
    return LinearSystem(transition, drive, readout, np.maximum(unseen, _LEAST_NOISE), np.eye(size))


def expect(system: LinearSystem, stacks: Sequence[Float[np.ndarray, "_ _ neuron"]]) -> tuple[Expected, float]:
    """Expected moments given the series, and the log-likelihood of the system."""
    parts = [_expected(system, seen) for seen in stacks]
    return reduce(lambda a, b: a + b, (part for part, _ in parts)), sum(likelihood for _, likelihood in parts)


def _expected(system: LinearSystem, seen: Float[np.ndarray, "series time neuron"]) -> tuple[Expected, float]:
    covariances = filter_covariances(system, seen.shape[1])
    predicted, filtered = filtered_means(system, seen, covariances)
    state, n_series = smoothed(system, covariances, predicted, filtered), len(seen)
    products = np.einsum("stk,stl->tkl", state.mean, state.mean) + n_series * state.covariance
    lagged = np.einsum("stk,stl->kl", state.mean[:, 1:], state.mean[:, :-1]) + n_series * state.lagged.sum(axis=0)
    expected = Expected(
        n_frames=n_series * seen.shape[1],
        n_series=n_series,
        states=products.sum(axis=0),
        earlier=products[:-1].sum(axis=0),
        later=products[1:].sum(axis=0),
        lagged=lagged,
        first=products[0],
        seen_states=np.tensordot(seen, state.mean, axes=([0, 1], [0, 1])),
        seen=(seen**2).sum(axis=(0, 1)),
    )
    return expected, log_likelihood(system, seen, covariances, predicted)


def maximise(expected: Expected) -> LinearSystem:
    """The system that makes the expected moments most likely."""
    transition = np.linalg.solve(expected.earlier, expected.lagged.T).T
    n_steps, size = expected.n_frames - expected.n_series, len(transition)
    drive = (expected.later - transition @ expected.lagged.T) / n_steps
    readout = np.linalg.solve(expected.states, expected.seen_states.T).T
    noise = (expected.seen - (readout * expected.seen_states).sum(axis=1)) / expected.n_frames
    variance = expected.seen / expected.n_frames
    return LinearSystem(
        transition,
        (drive + drive.T) / 2 + _LEAST_DRIVE * np.eye(size),
        readout,
        np.maximum(noise, np.maximum(_LEAST_NOISE * variance, 1e-9)),
        expected.first / expected.n_series,
    )


def _by_length(pieces: Pieces) -> list[Float[np.ndarray, "_ _ neuron"]]:
    """Series of the same length stacked: their covariances are the same."""
    lengths = sorted({len(piece) for piece in pieces if len(piece) > 1})
    return [np.stack([np.asarray(p, dtype=float) for p in pieces if len(p) == length]) for length in lengths]
