"""One step of a linear forecast on the wiring, as sparse matrices that are applied again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from braincast.tasks.forecasting.windows import Windows

_DENSE = 0.2  # share of pairs above which a dense product is the faster one


@dataclass(frozen=True, eq=False)
class LaggedSteps:
    """The next frame as `intercept` + Σ over lags of `matrices[lag]` @ (the frame that many frames before the next)."""

    intercept: Float[np.ndarray, " neuron"]
    matrices: Mapping[int, sparse.csr_array]

    @property
    def order(self) -> int:
        """How many frames it looks back."""
        return max(self.matrices)

    def continued(
        self, context: Float[np.ndarray, "case context neuron"], horizon: int
    ) -> Float[np.ndarray, "case lead neuron"]:
        """How each context goes on."""
        n_cases, _, n_neurons = context.shape
        frames = np.empty((self.order + horizon, n_neurons, n_cases))
        frames[: self.order] = context[:, -self.order :].transpose(1, 2, 0)
        matrices = {lag: _fast(matrix, n_neurons) for lag, matrix in self.matrices.items()}
        for now in range(self.order, len(frames)):
            frames[now] = self.intercept[:, None]
            for lag, matrix in matrices.items():
                frames[now] += matrix @ frames[now - lag]
        return frames[self.order :].transpose(2, 0, 1)


def steps_of(
    intercept: Float[np.ndarray, " neuron"],
    own: Float[np.ndarray, "neuron lag"],
    ends: tuple[Int[np.ndarray, " entry"], Int[np.ndarray, " entry"]],
    lags: Int[np.ndarray, " entry"],
    values: Float[np.ndarray, " entry"],
    diffusive: Float[np.ndarray, " entry"],
) -> LaggedSteps:
    """Steps from each neuron's weights on its own past, and entries from senders to receivers at a lag.

    `ends` are (post, pre). `diffusive` is 1 for an entry that acts by the sender's activity less the receiver's.
    """
    n_neurons, neuron = len(own), np.arange(len(own))
    matrices = {}
    for lag in sorted({*range(1, own.shape[1] + 1), *np.unique(lags).tolist()}):
        here = lags == lag
        post, pre, value = ends[0][here], ends[1][here], values[here]
        itself = own[:, lag - 1].copy() if lag <= own.shape[1] else np.zeros(n_neurons)
        itself -= np.bincount(post, weights=value * diffusive[here], minlength=n_neurons)
        places = np.concatenate([neuron, post]), np.concatenate([neuron, pre])
        data = np.concatenate([itself, value])
        matrices[int(lag)] = sparse.csr_array((data, places), shape=(n_neurons, n_neurons))
    return LaggedSteps(intercept, matrices)


def continued_by_wiring(
    steps: Mapping[tuple[int, int], LaggedSteps],
    keys: Int[np.ndarray, "case 2"],
    windows: Windows,
) -> Float[np.ndarray, "case lead neuron"]:
    """Each window's forecast by the steps of its key (which fit, which wiring)."""
    contexts, answer = windows.contexts(), np.empty(windows.shape)
    for key, step in steps.items():
        cases = (keys == key).all(axis=1)
        answer[cases] = step.continued(contexts[cases].astype(float), windows.horizon)
    return answer


def _fast(matrix: sparse.csr_array, n_neurons: int) -> sparse.csr_array | Float[np.ndarray, "post pre"]:
    return matrix.toarray() if matrix.nnz > _DENSE * n_neurons**2 else matrix
