"""How well a forecast keeps time: its period and its phases, cycle by cycle, beside those of the truth.

A rhythm is read off paths as they are forecast, from the slow wave that bursts ride on. A neuron is on from where it
rises through 60 % of its own swing until it falls through 40 %, so that no ripple counts as a burst. What has no rhythm
has the largest error there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Complex, Float

from braincast.scoring.forecasting.slabs import reader

LARGEST_PERIOD_ERROR = 1.0  # of a forecast without a rhythm, or with one of less than no or twice the true period
LARGEST_PHASE_ERROR = 0.5  # cycles: nothing is further off than half a cycle
_ON, _OFF = 0.6, 0.4  # of the swing
_TAILS = (5.0, 95.0)  # percent: the swing of a path is between these percentiles
_SMALLEST_SWING = 0.25  # of the truth's swing; what moves less does not burst

Path = Float[np.ndarray, "lead neuron"]


@dataclass(frozen=True, eq=False)
class Cycle:
    """A rhythm: its period in frames, and where in the pacemaker's cycle each neuron's bursts begin and end.

    `landmarks` are mean unit phasors, with the length of the vector left out; NaN where a neuron does not burst. The
    pacemaker's own beginning, which is 0 by definition, is not among them.
    """

    period: float
    landmarks: Complex[np.ndarray, " landmark"]


def rhythm_sums(forecast: Any, truth: Any, pacemaker: int) -> Mapping[str, Float[np.ndarray, "case lead"]]:
    """Period and phase errors of each case, and how many were measured; all at the last lead, when they are known.

    Of a forecast [case, lead, neuron(, member)] the mean of its members is looked at. A truth without a rhythm, or with
    gaps, is not counted.
    """
    cases, neurons = slice(0, truth.shape[0]), slice(0, truth.shape[2])
    paths, true = reader(forecast)(cases, neurons), reader(truth)(cases, neurons)
    paths = paths.mean(axis=3) if paths.ndim == 4 else paths
    sums = {name: np.zeros(true.shape[:2]) for name in ("periods", "period_error", "phases", "phase_error")}
    for case, (path, known) in enumerate(zip(paths.astype(float), true.astype(float), strict=True)):
        reference = cycle(known, pacemaker, np.zeros(known.shape[1])) if np.isfinite(known).all() else None
        if reference is not None:
            own = cycle(path, pacemaker, _SMALLEST_SWING * _swing(known))
            _add_errors(sums, case, own, reference)
    return sums


def cycle(path: Path, pacemaker: int, smallest_swing: Float[np.ndarray, " neuron"]) -> Cycle | None:
    """The rhythm of a path; None where the pacemaker does not begin two bursts, or swings less than it has to."""
    bursts = [_bursts(own, least) for own, least in zip(path.T, smallest_swing, strict=True)]
    onsets = bursts[pacemaker][0]
    if len(onsets) < 2:
        return None
    period = float(np.diff(onsets).mean())
    marks = [times for number, own in enumerate(bursts) for times in (own[1:] if number == pacemaker else own)]
    return Cycle(period, np.array([_mean_phase(times, onsets, period) for times in marks]))


def _add_errors(sums: Mapping[str, np.ndarray], case: int, own: Cycle | None, reference: Cycle) -> None:
    sums["periods"][case, -1] = 1.0
    relative = LARGEST_PERIOD_ERROR if own is None else abs(own.period / reference.period - 1)
    sums["period_error"][case, -1] = min(relative, LARGEST_PERIOD_ERROR)
    known = np.isfinite(reference.landmarks)
    if known.any():
        sums["phases"][case, -1] = 1.0
        sums["phase_error"][case, -1] = _phase_errors(own, reference)[known].mean()


def _phase_errors(own: Cycle | None, reference: Cycle) -> Float[np.ndarray, " landmark"]:
    """How far each landmark is off around the circle, in cycles; the largest error for one that is not there."""
    if own is None:
        return np.full(len(reference.landmarks), LARGEST_PHASE_ERROR)
    apart = np.abs(np.angle(own.landmarks * reference.landmarks.conj())) / (2 * np.pi)
    return np.where(np.isfinite(own.landmarks), apart, LARGEST_PHASE_ERROR)


def _bursts(
    values: Float[np.ndarray, " lead"], smallest_swing: float
) -> tuple[Float[np.ndarray, " onset"], Float[np.ndarray, " end"]]:
    """When a neuron turns on and off, in frames with straight lines between them."""
    low, high = np.percentile(values, _TAILS)
    swing = high - low
    if not swing > smallest_swing:
        return np.empty(0), np.empty(0)
    on, off = low + _ON * swing, low + _OFF * swing
    is_on = _held(values >= on, values <= off)
    turned = np.diff(is_on.astype(np.int8))
    up, down = np.flatnonzero(turned > 0), np.flatnonzero(turned < 0)
    return _crossing(values, up, on), _crossing(values, down, off)


def _held(turns_on: np.ndarray, turns_off: np.ndarray) -> np.ndarray:
    """On since the last frame that turned it on, unless one turned it off since; before both, as the first says."""
    frames = np.arange(len(turns_on))
    last_on = np.maximum.accumulate(np.where(turns_on, frames, -1))
    last_off = np.maximum.accumulate(np.where(turns_off, frames, -1))
    undecided = (last_on < 0) & (last_off < 0)
    decided = np.flatnonzero(~undecided)
    begins_on = bool(turns_off[decided[0]]) if len(decided) else False
    return np.where(undecided, begins_on, last_on > last_off)


def _crossing(values: Float[np.ndarray, " lead"], before: np.ndarray, level: float) -> Float[np.ndarray, " crossing"]:
    first, second = values[before], values[before + 1]
    return before + (level - first) / (second - first)


def _mean_phase(times: Float[np.ndarray, " burst"], onsets: Float[np.ndarray, " onset"], period: float) -> complex:
    """Circular mean of phases in the pacemaker's cycles, as a unit phasor; outside of them by the mean period."""
    if len(times) == 0:
        return complex(np.nan, np.nan)
    phase = np.interp(times, onsets, np.arange(len(onsets)))
    phase = np.where(times < onsets[0], (times - onsets[0]) / period, phase)
    phase = np.where(times > onsets[-1], len(onsets) - 1 + (times - onsets[-1]) / period, phase)
    mean = np.exp(2j * np.pi * phase).mean()
    return complex(mean / abs(mean)) if abs(mean) > 1e-9 else complex(np.nan, np.nan)


def _swing(path: Path) -> Float[np.ndarray, " neuron"]:
    low, high = np.percentile(path, _TAILS, axis=0)
    return high - low
