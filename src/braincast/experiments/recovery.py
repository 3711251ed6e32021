"""Are known edges found again? Synthetic networks whose weights are known, and models that are told who may connect.

A model is told most of the true edges, none of the others' weights, and a list of candidates: edges that were hidden
among pairs that are not connected. Weights of the edges told are compared with the true ones; the candidates are ranked
by the size of their weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome
from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.models.registry import load_model
from braincast.training.choice import learn

if TYPE_CHECKING:
    from braincast.models.interface import Settings
    from braincast.tasks.forecasting.task import ForecastTask

_SELF, _SPECTRAL_RADIUS, _BURN_IN = 0.6, 0.95, 300
_LOG_SD = 0.5  # of the sizes of weights
_TRAINED = 0.7  # share of a recording that models learn from (tasks.forecasting.splits)
Square = Float[np.ndarray, "post pre"]


@dataclass(frozen=True, eq=False)
class PlantedNetwork:
    """x[t+1] = A x[t] + noise of variance 1; `told`, `hidden` and `decoys` are pairs of which none is in two."""

    transition: Square
    told: Bool[np.ndarray, "post pre"]
    hidden: Bool[np.ndarray, "post pre"]
    decoys: Bool[np.ndarray, "post pre"]

    @property
    def n_neurons(self) -> int:
        """Length of the state."""
        return len(self.transition)

    @property
    def offered(self) -> Connectome:
        """The pairs that may have a weight, all alike: the edges told and the candidates."""
        post, pre = np.nonzero(self.told | self.hidden | self.decoys)
        ids = _names(self.n_neurons)
        return Connectome.from_edges(ids, [ids[n] for n in pre], [ids[n] for n in post])


@dataclass(frozen=True)
class Recovery:
    """Correlation of the weights of edges told with the true ones, and AUROC of hidden edges among the candidates."""

    correlation: float
    auroc: float


def planted_network(n_neurons: int, *, seed: int, density: float = 0.05, hidden: float = 0.2) -> PlantedNetwork:
    """A random network: sizes of weights log-normal, signs even; as many decoys as edges are hidden."""
    rng = np.random.default_rng(seed)
    off_diagonal = ~np.eye(n_neurons, dtype=bool)
    edges = (rng.random((n_neurons, n_neurons)) < density) & off_diagonal
    sizes = rng.choice([-1.0, 1.0], edges.shape) * np.exp(rng.normal(0, _LOG_SD, edges.shape))
    sizes *= (_SPECTRAL_RADIUS - _SELF) / np.sqrt(density * n_neurons * np.exp(2 * _LOG_SD**2))  # the circular law
    transition = np.where(edges, sizes, 0.0) + _SELF * np.eye(n_neurons)
    transition *= _SPECTRAL_RADIUS / np.abs(np.linalg.eigvals(transition)).max()
    is_hidden = _some(edges, round(hidden * edges.sum()), rng)
    decoys = _some(off_diagonal & ~edges, int(is_hidden.sum()), rng)
    return PlantedNetwork(transition, edges & ~is_hidden, is_hidden, decoys)


def activity_of(
    network: PlantedNetwork, n_frames: int, signal_to_noise: float, *, seed: int
) -> Float[np.ndarray, "time neuron"]:
    """The network seen with noise: each neuron's variance is `signal_to_noise` times that of its noise."""
    rng = np.random.default_rng([seed, 1])
    x = np.zeros((n_frames + _BURN_IN, network.n_neurons))
    drive = rng.standard_normal(x.shape)
    for frame in range(1, len(x)):
        x[frame] = network.transition @ x[frame - 1] + drive[frame]
    x = x[_BURN_IN:]
    return x + x.std(axis=0) / np.sqrt(signal_to_noise) * rng.standard_normal(x.shape)


def recovery_task(activity: Float[np.ndarray, "time neuron"]) -> ForecastTask:
    """A forecast task on one recording."""
    from braincast.datasets.card import DatasetCard
    from braincast.datasets.dataset import Dataset
    from braincast.tasks.forecasting.build import Design, build
    from braincast.tasks.forecasting.task import ForecastTask

    recording = Recording(activity, tuple(_names(activity.shape[1])), np.arange(len(activity), dtype=float), "1")
    specimens = {"planted": Specimen("planted", "synthetic", recordings={"all": recording})}
    card = DatasetCard(
        name="planted",
        version="1",
        title="A planted network",
        species="synthetic",
        summary="A linear network whose weights are known.",
        n_animals="1 (simulated)",
        licence="CC0-1.0",
        citation=(),
        sources=(),
        redistribute="yes",
        contents=(),
    )
    made = build(Dataset(card, specimens), "planted", Design(context=8, horizon=1))
    return ForecastTask(made, lambda: specimens)


def frames_for(n_trained: int) -> int:
    """How long a recording is of which that many frames are learned from."""
    return int(np.ceil(n_trained / _TRAINED))


def recovered(
    network: PlantedNetwork, task: ForecastTask, model: str, candidates: list[Settings]
) -> tuple[Recovery, Settings]:
    """What a model finds, and the settings that validation windows chose."""
    loaded: Any = load_model(model)
    specimen = Specimen("planted", "synthetic", connectome=network.offered)
    prepared = loaded.prepare(Brains(task.card.neurons, lambda: [specimen]))
    choice, fitted = learn(loaded, task.training(0), prepared, candidates, seed=0)
    found: Any = fitted
    scale = task.recordings[0].scale.deviation
    return compared(network, found.coupling(prepared) * np.outer(scale, 1 / scale)), choice.settings


def compared(network: PlantedNetwork, coupling: Square) -> Recovery:
    """Weights found against the true ones."""
    told = network.told
    correlation = float(np.corrcoef(coupling[told], network.transition[told])[0, 1])
    return Recovery(correlation, _auroc(np.abs(coupling[network.hidden]), np.abs(coupling[network.decoys])))


def _auroc(positive: Float[np.ndarray, " pair"], negative: Float[np.ndarray, " pair"]) -> float:
    """The share of pairs in which the positive is the larger (Mann & Whitney 1947); ties count half."""
    ordered = np.sort(negative)
    below, upto = (np.searchsorted(ordered, positive, side=side) for side in ("left", "right"))
    return float((below + upto).mean() / (2 * len(negative)))


def _some(of: Bool[np.ndarray, "post pre"], n: int, rng: np.random.Generator) -> Bool[np.ndarray, "post pre"]:
    """That many of the pairs marked True."""
    chosen = np.zeros(of.size, dtype=bool)
    chosen[rng.choice(np.flatnonzero(of), n, replace=False)] = True
    return chosen.reshape(of.shape)


def _names(n_neurons: int) -> list[str]:
    return [f"n{number}" for number in range(n_neurons)]
