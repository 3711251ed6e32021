"""What a classical detector of motion says in an encoding task: T4 and T5 cells, and the flow by a linear read-out.

T4 cells are detectors of increments, T5 cells of decrements, each with its subtype's direction (Maisak et al. 2013). Of
other cells the theory says nothing: they answer 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.channels import Channel, channel_signal
from braincast.dynamics.detectors.detector import CARDINAL_DEG, Detector, responses
from braincast.dynamics.detectors.filters import low_pass
from braincast.dynamics.lattice.hexagon import columns
from braincast.dynamics.scenes.movie import GREY, Movie
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.ridge import Ridge, fit_ridge
from braincast.tasks.encoding.optic_lobe import OpticLobe
from braincast.tasks.encoding.scene_training import SceneTraining
from braincast.tasks.encoding.stimuli import Stimuli

DT_S = 0.005
FRAME_S = 0.02  # of the frames that the read-out learns from
SETTINGS = {
    "tau_s": Setting("time constant of the delay, s", lower=0.001, upper=1.0),
    "scenes": Setting("how many scenes the read-out learns from", kind=int, lower=1.0, upper=1e5),
}
N_SCENES = 256
_PREFERRED_DEG = {"a": 180.0, "b": 0.0, "c": 90.0, "d": 270.0}
_CHANNELS: dict[str, Channel] = {"T4": "on", "T5": "off"}
# The read-out sees answers averaged over the columns within each of these, as they are and smoothed for so long.
_POOLS, _SMOOTHED_S = (0, 1, 2, 3), 0.1
_PENALTY = 10.0
# What is added to the mean square of a channel where answers are divided by it, so that a blank scene is not magnified.
_LEAST_POWER = 0.05


@dataclass(frozen=True, eq=False)
class FittedDetector:
    """A detector and the weights with which its answers say how the scene moves."""

    detector: Any
    readout: Ridge

    @property
    def n_parameters(self) -> int:
        return self.readout.coefficients.size + self.readout.intercept.size

    def forecast(self, cases: Stimuli, prepared: None) -> Float[np.ndarray, "case lead neuron"]:
        out = np.zeros(cases.shape)
        for row, shown in enumerate(cases):
            seen = _Seen.of(self.detector, shown.movie(DT_S))
            # The last frame before each lead, one of grey being in front; after its own leads the last answer stays.
            frames = round(cases.viewing.lead_step_s / DT_S) * np.arange(1, shown.n_leads + 1)
            held = np.minimum(np.arange(cases.shape[1]), shown.n_leads - 1)
            for cell, course in seen.cells.items():
                if cell in cases.cell_types:
                    out[row, :, cases.cell_types.index(cell)] = course[frames][held]
            out[row, :, -2:] = self.readout.predict(seen.features[frames])[held]
        return out


class DetectorModel:
    """A model that is told nothing of the wiring; what inherits from it names its detector, and what is saved of it."""

    detector_type: Callable[[float], Detector]
    fitted_type: type[FittedDetector]

    def prepare(self, structure: OpticLobe) -> None:
        return None

    def fit(self, training: SceneTraining, prepared: None, settings: Settings, *, seed: int) -> FittedDetector:
        detector = self.detector_type(settings["tau_s"])
        return self.fitted_type(detector, _fitted_readout(detector, training, settings["scenes"]))


def detector_card(name: str, summary: str, citation: str, caveat: str) -> ModelCard:
    """The card of a detector in an encoding task."""
    return ModelCard(
        name=name,
        summary=summary,
        kinds=("encoding",),
        answers=("response",),
        uses=(),
        settings=SETTINGS,
        citation=citation,
        caveat=f"Contrast and directions of T4 and T5 are put in, not found; other types answer 0. {caveat}",
        typical_fit_s=5.0,
        is_control=True,
    )


def _fitted_readout(detector: Detector, training: SceneTraining, n_scenes: int) -> Ridge:
    """Ridge regression of the flow at the central column on the answers around it, always on the same scenes."""
    scenes = training.movies(n_scenes, seed=0, dt_s=DT_S)
    frames = np.arange(0, scenes.light.shape[1], round(FRAME_S / DT_S))
    features = [_Seen.of(detector, scenes[number]).features[1 + frames] for number in range(len(scenes))]
    flow = scenes.flow[:, frames, scenes.light.shape[2] // 2]
    return fit_ridge(np.concatenate(features), flow.reshape(-1, 2).astype(np.float64), _PENALTY)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What both channels hold, and the answers of their detectors in the four directions of `CARDINAL_DEG`."""

    extent: int
    dt_s: float
    signals: dict[str, Float[np.ndarray, "frame column"]]
    answers: dict[str, Float[np.ndarray, "frame column 4"]]

    @classmethod
    def of(cls, detector: Detector, movie: Movie) -> _Seen:
        """Of the columns around the centre that the read-out needs, after a frame of the grey that was there before."""
        extent = min(movie.extent, max(_POOLS) + 1)
        light = np.asarray(movie.light)[:, _within(movie.extent, extent)]
        near = Movie(np.pad(light, ((1, 0), (0, 0)), constant_values=GREY), movie.dt_s)
        signals = {family: channel_signal(near, channel) for family, channel in _CHANNELS.items()}
        answers = {family: responses(detector, near, CARDINAL_DEG, channel) for family, channel in _CHANNELS.items()}
        return cls(extent, movie.dt_s, signals, answers)

    @property
    def cells(self) -> dict[str, Float[np.ndarray, " frame"]]:
        """The courses of the eight kinds of cells in the central column."""
        return {
            f"{family}{subtype}": seen[:, seen.shape[1] // 2, CARDINAL_DEG.index(angle_deg)]
            for family, seen in self.answers.items()
            for subtype, angle_deg in _PREFERRED_DEG.items()
        }

    @property
    def features(self) -> Float[np.ndarray, "frame feature"]:
        """Opponent answers along x and y, pooled over columns: as they are, smoothed, and smoothed over their power."""
        found = []
        for family, seen in self.answers.items():
            opponent = seen[:, :, :2] - seen[:, :, 2:]
            for reach in _POOLS:
                near = _within(self.extent, reach)
                answer = opponent[:, near].mean(axis=1)
                power = (self.signals[family][:, near] ** 2).mean(axis=1, keepdims=True)
                smooth, smooth_power = (low_pass(course, _SMOOTHED_S, self.dt_s) for course in (answer, power))
                found += [answer, smooth, smooth / (smooth_power + _LEAST_POWER)]
        return np.concatenate(found, axis=1)


def _within(extent: int, reach: int) -> np.ndarray:
    """Which columns of an eye lie within `reach` of its centre, in the order of an eye of that extent."""
    u, v = columns(extent).T
    return np.flatnonzero(np.maximum.reduce([abs(u), abs(v), abs(u + v)]) <= reach)
