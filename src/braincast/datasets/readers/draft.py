"""What a format's reader found of one recording, before anything of it is settled or checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from braincast.brain.connectome import Connectome


@dataclass(frozen=True)
class Track:
    """A stimulus or a behaviour beside the recording: `values[sample, feature]` at times of its own.

    `time_s` is None where the samples are the recording's frames.
    """

    name: str
    values: np.ndarray
    time_s: np.ndarray | None = None
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interval:
    """A stretch of the session under one condition, in seconds or, with `in_frames`, in frame numbers; half open."""

    name: str
    start: float
    stop: float
    in_frames: bool = False


@dataclass(frozen=True)
class Draft:
    """One matrix and what the source says about it; None and empty texts mean that the source does not say.

    `values` has a shape, a data type and slices of two dimensions, like a dataset of an HDF5 file: `axes` names the
    two, or is None where that must be found out. `time` is in `time_unit`; `scale` and `offset` turn stored numbers
    into `unit`. `anatomy` maps column names of a neuron table to one value per neuron.
    """

    values: Any
    axes: tuple[str, str] | None = None
    neurons: tuple[str, ...] | None = None
    time: np.ndarray | None = None
    time_unit: str = "s"
    rate_hz: float | None = None
    start_s: float = 0.0
    unit: str = ""
    indicator: str = ""
    scale: float = 1.0
    offset: float = 0.0
    stimulus: tuple[Track, ...] = ()
    behaviour: tuple[Track, ...] = ()
    intervals: tuple[Interval, ...] = ()
    anatomy: dict[str, Sequence[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wired:
    """A connectome as it was found, and what was assumed about it."""

    connectome: Connectome
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Of whom and under which terms; empty texts mean that the source does not say."""

    species: str = ""
    strain: str = ""
    animal: str = ""
    licence: str = ""
    citation: tuple[str, ...] = ()


UNSTATED = Origin()
