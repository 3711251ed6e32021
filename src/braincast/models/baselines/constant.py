"""The same probability for every pair: the lowest floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True)
class FittedConstant:
    """One rate."""

    rate: float

    @property
    def n_parameters(self) -> int:
        return 1

    def forecast(self, cases: Cases, prepared: None) -> Float[np.ndarray, "case lead neuron"]:
        return np.full(cases.shape, self.rate)


class Constant:
    """Answers each case with the share of measured training pairs that respond."""

    card = ModelCard(
        name="constant",
        summary="The overall response rate of the training pairs, for every pair.",
        kinds=("perturbation",),
        uses=(),
        settings={},
        typical_fit_s=0.1,
    )
    fitted_type = FittedConstant
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> None:
        return None

    def fit(self, training: Training, prepared: None, settings: Settings, *, seed: int) -> FittedConstant:
        responses, measured = np.nansum(training.responds), training.measured.sum()
        return FittedConstant(float((responses + 1.0) / (measured + 2.0)))
