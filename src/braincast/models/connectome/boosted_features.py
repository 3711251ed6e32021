"""Gradient-boosted trees on the features of the joint regression: do curves and interactions matter?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.boosting import BoostedTrees, Growth, fit_trees
from braincast.models.responses.joint_features import JointStructure, joint_answer, training_design
from braincast.models.responses.seen_responses import HOW_DECIDED, SeenResponses
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedBoostedFeatures:
    """The trees, and the training responses that describe a pair."""

    trees: BoostedTrees
    seen: SeenResponses

    @property
    def n_parameters(self) -> int:
        return self.trees.n_parameters

    def forecast(self, cases: Cases, prepared: JointStructure) -> Float[np.ndarray, "case lead neuron"]:
        return joint_answer(self.seen, cases, prepared, self.trees.probability)


class BoostedFeatures:
    """Shallow trees, each on a random share of pairs and features."""

    card = ModelCard(
        name="boosted-features",
        summary="Gradient-boosted trees of depth 3 on wiring features, response covariances and similar stimuli.",
        kinds=("perturbation",),
        uses=("connectome", "expression", "positions"),
        settings={
            "n_trees": Setting("Number of trees", kind=int, lower=1.0),
            "rate": Setting("Learning rate", lower=1e-6, sweep=Range(0.01, 0.3, log=True)),
        },
        citation="Friedman 2001, Annals of Statistics 29:1189",
        caveat=HOW_DECIDED,
        stochastic=True,
        typical_fit_s=5.0,
    )
    fitted_type = FittedBoostedFeatures
    candidates: tuple[Settings, ...] = ({"n_trees": 150, "rate": 0.05},)

    def prepare(self, structure: Specimen) -> JointStructure:
        return JointStructure.of(structure)

    def fit(
        self, training: Training, prepared: JointStructure, settings: Settings, *, seed: int
    ) -> FittedBoostedFeatures:
        seen = SeenResponses.of(training)
        design = training_design(seen, training, prepared)
        growth = Growth(n_trees=settings["n_trees"], rate=settings["rate"])
        return FittedBoostedFeatures(fit_trees(design, training.responds[training.measured], growth, seed=seed), seen)
