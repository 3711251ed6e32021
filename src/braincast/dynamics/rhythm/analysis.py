"""All that can be said of a circuit's rhythm, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from braincast.dynamics.rhythm.bursts import Bursts, activity_of, bursts_of
from braincast.dynamics.rhythm.criteria import PYLORIC, Criteria
from braincast.dynamics.rhythm.cycles import Cycles, cycles_of, duty_cycle, phase_of
from braincast.dynamics.rhythm.judgement import judged
from braincast.errors import BraincastError, unknown_name

PACEMAKERS = ("AB/PD", "ABPD", "PD", "AB")
FOLLOWERS = ("LP", "PY")


def analysis_of(
    spike_times_ms: Mapping[str, ArrayLike],
    *,
    from_ms: float,
    to_ms: float,
    pacemaker: str | None = None,
    followers: Sequence[str] = FOLLOWERS,
    criteria: Criteria = PYLORIC,
) -> dict[str, Any]:
    """The rhythm of a circuit between two times, of all its spikes: ready to be written as JSON, with None for NaN.

    "pacemaker", "n_cycles", "period_ms", "period_sd_ms" and "period_error_ms" tell of the cycles of the pacemaker: the
    cell named, or "AB/PD", "ABPD", "PD" or "AB", or else the first. "duty", "phase" ("start" and "end") and "activity"
    (silent, bursting, tonic, irregular) tell of each cell, "class" of the circuit by the rules of `judged`, with
    "share_one_burst" and "share_in_order". Spikes before `from_ms` are welcome: they tell where bursts begin. E902 for
    an unknown pacemaker, E903 for a window without length, for times that are no numbers, and for no cells.
    """
    times = {cell: _as_times(cell, values) for cell, values in spike_times_ms.items()}
    pacemaker = _pacemaker(times, pacemaker)
    if not (np.isfinite([from_ms, to_ms]).all() and from_ms < to_ms):
        raise BraincastError(
            "E903", "from_ms, to_ms", f"{from_ms:g} to {to_ms:g} ms is no stretch of time", "Simulate longer"
        )
    window: dict[str, Any] = {"from_ms": from_ms, "to_ms": to_ms, "criteria": criteria}
    bursts = {cell: bursts_of(each, **window) for cell, each in times.items()}
    activity = {cell: activity_of(each, **window) for cell, each in times.items()}
    cycles = cycles_of(bursts[pacemaker])
    order = (pacemaker, *followers) if len(times) > 1 else (pacemaker,)
    found = judged(activity, bursts, cycles, order=order, criteria=criteria)
    return {
        "class": found.word,
        "pacemaker": pacemaker,
        "n_cycles": len(cycles),
        "period_ms": cycles.period_ms,
        "period_sd_ms": cycles.period_sd_ms,
        "period_error_ms": cycles.period_error_ms,
        "duty": {cell: duty_cycle(each) for cell, each in bursts.items()},
        "phase": {cell: _phase(each, cycles) for cell, each in bursts.items()},
        "activity": activity,
        "share_one_burst": found.share_one_burst,
        "share_in_order": found.share_in_order,
    }


def _phase(bursts: Bursts, cycles: Cycles) -> dict[str, float | None]:
    phase = phase_of(bursts, cycles)
    return {"start": None, "end": None} if phase is None else {"start": phase.start, "end": phase.end}


def _as_times(cell: str, values: ArrayLike) -> Float[np.ndarray, " spike"]:
    times = np.asarray(values, dtype=np.float64).reshape(-1)
    if not np.isfinite(times).all():
        raise BraincastError("E903", f"spikes of {cell}", "a spike time is no finite number", "Give times in ms")
    return times


def _pacemaker(times: Mapping[str, Any], named: str | None) -> str:
    if not times:
        raise BraincastError("E903", "spike times", "there are no cells", "Give the spikes of at least one cell")
    if named is not None and named not in times:
        raise unknown_name("E902", "cell", named, times)
    return named or next((cell for cell in PACEMAKERS if cell in times), next(iter(times)))
