"""Synthetic brains with one condition unlike the others, so that it is known who must lose in it, and who need not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float
from scipy import sparse

from braincast.datasets.synthetic.conditions import require
from braincast.datasets.synthetic.network import random_network
from braincast.dynamics.autoregression import Autoregression, frames

if TYPE_CHECKING:
    from braincast.brain.recording import Recording

NEW = "new"
Change = Literal["nothing", "noise", "law"]
Together = Literal["sum", "own"]
_BURN_IN = 500
_LOUDER = 2.0
_LEAK, _DRIVE, _NOISE_SD = 0.8, 0.6, 0.3
_ON, _OFF = (6, 14), (10, 30)  # frames that a stimulus lasts, and those between two


def changing_brain(n_neurons: int, n_frames: int, change: Change, *, seed: int) -> Recording:
    """A linear network in conditions `rest-1` to `rest-3` and `new`, of `n_frames` each, that start anew.

    In `new` nothing differs, or the noise is twice as large, so that all is harder and no law changed, or the network
    is another one. E305 without frames or neurons.
    """
    require(n_frames >= 1, "n_frames", f"{n_frames} frames")
    network = random_network(n_neurons, seed=seed)
    last = {
        "nothing": network,
        "noise": Autoregression(network.transition, _LOUDER * network.noise_sd),
        "law": random_network(n_neurons, seed=seed + 1),
    }[change]
    parts = [_course(one, n_frames, seed, place) for place, one in enumerate((network, network, network, last))]
    return _recording(parts, ("rest-1", "rest-2", "rest-3", NEW), None)


def stimulated_brain(n_neurons: int, n_frames: int, together: Together, *, seed: int) -> Recording:
    """Leaky neurons that answer two stimuli, shown alone in `first` and `second`, and always together in `new`.

    What both do together is the sum of what each does, or a drive of its own that nobody can know beforehand. Each
    condition has `n_frames`. E305 without frames or neurons.
    """
    require(n_frames >= 1, "n_frames", f"{n_frames} frames")
    require(n_neurons >= 1, "n_neurons", f"{n_neurons} neurons")
    rng = np.random.default_rng(np.random.SeedSequence([seed, 2]))
    alone, own = rng.normal(0, _DRIVE, (2, n_neurons)), rng.normal(0, _DRIVE, n_neurons)
    network = Autoregression(sparse.csr_array(_LEAK * np.eye(n_neurons)), np.full(n_neurons, _NOISE_SD))
    shown, parts = [], []
    for place, which in enumerate(((1, 0), (0, 1), (1, 1))):
        pulses = _pulses(n_frames, rng)
        stimulus = pulses[:, None] * np.array(which, dtype=np.float64)
        drive = pulses[:, None] * own if together == "own" and place == 2 else stimulus @ alone
        shown.append(stimulus)
        # The noise and what the stimulus does are two linear courses, which add up.
        parts.append(_course(network, n_frames, seed, place) + _leaky(drive))
    return _recording(parts, ("first", "second", NEW), np.concatenate(shown).astype(np.float32))


def _course(network: Autoregression, n_frames: int, seed: int, place: int) -> Float[np.ndarray, "time neuron"]:
    states = frames(network, np.random.default_rng(np.random.SeedSequence([seed, 1, place])), burn_in=_BURN_IN)
    return np.array([next(states) for _ in range(n_frames)])


def _leaky(drive: Float[np.ndarray, "time neuron"]) -> Float[np.ndarray, "time neuron"]:
    out = np.zeros_like(drive)
    state = np.zeros(drive.shape[1])
    for frame, push in enumerate(drive):
        state = _LEAK * state + push
        out[frame] = state
    return out


def _pulses(n_frames: int, rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """1 while a stimulus lasts, 0 between."""
    shown, frame = np.zeros(n_frames), 0
    while frame < n_frames:
        begin = frame + int(rng.integers(*_OFF))
        frame = begin + int(rng.integers(*_ON))
        shown[begin:frame] = 1.0
    return shown


def _recording(
    parts: list[np.ndarray], names: tuple[str, ...], shown: Float[np.ndarray, "time feature"] | None
) -> Recording:
    from braincast.brain.recording import Recording

    n_neurons, ends = parts[0].shape[1], np.cumsum([len(part) for part in parts])
    conditions = pd.DataFrame({"name": names, "start": np.r_[0, ends[:-1]], "stop": ends})
    activity = np.concatenate(parts).astype(np.float32)
    features = ["stimulus-1", "stimulus-2"]
    stimulus = None if shown is None else xr.DataArray(shown, dims=("time", "feature"), coords={"feature": features})
    return Recording(
        activity,
        tuple(f"n{number}" for number in range(n_neurons)),
        np.arange(len(activity), dtype=np.float64),
        "arbitrary units",
        stimulus=stimulus,
        conditions=conditions,
    )
