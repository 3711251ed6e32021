"""The correlation detector as a model of T4 and T5."""

from __future__ import annotations

from dataclasses import dataclass

from braincast.dynamics.detectors.hassenstein_reichardt import HassensteinReichardt
from braincast.models.interface import Settings
from braincast.models.vision.detector_model import (
    N_SCENES,
    DetectorModel,
    FittedDetector,
    detector_card,
)


@dataclass(frozen=True, eq=False)
class FittedReichardt(FittedDetector):
    """The detector and its read-out."""

    detector: HassensteinReichardt


class HassensteinReichardtModel(DetectorModel):
    """Opponent correlators of neighbouring columns."""

    card = detector_card(
        "hassenstein-reichardt",
        "Correlates a delayed neighbour with the column, less the mirror image: the oldest model of motion vision.",
        "Hassenstein B & Reichardt W (1956) Z Naturforsch 11b:513",
        "T4 and T5 are not opponent in flies; a flash of the whole field is not answered.",
    )
    detector_type, fitted_type = HassensteinReichardt, FittedReichardt
    candidates: tuple[Settings, ...] = ({"tau_s": 0.05, "scenes": N_SCENES},)
