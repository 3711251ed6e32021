"""The dataset `synthetic-linear`: a linear network driven by noise, whose best possible forecast is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.card import Content, DatasetCard
from braincast.datasets.dataset import Dataset

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from jaxtyping import Float

    from braincast.brain.connectome import Connectome
    from braincast.brain.recording import Recording
    from braincast.dynamics.autoregression import Autoregression

NAME = "linear"
N_NEURONS, N_FRAMES, SEED = 48, 6000, 1
_FLOOR_LEADS = 64

CARD = DatasetCard(
    name="synthetic-linear",
    version="1",
    title="A synthetic brain: linear network driven by noise, best possible forecast known",
    species="synthetic",
    summary="48 neurons in 4 modules follow x' = A x + noise, fully observed; 6,000 frames in 4 conditions.",
    n_animals="1 (simulated)",
    licence="CC0-1.0",
    citation=(
        "Lütkepohl H (2005) New introduction to multiple time series analysis. Springer. doi:10.1007/978-3-540-27752-1",
    ),
    sources=(),
    redistribute="yes",
    contents=(
        Content(
            name="recording",
            size="6,000 frames × 48 neurons, 4 conditions of 1,500 frames",
            unit="arbitrary units",
            citation="generated here",
        ),
        Content(
            name="connectome",
            size="the off-diagonal entries of A",
            unit="share of the sender's activity in the receiver's next",
            citation="generated here",
        ),
        Content(
            name="noise_floor (table)",
            size="leads 1 to 64 × 48 neurons",
            unit="mean absolute error of the best possible forecast, arbitrary units",
            citation="generated here",
        ),
    ),
    traps=(
        "Simulated, not measured. Conditions differ in their noise only: each starts anew from the stationary state.",
        "The floor is that of a forecast that knows A and the whole present state; it is an expectation, so that a "
        "finite test set lies around it. Fitted models stay above it by what they must learn.",
        "A neuron's memory of itself, the same for all, is no edge of the connectome.",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen with its recording and true wiring, and the table `noise_floor` [lead, neuron]."""
    from braincast.brain.specimen import Specimen
    from braincast.datasets.synthetic.network import random_network

    network = random_network(N_NEURONS, seed=SEED)
    specimen = Specimen(
        NAME,
        CARD.species,
        connectome=wiring(network),
        recordings={NAME: linear_brain(N_NEURONS, N_FRAMES, seed=SEED)},
        wiring="same animal",
        n_animals=1,
    )
    return Dataset(CARD, {NAME: specimen}, {"noise_floor": floor_table(network, _FLOOR_LEADS)})


def linear_brain(n_neurons: int, n_frames: int, *, seed: int, n_conditions: int = 4, lazy: bool = False) -> Recording:
    """A recording of `random_network(n_neurons, seed=seed)`, float32, in conditions that each start anew.

    The same seed gives the same bits whatever the number of threads, and longer recordings of one seed differ from
    shorter ones. `lazy` makes frames when they are read, so that `save` writes a brain of any size chunk by chunk. E305
    for sizes that make no recording.

    >>> linear_brain(10_000, 8000, seed=1, lazy=True).activity.shape
    (8000, 10000)
    """
    import numpy as np
    import pandas as pd

    from braincast.brain.recording import Recording
    from braincast.brain.slabs import Slabs
    from braincast.datasets.synthetic.conditions import equal_conditions
    from braincast.datasets.synthetic.network import module_names, random_network
    from braincast.datasets.synthetic.simulation import LinearSimulation

    conditions = equal_conditions(n_frames, n_conditions)
    network = random_network(n_neurons, seed=seed)
    simulation = LinearSimulation(network, conditions["start"].to_numpy(), seed=seed)
    activity = Slabs((n_frames, n_neurons), np.dtype(np.float32), simulation.frames)
    return Recording(
        activity if lazy else np.asarray(activity),
        tuple(_ids(n_neurons)),
        np.arange(n_frames, dtype=np.float64),
        "arbitrary units",
        conditions=conditions,
        anatomy=pd.DataFrame({"region": module_names(n_neurons)}),
    )


def noise_floor(
    network: Autoregression, horizon: int, scale: Float[np.ndarray, " neuron"] | float = 1.0
) -> Float[np.ndarray, " lead"]:
    """Mean absolute error at leads 1…horizon that no forecast can beat on average, mean over neurons.

    `scale` is what each neuron was divided by, so that the floor is in those units. Exact for Gaussian noise.
    """
    from braincast.dynamics.autoregression import MEAN_ABSOLUTE, forecast_error_sd

    return MEAN_ABSOLUTE * (forecast_error_sd(network, horizon) / scale).mean(axis=1)


def floor_table(network: Autoregression, horizon: int) -> pd.DataFrame:
    """The floor of each neuron in the recording's unit: a row for each lead from 1, a column for each neuron."""
    import pandas as pd

    from braincast.dynamics.autoregression import MEAN_ABSOLUTE, forecast_error_sd

    floor = MEAN_ABSOLUTE * forecast_error_sd(network, horizon)
    leads = pd.RangeIndex(1, horizon + 1, name="lead")
    return pd.DataFrame(floor, index=leads, columns=_ids(network.n_neurons))


def wiring(network: Autoregression) -> Connectome:
    """The network's edges between different neurons, from sender to receiver, with their true signs."""
    import numpy as np
    import pandas as pd

    from braincast.brain.connectome import Connectome
    from braincast.datasets.synthetic.network import module_names

    n = network.n_neurons
    entries = network.transition.tocoo()
    post, pre = entries.coords
    between = pre != post
    weights = entries.data[between]
    columns = {"pre": pre[between], "post": post[between], "kind": "chemical", "weight": np.abs(weights)}
    edges = pd.DataFrame(columns | {"sign": np.sign(weights).astype(np.int8), "delay_s": 1.0})
    neurons = pd.DataFrame({"id": _ids(n), "region": module_names(n)})
    unit = "share of the sender's activity in the receiver's next"
    return Connectome(neurons, edges, "synthetic linear network", unit)


def _ids(n_neurons: int) -> list[str]:
    return [f"n{number}" for number in range(n_neurons)]
