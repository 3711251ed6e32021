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
    fitted_readout,
)
from braincast.tasks.encoding.scene_training import SceneTraining


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
    fitted_type = FittedThreeArm
    candidates: tuple[Settings, ...] = ({"tau_s": 0.05, "scenes": N_SCENES},)

    def fit(self, training: SceneTraining, prepared: None, settings: Settings, *, seed: int) -> FittedThreeArm:
        detector = ThreeArm(settings["tau_s"])
        return FittedThreeArm(detector, fitted_readout(detector, training, settings["scenes"]))
