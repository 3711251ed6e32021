"""The dataset `synthetic-chaos`: a chaotic ring seen through noise of known size."""

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

NAME = "chaos"
N_NEURONS, N_FRAMES, SEED = 40, 4000, 1
NOISE_SD = 0.36  # a tenth of the standard deviation of a unit, which is 3.6
FRAME_TIME = 0.05  # in units of the model's time; errors double in about 0.4
_FEWEST_UNITS = 4
_SPIN_UP = 20.0
_FLOOR_LEADS = 64

CARD = DatasetCard(
    name="synthetic-chaos",
    version="1",
    title="A synthetic brain: a chaotic ring of 40 units, seen through noise",
    species="synthetic",
    summary="The model of Lorenz (1996) at forcing 8, every 0.05 of its time, with observation noise added.",
    n_animals="1 (simulated)",
    licence="CC0-1.0",
    citation=(
        "Lorenz EN, Emanuel KA (1998) Optimal sites for supplementary weather observations: simulation with a small "
        "model. Journal of the Atmospheric Sciences 55:399-414. doi:10.1175/1520-0469(1998)055<0399:OSFSWO>2.0.CO;2",
    ),
    sources=(),
    redistribute="yes",
    contents=(
        Content(
            name="recording",
            size="4,000 frames × 40 neurons, 4 conditions of 1,000 frames",
            unit="arbitrary units",
            citation="generated here",
        ),
        Content(
            name="connectome",
            size="120 edges: each unit is moved by the one after it and the two before it",
            unit="1 for each term of the equation",
            citation="generated here",
        ),
        Content(
            name="noise_floor (table)",
            size="leads 1 to 64 × 40 neurons",
            unit="mean absolute error of a forecast that knows the state exactly, arbitrary units",
            citation="generated here",
        ),
    ),
    traps=(
        "Simulated, not measured. Conditions differ in where they start only; each start is on the attractor.",
        "The floor is the size of the observation noise alone. Errors of the state double in about 0.4 units of time "
        "(8 frames), so that no forecast from noisy frames reaches the floor; it is a bound, not a goal.",
        "Edges multiply: whether one excites or inhibits depends on the state, so signs are 0 (unknown).",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen with its recording and true wiring, and the table `noise_floor` [lead, neuron]."""
    from braincast.brain.specimen import Specimen

    specimen = Specimen(
        NAME,
        CARD.species,
        connectome=ring_wiring(N_NEURONS),
        recordings={NAME: chaotic_brain(N_NEURONS, N_FRAMES, seed=SEED)},
        wiring="same animal",
        n_animals=1,
    )
    return Dataset(CARD, {NAME: specimen}, {"noise_floor": floor_table(N_NEURONS, _FLOOR_LEADS)})


def chaotic_brain(
    n_neurons: int, n_frames: int, *, seed: int, noise_sd: float = NOISE_SD, n_conditions: int = 4
) -> Recording:
    """A ring of `n_neurons` (4 or more, else E305) seen at every frame with independent Gaussian noise, float32."""
    import numpy as np

    from braincast.brain.recording import Recording
    from braincast.datasets.synthetic.conditions import equal_conditions, require
    from braincast.dynamics.lorenz import FORCING, advanced

    require(n_neurons >= _FEWEST_UNITS, "n_neurons", f"{n_neurons} units make no ring, {_FEWEST_UNITS} do")
    conditions = equal_conditions(n_frames, n_conditions)
    start, stop = conditions["start"].to_numpy(), conditions["stop"].to_numpy()
    activity = np.empty((n_frames, n_neurons), np.float32)
    generators = [np.random.default_rng(np.random.SeedSequence([seed, number])) for number in range(n_conditions)]
    states = advanced(FORCING + np.stack([rng.standard_normal(n_neurons) for rng in generators]), _SPIN_UP)
    for passed in range(int((stop - start).max())):
        noise = noise_sd * np.stack([rng.standard_normal(n_neurons) for rng in generators])
        running = start + passed < stop
        activity[(start + passed)[running]] = (states + noise)[running]
        states = advanced(states, FRAME_TIME)
    time = np.arange(n_frames, dtype=np.float64)
    return Recording(activity, tuple(_ids(n_neurons)), time, "arbitrary units", conditions=conditions)


def noise_floor(
    horizon: int, scale: Float[np.ndarray, " neuron"] | float = 1.0, *, noise_sd: float = NOISE_SD
) -> Float[np.ndarray, " lead"]:
    """Mean absolute error at leads 1…horizon of a forecast that knows the state: the noise alone, mean over neurons.

    No forecast beats it on average, as the noise of a frame is independent of all that was seen before.
    """
    import numpy as np

    from braincast.dynamics.autoregression import MEAN_ABSOLUTE

    return np.full(horizon, MEAN_ABSOLUTE * noise_sd * float(np.mean(1 / np.asarray(scale, np.float64))))


def floor_table(n_neurons: int, horizon: int) -> pd.DataFrame:
    """The floor of each neuron in the recording's unit: a row for each lead from 1, a column for each neuron."""
    import pandas as pd

    from braincast.dynamics.autoregression import MEAN_ABSOLUTE

    leads = pd.RangeIndex(1, horizon + 1, name="lead")
    return pd.DataFrame(MEAN_ABSOLUTE * NOISE_SD, index=leads, columns=_ids(n_neurons))


def ring_wiring(n_neurons: int) -> Connectome:
    """Edges to each unit from the one after it and the two before it, of weight 1 and unknown sign."""
    import numpy as np

    from braincast.brain.connectome import Connectome

    ids = np.array(_ids(n_neurons))
    senders = [np.roll(ids, -shift) for shift in (1, -1, -2)]
    pre, post = np.concatenate(senders), np.tile(ids, len(senders))
    unit = "1 for each term of the equation"
    return Connectome.from_edges(list(ids), pre, post, name="synthetic ring", weight_unit=unit)


def _ids(n_neurons: int) -> list[str]:
    return [f"n{number}" for number in range(n_neurons)]
