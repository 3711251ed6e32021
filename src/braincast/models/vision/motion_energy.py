"""Motion energy as a model of T4 and T5."""

from __future__ import annotations

from dataclasses import dataclass

from braincast.dynamics.detectors.motion_energy import MotionEnergy
from braincast.models.interface import Settings
from braincast.models.vision.detector_model import (
    N_SCENES,
    DetectorModel,
    FittedDetector,
    detector_card,
)


@dataclass(frozen=True, eq=False)
class FittedMotionEnergy(FittedDetector):
    """The detector and its read-out."""

    detector: MotionEnergy


class MotionEnergyModel(DetectorModel):
    """Energy of filters in quadrature over three columns."""

    card = detector_card(
        "motion-energy",
        "The squared answers of two filters in quadrature, tilted in space and time, added.",
        "Adelson EH & Bergen JR (1985) J Opt Soc Am A 2:284",
        "It has filters over three columns alone; a flash of the whole field is not answered.",
    )
    detector_type, fitted_type = MotionEnergy, FittedMotionEnergy
    candidates: tuple[Settings, ...] = ({"tau_s": 0.02, "scenes": N_SCENES},)
