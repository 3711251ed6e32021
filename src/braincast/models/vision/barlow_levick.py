"""The detector with a veto as a model of T4 and T5."""

from __future__ import annotations

from dataclasses import dataclass

from braincast.dynamics.detectors.barlow_levick import BarlowLevick
from braincast.models.interface import Settings
from braincast.models.vision.detector_model import (
    N_SCENES,
    DetectorModel,
    FittedDetector,
    detector_card,
)


@dataclass(frozen=True, eq=False)
class FittedBarlowLevick(FittedDetector):
    """The detector and its read-out."""

    detector: BarlowLevick


class BarlowLevickModel(DetectorModel):
    """Each column, vetoed by what its leading neighbour saw."""

    card = detector_card(
        "barlow-levick",
        "A column's signal, vetoed by the delayed one of the neighbour that motion in the null direction meets first.",
        "Barlow HB & Levick WR (1965) J Physiol 178:477",
        "It answers a standing pattern too.",
    )
    detector_type, fitted_type = BarlowLevick, FittedBarlowLevick
    candidates: tuple[Settings, ...] = ({"tau_s": 0.05, "scenes": N_SCENES},)
