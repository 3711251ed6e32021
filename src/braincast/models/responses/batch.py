"""Cases as arrays of a few fixed sizes, so that what is compiled for one fold serves all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.special import logit

from braincast.models.responses.propensity import propensity, propensity_without_own_group
from braincast.models.responses.reverse import reverse_responses
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

_PSEUDO_COUNT = 50.0  # inner folds choose 30 or 100 for the propensity alone
_ROWS = 48  # 92 training cases of an inner fold of the worm become 96 rows, 138 of an outer one 144


@dataclass(frozen=True, eq=False)
class History:
    """What training says about neurons whatever the wiring: log odds of response rates, and reverse responses."""

    log_odds: Float[np.ndarray, " neuron"]
    reverse: Float[np.ndarray, "pre post"]


class Batch(NamedTuple):
    """One row a case: what is done, what training says about the pair, what was seen and how much it counts.

    `responder` and `stimulated` are log odds of the two neurons' response rates. Rows that fill up have weight 0.
    """

    drive: Float[np.ndarray, "row neuron"]
    responder: Float[np.ndarray, "row neuron"]
    stimulated: Float[np.ndarray, "row neuron"]
    reverse: Float[np.ndarray, "row neuron"]
    outcome: Float[np.ndarray, "row neuron"]
    weight: Float[np.ndarray, "row neuron"]


def history_of(training: Training) -> History:
    """The history that answers cases of groups which training never saw."""
    return History(logit(propensity(training, _PSEUDO_COUNT)), reverse_responses(training))


def n_fitted(parameters: Float[np.ndarray, " parameter"], history: History) -> int:
    """How many numbers were fitted. Parameters that touch nothing (edges that fill up, features not used) stay 0."""
    return int(np.count_nonzero(parameters)) + len(history.log_odds)


def training_batch(training: Training, history: History) -> Batch:
    """All training cases, each with rates from the other groups' cases; pairs not measured have weight 0."""
    log_odds = logit(propensity_without_own_group(training, _PSEUDO_COUNT))
    outcome, weight = np.nan_to_num(training.responds), training.measured.astype(np.float64)
    return _filled(training.cases, log_odds, history, outcome, weight)


def asked_batch(cases: Cases, history: History) -> Batch:
    """Cases to be answered; nothing was seen in them."""
    nothing = np.zeros((len(cases), len(cases.neurons)))
    return _filled(cases, np.broadcast_to(history.log_odds, nothing.shape), history, nothing, nothing)


def _filled(
    cases: Cases,
    log_odds: Float[np.ndarray, "case neuron"],
    history: History,
    outcome: Float[np.ndarray, "case neuron"],
    weight: Float[np.ndarray, "case neuron"],
) -> Batch:
    drive = cases.drive
    stimulated = np.broadcast_to((drive * log_odds).sum(axis=1, keepdims=True), drive.shape)
    missing = -len(cases) % _ROWS
    parts = drive, log_odds, stimulated, drive @ history.reverse, outcome, weight
    return Batch(*(np.concatenate([part, np.zeros((missing, drive.shape[1]))]) for part in parts))
