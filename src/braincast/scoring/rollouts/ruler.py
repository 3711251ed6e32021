"""What rollouts of one recording are measured with, made from its training frames alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.tasks.rollouts.rollout import Rollout

MOST_COMPONENTS = 32  # of which covariances are compared
STATE_COMPONENTS, DENSITY_COMPONENTS = 8, 3  # where neighbours are looked for, and where visits are counted
FRAMES_PER_BIN = 8  # of the truth, on average
_BINS = (3, 16)  # along one component, at least and at most


@dataclass(frozen=True, eq=False)
class Ruler:
    """Principal components around the training mean, and bin edges along the first of them.

    Edges cut the training frames into bins of equal counts; the outermost bins are open, so that nothing falls outside.
    `dt` is the length of a frame in seconds, 1 where the task counts frames.
    """

    components: Float[np.ndarray, "neuron component"]
    edges: Float[np.ndarray, "axis edge"]
    rollout: Rollout
    dt: float

    @property
    def n_bins(self) -> int:
        """Bins along one axis."""
        return self.edges.shape[1] + 1

    def scores(self, paths: Float[np.ndarray, "*batch neuron"]) -> Float[np.ndarray, "*batch component"]:
        """Paths in principal components."""
        return paths @ self.components


def ruler(
    training: Float[np.ndarray, "time neuron"], n_truth_frames: int, rollout: Rollout, dt_s: float | None
) -> Ruler:
    """The ruler of a recording whose truth has so many frames."""
    covariance = np.cov(training, rowvar=False).reshape(training.shape[1], -1)
    components = np.linalg.eigh(covariance)[1][:, ::-1][:, :MOST_COMPONENTS]
    # The sign of a component is chance: its largest entry is made positive, so that pictures can be compared.
    largest = np.abs(components).argmax(axis=0)
    components = components * np.sign(components[largest, np.arange(components.shape[1])])
    n_axes = min(DENSITY_COMPONENTS, components.shape[1])
    n_bins = int(np.clip((n_truth_frames / FRAMES_PER_BIN) ** (1 / n_axes), *_BINS))
    shares = np.arange(1, n_bins) / n_bins
    edges = np.quantile(training @ components[:, :n_axes], shares, axis=0).T
    return Ruler(components, edges, rollout, dt_s or 1.0)
