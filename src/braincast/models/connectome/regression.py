"""Logistic regression on structural features, response propensity and the reverse pair's response."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import logit

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.logistic import PENALTY, Logistic, fit_logistic
from braincast.models.responses.pairs import of_pairs
from braincast.models.responses.propensity import propensity, propensity_without_own_group
from braincast.models.responses.reverse import reverse_responses
from braincast.models.responses.structural_features import structural_features
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

_PSEUDO_COUNT = 20.0
Structure = Float[np.ndarray, "pre post structural"]
Asked = Bool[np.ndarray, "case neuron"]


@dataclass(frozen=True, eq=False)
class FittedRegression:
    """The regression, each neuron's response rate, and what training says about the reverse of each pair."""

    logistic: Logistic
    rates: Float[np.ndarray, " neuron"]
    reverse: Float[np.ndarray, "pre post"] | None

    @property
    def n_parameters(self) -> int:
        return 1 + len(self.logistic.coefficients) + len(self.rates)

    def forecast(self, cases: Cases, prepared: Structure) -> Float[np.ndarray, "case lead neuron"]:
        rates = np.broadcast_to(self.rates, (len(cases), len(self.rates)))
        everything = np.ones(rates.shape, dtype=bool)
        probability = self.logistic.probability(_features(cases, everything, prepared, rates, self.reverse))
        shape = len(cases), 1, len(self.rates)
        return np.broadcast_to(probability.reshape(shape), cases.shape).copy()


class ConnectomeRegression:
    """Every structural feature of a pair, how readily the two neurons respond, and the response the other way round."""

    card = ModelCard(
        name="connectome-regression",
        summary="Ridge logistic regression on structural features of the pair and training response rates.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={
            "penalty": PENALTY,
            "reverse": Setting("Whether the response of the reverse pair is a feature", kind=bool),
        },
        caveat="Its features were decided with a look at the outer folds of worm-perturbation, so its score there and "
        "its lead over null wirings are somewhat optimistic.",
        typical_fit_s=1.5,
    )
    fitted_type = FittedRegression
    candidates: tuple[Settings, ...] = tuple(
        {"penalty": penalty, "reverse": reverse} for penalty, reverse in product((30.0, 300.0), (False, True))
    )

    def prepare(self, structure: Specimen) -> Structure:
        return np.stack(list(structural_features(structure).values()), axis=-1)

    def fit(self, training: Training, prepared: Structure, settings: Settings, *, seed: int) -> FittedRegression:
        rates = propensity_without_own_group(training, _PSEUDO_COUNT)
        reverse = reverse_responses(training) if settings["reverse"] else None
        measured = training.measured
        features = _features(training.cases, measured, prepared, rates, reverse)
        logistic = fit_logistic(features, training.responds[measured], settings["penalty"])
        return FittedRegression(logistic, propensity(training, _PSEUDO_COUNT), reverse)


def _features(
    cases: Cases,
    asked: Asked,
    structure: Structure,
    rates: Float[np.ndarray, "case neuron"],
    reverse: np.ndarray | None,
) -> Float[np.ndarray, "pair column"]:
    """Features of the asked pairs: structure, log odds of both neurons' rates, and the reverse response."""
    case, neuron = np.nonzero(asked)
    log_odds = logit(rates)
    members = cases.members
    own = np.where(members >= 0, np.take_along_axis(log_odds, np.maximum(members, 0), axis=1), 0.0).sum(axis=1)
    parts = [of_pairs(structure, members, case, neuron), log_odds[case, neuron][:, None], own[case][:, None]]
    if reverse is not None:
        parts.append(of_pairs(reverse[..., None], members, case, neuron))
    return np.concatenate(parts, axis=1)
