"""What is done to the brain: who is driven and how, who is silenced, for how long, how often."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.dynamics.spiking import FLY, Drive, Poisson
from braincast.errors import BraincastError
from braincast.experiments.simulation.chosen import Directory
from braincast.experiments.simulation.inputs import read_input_spikes
from braincast.files import sha256_of_file, sha256_of_json

RATE_HZ = 150.0  # of stimulated neurons unless told otherwise (Shiu et al. 2024, Nature 634:210)


@dataclass(frozen=True)
class Asked:
    """What was asked for, in the words of the command line; impossible numbers are E305.

    `input_spikes` replace the Poisson drive: of `stimulate` and `rate_hz` nothing is left then.
    """

    stimulate: str | None = None
    rate_hz: float = RATE_HZ
    duration_s: float = 1.0
    n_trials: int = 1
    seed: int = 0
    silence: str | None = None
    input_spikes: Path | None = None

    def __post_init__(self) -> None:
        most_hz, longest_s = 1 / FLY.dt_s, (2**31 - 2) * FLY.dt_s
        _require("--rate", self.rate_hz, 0 <= self.rate_hz <= most_hz, f"0 to {most_hz:,.0f} Hz, one kick a step")
        _require("--duration", self.duration_s, FLY.dt_s <= self.duration_s <= longest_s, f"{FLY.dt_s:g} s or more")
        _require("--trials", self.n_trials, self.n_trials >= 1, "1 or more")
        _require("--seed", self.seed, self.seed >= 0, "0 or more")

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "stimulate": self.stimulate,
            "rate_hz": self.rate_hz if self.input_spikes is None else None,
            "input_spikes": None if self.input_spikes is None else str(self.input_spikes),
            "silence": self.silence,
            "duration_s": self.duration_s,
            "trials": self.n_trials,
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Protocol:
    """What was asked for, with neurons found in the wiring; `driven` and `silenced` are rows, rising."""

    asked: Asked
    drives: tuple[Drive, ...]
    driven: Int[np.ndarray, " driven"]
    silenced: Int[np.ndarray, " silenced"]

    @property
    def simulated_s(self) -> float:
        """Seconds of brain, all trials together."""
        return self.asked.duration_s * self.asked.n_trials

    def to_dict(self) -> dict[str, Any]:
        """All that spikes follow from beside the wiring, as JSON."""
        asked = self.asked
        return {
            **asked.to_dict(),
            "input_spikes": None if asked.input_spikes is None else sha256_of_file(asked.input_spikes),
            "driven_sha256": sha256_of_json(self.driven.tolist()),
            "silenced_sha256": sha256_of_json(self.silenced.tolist()),
        }


def protocol(asked: Asked, neurons: pd.DataFrame, directory: Directory) -> Protocol:
    """Neurons and drives of what was asked for; E305 and E308 for neurons, see `read_input_spikes` for a file."""
    nobody = np.empty(0, np.int64)
    silenced = directory.chosen(asked.silence, "--silence", seed=asked.seed) if asked.silence else nobody
    if asked.input_spikes is not None:
        schedule = read_input_spikes(asked.input_spikes, neurons["id"].tolist(), asked.duration_s)
        return Protocol(asked, (schedule,), np.unique(schedule.neurons), silenced)
    if asked.stimulate is None:
        return Protocol(asked, (), nobody, silenced)
    driven = directory.chosen(asked.stimulate, "--stimulate", seed=asked.seed)
    return Protocol(asked, (Poisson(driven, asked.rate_hz),), driven, silenced)


def _require(option: str, value: float | int, good: bool, expected: str) -> None:
    if not good:
        raise BraincastError("E305", option, f"{value!r} is not possible", f"Give {expected}")
