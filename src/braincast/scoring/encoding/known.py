"""The facts of a task as arrays over its cell types, and the units that are drawn anew for intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.scoring.bootstrap import parts_of
from braincast.scoring.encoding.measured import ON_OFF, Layout
from braincast.scoring.encoding.properties import (
    angular_distance_deg,
    direction_selectivity_index,
    preferred_direction_deg,
)
from braincast.tasks.encoding.card import EncodingCard

Counts = Int[np.ndarray, "resample unit"]


@dataclass(frozen=True, eq=False)
class Known:
    """Facts, by index of cell type. `polarity` is 1, -1, or 0 where it is not known.

    The arrays from `selective` on have an entry for each direction-selective type: the index of the contrast it answers
    to in `contrast`, its preferred direction, and its published curve over `angles_deg`, the angles of the stimuli.
    """

    polarity: Int[np.ndarray, " type"]
    is_receptor: Bool[np.ndarray, " type"]
    not_selective: Int[np.ndarray, " other"]
    selective: Int[np.ndarray, " known"]
    contrast: Int[np.ndarray, " known"]
    preferred_deg: Float[np.ndarray, " known"]
    tuning: Float[np.ndarray, "angle known"]
    best_frequency_hz: float
    frequencies_hz: Float[np.ndarray, " frequency"]

    @classmethod
    def of(cls, card: EncodingCard) -> Known:
        """The facts of a card."""
        facts, types = card.facts, card.cell_types
        angles = Layout(card).numbers("edge", "angle_deg")
        order = [facts.tuning_angles_deg.index(angle) for angle in angles]
        return cls(
            polarity=np.array([facts.polarity.get(name, 0) for name in types], dtype=np.int64),
            is_receptor=np.isin(types, facts.receptors),
            not_selective=_places(types, facts.not_selective),
            selective=_places(types, facts.selective),
            contrast=np.array([ON_OFF.index(contrast) for contrast in facts.selective.values()], dtype=np.int64),
            preferred_deg=np.array([facts.preferred_deg[name] for name in facts.selective]),
            tuning=np.array([facts.tuning[name] for name in facts.selective])[:, order].T,
            best_frequency_hz=facts.best_frequency_hz,
            frequencies_hz=Layout(card).numbers("grating", "frequency_hz"),
        )


def published(known: Known, angles_deg: Float[np.ndarray, " angle"]) -> dict[str, float]:
    """What the published curves themselves would score, shown beside models: no cell answers one direction alone."""
    peaks = known.tuning[None, None]
    index = direction_selectivity_index(peaks, angles_deg)[0]
    off = angular_distance_deg(preferred_direction_deg(peaks, angles_deg)[0], known.preferred_deg)
    by_contrast = {key: index[known.contrast == contrast] for key, contrast in (("dsi_t4", 0), ("dsi_t5", 1))}
    means = {key: float(values.mean()) for key, values in by_contrast.items() if len(values)}
    return {**means, "preferred_direction_error_deg": float(np.mean(off))}


def _places(types: Sequence[str], names: Iterable[str]) -> Int[np.ndarray, " name"]:
    return np.array([types.index(name) for name in names], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Drawn:
    """How often each resample has each cell type and each scene; the first has each once and is the sample itself."""

    types: Int[np.ndarray, "resample type"]
    scenes: Int[np.ndarray, "resample scene"]
    seed: int


def draw(card: EncodingCard, known: Known) -> Drawn:
    """The resamples of a task, fixed by its hash: every model has the same ones, so that differences are paired.

    Types are drawn within those that are direction-selective, those known not to be, photoreceptors, and others; scenes
    within those in and out of distribution. In a quarter of the resamples all stay, and seeds alone are drawn.
    """
    seed = int(card.hash[:15], 16)
    rng = np.random.default_rng(seed)
    types = np.zeros(len(card.cell_types), dtype=np.int64)
    types[known.selective], types[known.not_selective], types[known.is_receptor] = 1, 2, 3
    outside = np.array([case.distribution == "out" for case in Layout(card).scenes], dtype=np.int64)
    return Drawn(_counts(rng, types, card.n_resamples), _counts(rng, outside, card.n_resamples), seed)


def _counts(rng: np.random.Generator, stratum: Int[np.ndarray, " unit"], n_resamples: int) -> Counts:
    counts = np.ones((n_resamples + 1, len(stratum)), dtype=np.int64)
    for one in np.unique(stratum):
        members = np.flatnonzero(stratum == one)
        counts[1:, members] = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), size=n_resamples)
    counts[1:][parts_of(n_resamples)[1]] = 1
    return counts
