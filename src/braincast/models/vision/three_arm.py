"""The detector with three arms as a model of T4 and T5."""

from __future__ import annotations

from dataclasses import dataclass

from braincast.dynamics.detectors.three_arm import ThreeArm
from braincast.models.interface import Settings
from braincast.models.vision.detector_model import (
    N_SCENES,
    DetectorModel,
    FittedDetector,
    detector_card,
)


@dataclass(frozen=True, eq=False)
class FittedThreeArm(FittedDetector):
    """The detector and its read-out."""

    detector: ThreeArm


class ThreeArmModel(DetectorModel):
    """Enhanced from one side and divided from the other."""

    card = detector_card(
        "three-arm",
        "A delayed neighbour multiplies, the delayed one on the other side divides.",
        "Haag J, Arenz A, Serbe E, Gabbiani F & Borst A (2016) eLife 5:e17421",
        "Its gain is chosen, not measured.",
    )
    detector_type, fitted_type = ThreeArm, FittedThreeArm
    candidates: tuple[Settings, ...] = ({"tau_s": 0.05, "scenes": N_SCENES},)
