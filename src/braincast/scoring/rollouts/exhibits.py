"""What a report shows of rollouts beside their scores: spectra, paths on the attractor, Lyapunov exponents.

Never part of a printed document: it holds measured values. The recording with the most cases is shown, the first of
several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.scoring.rollouts.assessor import Place, RolloutAssessor, pooled_sums
from braincast.scoring.rollouts.controls import SURROGATE, TRUTH
from braincast.scoring.rollouts.divergence import slope
from braincast.scoring.rollouts.sums import Sums, power
from braincast.scoring.scores import Contender

REFERENCE = "what followed"
_FRAMES_SHOWN = 800


@dataclass(frozen=True, eq=False)
class Climate:
    """One contender's paths of a recording: power by frequency, summed over neurons, and some of its frames.

    `path` are the first two principal components, path after path, NaN between two. `lyapunov` is NaN for paths that do
    not move.
    """

    name: str
    power: Float[np.ndarray, " frequency"]
    path: Float[np.ndarray, "frame 2"]
    lyapunov: float


@dataclass(frozen=True, eq=False)
class RolloutExhibits:
    """Climates of a recording: first what the brain did after the initial states, then controls, then models.

    `frequency` is in cycles per second, or per frame where the task counts frames.
    """

    recording: str
    frequency: Float[np.ndarray, " frequency"]
    climates: tuple[Climate, ...]
    in_frames: bool


def rollout_exhibits(
    assessor: RolloutAssessor, contenders: Mapping[str, Contender], shown: Sequence[str]
) -> RolloutExhibits:
    """Climates of what followed, of the truth's own windows, of surrogates, and of the models `shown`."""
    card = assessor.card
    number = max(range(len(assessor.places)), key=lambda n: len(assessor.places[n].rows))
    place = assessor.places[number]
    n_scored = card.horizon - assessor.rollout.settle
    climates = [_climate(REFERENCE, place.truth, place, place.sums)]
    climates += [_of_control(assessor, place, number, name) for name in (TRUTH, SURROGATE)]
    for name in (name for name in shown if name in contenders):
        values = assessor.paths(contenders[name].forecasts[0], name)
        sums = assessor.sums(contenders[name].forecasts[0], name)[number]
        climates.append(_climate(name, values[place.rows, assessor.rollout.settle :], place, sums))
    frequency = np.arange(1, n_scored // 2 + 1) / (n_scored * place.ruler.dt)
    recording = card.recordings[card.cases[int(place.rows[0])].recording].name
    return RolloutExhibits(recording, frequency, tuple(climates), card.dt_s is None)


def _of_control(assessor: RolloutAssessor, place: Place, number: int, name: str) -> Climate:
    seed = assessor.control_seed
    paths = place.training.truth() if name == TRUTH else place.training.surrogate(seed)
    return _climate(name, paths, place, assessor.control_sums(name, seed)[number])


def _climate(name: str, paths: Float[np.ndarray, "case lead neuron"], place: Place, sums: Sums) -> Climate:
    pooled = pooled_sums(sums, np.ones((1, len(paths)), dtype=np.int64))
    mean_power = power(paths).mean(axis=0).sum(axis=1)
    n_paths = max(1, min(len(paths), _FRAMES_SHOWN // paths.shape[1]))
    chosen = np.linspace(0, len(paths) - 1, n_paths).astype(np.int64)
    scores = place.ruler.scores(paths[chosen])[..., :2]
    if scores.shape[2] < 2:
        scores = np.concatenate([scores, np.zeros_like(scores)], axis=2)
    broken = np.concatenate([scores, np.full((len(scores), 1, 2), np.nan)], axis=1)
    exponent = float(slope(pooled["growth"], pooled["pairs"])[0])
    return Climate(name, mean_power, broken.reshape(-1, 2), exponent)
