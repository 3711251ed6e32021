"""One pass over stored activity: what no model could learn from, and what a faulty export leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.brain.slabs import Slabs
from braincast.errors import BraincastError
from braincast.progress import step

_JUMP = 0.75  # of the range of a data type: between two frames only a wrapped number moves so far
_SIXTEEN_BITS = 65536
_SPARSE = 0.5  # with more zeros than this, frames without any activity are no copies of each other


@dataclass
class Survey:
    """What the pass over a matrix [time, neuron] found; `low`, `high` and `jump` are NaN where nothing was observed.

    `jump` is the largest change between two frames, `repeated` lists frames that equal the one before to the bit.
    """

    dtype: np.dtype
    n_frames: int
    n_observed: Int[np.ndarray, " neuron"]
    low: Float[np.ndarray, " neuron"]
    high: Float[np.ndarray, " neuron"]
    jump: Float[np.ndarray, " neuron"]
    n_zeros: int = 0
    whole: bool = True
    repeated: list[int] = field(default_factory=list)
    repeated_zeros: list[int] = field(default_factory=list)

    def share_missing(self, kept: Bool[np.ndarray, " neuron"]) -> float:
        """Share of the values of some neurons that were not observed."""
        return 1 - float(self.n_observed[kept].sum()) / max(1, self.n_frames * int(kept.sum()))

    @property
    def unusable(self) -> Bool[np.ndarray, " neuron"]:
        """Neurons that never change or were never observed."""
        return (self.n_observed == 0) | (self.low == self.high)

    @property
    def overflowed(self) -> Bool[np.ndarray, " neuron"]:
        """Neurons whose whole numbers stand at a limit of their type, or wrapped around between two frames."""
        limits = _limits(self)
        if limits is None:
            return np.zeros(len(self.low), bool)
        lowest, highest, wrapped = limits
        return np.isin(self.low, lowest) | np.isin(self.high, highest) | (self.jump > wrapped)


def survey(values: Slabs, where: str) -> Survey:
    """Read a matrix once, slab by slab; an infinite value is E110."""
    n_frames, n_neurons = values.shape
    unknown = np.full(n_neurons, np.nan)
    found = Survey(values.dtype, n_frames, np.zeros(n_neurons, np.int64), unknown, unknown.copy(), unknown.copy())
    last = None
    with step(f"checking {where}", n_frames) as advance:
        for start, stop in values.spans():
            slab = values.frames(start, stop)
            _refuse_infinite(slab, start, where)
            _add(found, slab if last is None else np.concatenate([last, slab]), start, fresh=last is None)
            last = slab[-1:]
            advance(stop - start)
    return found


def check_repeats(found: Survey, where: str) -> None:
    """Frames that repeat the one before to the bit are E114, unless the data are whole numbers or one neuron's."""
    if found.whole or len(found.low) < 2:
        return
    sparse = found.n_zeros > _SPARSE * max(1, int(found.n_observed.sum()))
    repeated = found.repeated if sparse else sorted(found.repeated + found.repeated_zeros)
    if repeated:
        what = f"{len(repeated):,} frames equal the frame before them in every neuron (first at frame {repeated[0]})"
        fix = "Take them out, with their times, so that the hole counts as a gap; or set them to NaN"
        raise BraincastError("E114", where, what, fix)


def _add(found: Survey, slab: np.ndarray, start: int, *, fresh: bool) -> None:
    """Add a slab whose first row, unless `fresh`, is the last frame of the slab before it."""
    values = slab.astype(np.float64, copy=False)
    new = values if fresh else values[1:]
    observed = ~np.isnan(new)
    found.n_observed += observed.sum(axis=0)
    found.low = np.fmin(found.low, np.fmin.reduce(new, axis=0))
    found.high = np.fmax(found.high, np.fmax.reduce(new, axis=0))
    found.n_zeros += int((new == 0).sum())
    found.whole = found.whole and bool((~observed | (new == np.floor(new))).all())
    if len(values) < 2:
        return
    found.jump = np.fmax(found.jump, np.fmax.reduce(np.abs(np.diff(values, axis=0)), axis=0))
    _add_repeats(found, values, start + 1 if fresh else start)


def _add_repeats(found: Survey, values: np.ndarray, first: int) -> None:
    before, after = values[:-1], values[1:]
    gone = np.isnan(after)
    same = ((before == after) | (np.isnan(before) & gone)).all(axis=1) & ~gone.all(axis=1)
    for frame in np.flatnonzero(same):
        silent = not after[frame].any()
        (found.repeated_zeros if silent else found.repeated).append(first + int(frame))


def _refuse_infinite(slab: np.ndarray, start: int, where: str) -> None:
    if slab.dtype.kind == "f" and (infinite := np.isinf(slab)).any():
        frame, neuron = (int(n) for n in np.argwhere(infinite)[0])
        place = f"{where}[frame {start + frame}, neuron {neuron}]"
        raise BraincastError("E110", place, "this value is infinite", "Write NaN where nothing was observed")


def _limits(found: Survey) -> tuple[list[float], list[float], float] | None:
    """Lowest and highest values of the type and the change that shows a wrap; None for numbers with fractions."""
    if found.dtype.kind in "iu":
        info = np.iinfo(found.dtype)
        lowest = [float(info.min)] if found.dtype.kind == "i" else []
        wrapped = _JUMP * 2.0 ** (8 * found.dtype.itemsize) if found.dtype.itemsize <= 2 else np.inf
        return lowest, [float(info.max)], wrapped
    if not found.whole or not np.isfinite(found.low).any():
        return None
    # Floating-point numbers that were 16-bit integers before.
    fits = np.nanmin(found.low) >= -_SIXTEEN_BITS / 2 and np.nanmax(found.high) < _SIXTEEN_BITS
    return [-32768.0], [32767.0, 65535.0], _JUMP * _SIXTEEN_BITS if fits else np.inf
