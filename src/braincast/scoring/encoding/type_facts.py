"""Which facts a model got right, cell type by cell type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from braincast.scoring.encoding.known import Known
from braincast.scoring.encoding.measured import ON_OFF, Measured
from braincast.scoring.encoding.measures import GUESS_DEG, own_selectivity
from braincast.scoring.encoding.properties import angular_distance_deg, curve_correlation, within_circle_deg
from braincast.scoring.scores import defined

# A direction nearer than the next of the four that T4 and T5 prefer.
_NEAR_DEG = 45.0


@dataclass(frozen=True)
class TypeFacts:
    """One cell type under one model, over its seeds; None where nothing is known of it or nothing was answered.

    Values are medians over the seeds that answered (`preferred_deg`: the direction of their mean vector); each
    `..._right` is the share of all seeds with the fact right. `dsi` is to the contrast that the type is known to answer
    to, else the larger one. `tuning` are peak responses to the task's angles, by contrast, the mean over seeds, each
    scaled to its largest.
    """

    polarity: int | None
    flash_index: float | None
    polarity_right: float | None
    is_selective: bool | None
    dsi: float | None
    known_deg: float | None
    preferred_deg: float | None
    direction_right: float | None
    tuning_correlation: float | None
    best_frequency_hz: float | None
    answered: float
    tuning: dict[str, list[float]] | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def type_facts(answers: Sequence[Measured], known: Known, cell_types: Sequence[str]) -> dict[str, TypeFacts]:
    """Every cell type by name; curves of those about whose directions something is known."""
    return {name: _facts(answers, known, index) for index, name in enumerate(cell_types)}


def _facts(answers: Sequence[Measured], known: Known, index: int) -> TypeFacts:
    sign = int(known.polarity[index])
    flash = np.array([one.flash_index[index] for one in answers])
    dsi = np.array([own_selectivity(one.dsi, known)[index] for one in answers])
    told = index in known.selective or index in known.not_selective
    place = int(np.argmax(known.selective == index)) if index in known.selective else None
    return TypeFacts(
        polarity=sign or None,
        flash_index=_median(flash),
        polarity_right=float((np.sign(np.nan_to_num(flash)) == sign).mean()) if sign else None,
        is_selective=place is not None if told else None,
        dsi=_median(dsi),
        **_directions(answers, known, place),
        best_frequency_hz=_median(np.array([one.best_frequency_hz[index] for one in answers])),
        answered=float(np.isfinite(flash).mean()),
        tuning=_tuning(answers, index) if told else None,
    )


def _directions(answers: Sequence[Measured], known: Known, place: int | None) -> dict[str, Any]:
    if place is None:
        return dict.fromkeys(("known_deg", "preferred_deg", "direction_right", "tuning_correlation"))
    contrast, index, truth = known.contrast[place], known.selective[place], float(known.preferred_deg[place])
    preferred = np.array([one.preferred_deg[contrast, index] for one in answers])
    told = preferred[np.isfinite(preferred)]
    mean = np.exp(1j * np.radians(told)).sum()
    off = np.where(np.isnan(preferred), GUESS_DEG, angular_distance_deg(preferred, truth))
    published = known.tuning[:, [place]]
    alike = [curve_correlation(one.tuning[contrast][:, [index]], published)[0] for one in answers]
    return {
        "known_deg": truth,
        "preferred_deg": float(within_circle_deg(np.angle(mean, deg=True))) if abs(mean) > 1e-9 else None,
        "direction_right": float((off < _NEAR_DEG).mean()),
        "tuning_correlation": _median(np.array(alike)),
    }


def _tuning(answers: Sequence[Measured], index: int) -> dict[str, list[float]] | None:
    """Both contrasts on one scale; None where no seed answers."""
    curves = np.array([one.tuning[:, :, index] for one in answers])
    largest = curves.max(axis=(1, 2))
    if not (largest > 0).any():
        return None
    mean = (curves[largest > 0] / largest[largest > 0, None, None]).mean(axis=0)
    return {name: [float(value) for value in curve] for name, curve in zip(ON_OFF, mean, strict=True)}


def _median(values: np.ndarray) -> float | None:
    told = values[np.isfinite(values)]
    return defined(float(np.median(told))) if len(told) else None
