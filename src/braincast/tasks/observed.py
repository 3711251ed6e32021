"""What was measured in some cases, on the axes of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from braincast.errors import BraincastError
from braincast.tasks.card import TaskCard
from braincast.tasks.cases import Cases
from braincast.tasks.courses import courses_of
from braincast.tasks.trials import mean_response_of

if TYPE_CHECKING:
    from braincast.brain.responses import Responses
    from braincast.brain.specimen import Specimen

SIGNIFICANT_Q = 0.05  # Randi et al. 2023, Nature 623:406: a response is significant at a false discovery rate of 5 %


@dataclass(frozen=True, eq=False)
class Observed:
    """Responses (1, 0, NaN not measured), their mean in the recording's unit, and the number of trials behind them.

    `course` is there in a task of courses, NaN for pairs without one.
    """

    responds: Float[np.ndarray, "case neuron"]
    mean_response: Float[np.ndarray, "case neuron"]
    n_trials: Int[np.ndarray, "case neuron"]
    course: Float[np.ndarray, "case lead neuron"] | None


def observed(specimen: Specimen, card: TaskCard, cases: Cases) -> Observed:
    """What `specimen` did in `cases`; E307 for one without responses."""
    responses = responses_of(specimen, card)
    rows = [responses.neurons.index(stimulated) for (stimulated,) in cases.stimulated]
    columns = [responses.neurons.index(neuron) for neuron in cases.neurons]
    pairs = np.ix_(rows, columns)
    measured = responses.measured[pairs]
    course = None
    if card.answer == "course":
        course = np.ascontiguousarray(courses_of(responses, card)[rows][:, :, columns])
    return Observed(
        responds=np.where(measured, responses.q[pairs] < SIGNIFICANT_Q, np.nan),
        mean_response=np.where(measured, mean_response_of(responses, card.artefact_limit)[pairs], np.nan),
        n_trials=np.where(measured, responses.n_trials[pairs], 0),
        course=course,
    )


def responses_of(specimen: Specimen, card: TaskCard) -> Responses:
    """The specimen's responses; E307 without any."""
    if specimen.responses is None:
        raise BraincastError("E307", card.name, "its specimen has no responses", "Choose another task")
    return specimen.responses
