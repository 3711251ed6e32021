"""The same pair's response, looked up in the training cases: a floor where another animal's atlas is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.models.learners.logistic import Logistic, fit_logistic
from braincast.models.responses.propensity import propensity
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

_PSEUDO_COUNT = 10.0
_PENALTY = 1.0


@dataclass(frozen=True, eq=False)
class FittedLookup:
    """Mean responses [stimulated, responding] (NaN where never seen), what they are worth, and rates in their place."""

    mean_response: Float[np.ndarray, "pre post"]
    worth: Logistic
    rates: Float[np.ndarray, " neuron"]

    @property
    def n_parameters(self) -> int:
        return int(np.isfinite(self.mean_response).sum()) + 2 + len(self.rates)

    def forecast(self, cases: Cases, prepared: None) -> Float[np.ndarray, "case lead neuron"]:
        found = np.array([self._found(members[members >= 0]) for members in cases.members])
        known = np.isfinite(found)
        probability = np.broadcast_to(self.rates, found.shape).copy()
        probability[known] = self.worth.probability(found[known][:, None])
        return np.repeat(probability[:, None, :], len(cases.leads), axis=1)

    def _found(self, stimulated: np.ndarray) -> Float[np.ndarray, " neuron"]:
        """The response to one stimulated neuron; a set of them was never stimulated together."""
        nothing = np.full(len(self.rates), np.nan)
        return self.mean_response[stimulated[0]] if len(stimulated) == 1 else nothing


class ResponseLookup:
    """Answers with the mean response of the same pair in training, turned into a probability; else with propensity.

    What a mean response is worth is learned from homologues: how probable is a response of one pair, given the mean
    response of the other pairs between the same two cell classes. The pair's own outcome would make it look certain.
    """

    card = ModelCard(
        name="response-lookup",
        summary="The same pair's training response where there is one, else the responding neuron's rate.",
        kinds=("perturbation",),
        uses=(),
        settings={},
        typical_fit_s=0.2,
    )
    fitted_type = FittedLookup
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> None:
        return None

    def fit(self, training: Training, prepared: None, settings: Settings, *, seed: int) -> FittedLookup:
        n_neurons = len(training.cases.neurons)
        table = np.full((n_neurons, n_neurons), np.nan)
        table[training.cases.drive.argmax(axis=1)] = training.mean_response
        return FittedLookup(table, _worth(training), propensity(training, _PSEUDO_COUNT))


def _worth(training: Training) -> Logistic:
    """Probability of a response from the mean response of the homologous pairs; a constant where there are none."""
    others = _homologous_mean(training)
    usable = training.measured & np.isfinite(others)
    if not usable.any():
        return fit_logistic(np.zeros((1, 1)), np.array([np.nanmean(training.responds)]), _PENALTY)
    return fit_logistic(others[usable][:, None], training.responds[usable], _PENALTY)


def _homologous_mean(training: Training) -> Float[np.ndarray, "case neuron"]:
    """Mean response over all other pairs from the stimulated neuron's class to the responder's; NaN without any."""
    row = _same(training.cases.group)
    column = _same(training.cell_classes)
    seen = np.isfinite(training.mean_response)
    values = np.where(seen, training.mean_response, 0.0)
    total = row @ values @ column - values
    count = row @ seen.astype(np.float64) @ column - seen
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0.5)


def _same(labels: tuple[str, ...]) -> Float[np.ndarray, "item other"]:
    array = np.array(labels)
    return (array[:, None] == array[None, :]).astype(np.float64)
