"""What a report shows beside scores: courses of responses, curves of single networks. Never in a printed document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from jaxtyping import Float, Float32

from braincast.scoring.encoding.assessor import EncodingAssessor
from braincast.scoring.scores import Contender
from braincast.tasks.encoding.card import Stimulus
from braincast.tasks.encoding.stimuli import Stimuli

Curves = Float[np.ndarray, "network angle selective"]

# An edge slow enough to see, from which every direction is shown.
_SHOWN_SPEED = 4.8


@dataclass(frozen=True, eq=False)
class EncodingExhibits:
    """Responses of the first seed of some models to flashes and to the edges of one speed, as they are.

    `responses[model]` is [case, lead, neuron] over `stimuli`, whose movies can be made again; leads are `lead_step_s`
    apart, and those after a stimulus's own say nothing. `tuning[model]` has the curve over the card's angles of every
    network for each direction-selective type, to the contrast that it is known to answer to; the largest value of a
    curve to either contrast is 1, and all are 0 where a network does not answer.
    """

    stimuli: Stimuli
    responses: Mapping[str, Float32[np.ndarray, "case lead neuron"]]
    tuning: Mapping[str, Curves] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[Stimulus, ...]:
        return self.stimuli.stimuli


def encoding_exhibits(
    assessor: EncodingAssessor, contenders: Mapping[str, Contender], shown: Sequence[str]
) -> EncodingExhibits:
    """The courses of the contenders in `shown`."""
    cases = assessor.task.cases()
    rows = np.array([_is_shown(case, assessor) for case in cases.stimuli])
    longest = max(case.n_leads for case, is_kept in zip(cases.stimuli, rows, strict=True) if is_kept)
    responses = {name: _values(contenders[name])[rows, :longest] for name in shown}
    curves = {name: _curves(assessor, contenders[name]) for name in shown}
    return EncodingExhibits(cases.where(rows), responses, curves)


def _curves(assessor: EncodingAssessor, contender: Contender) -> Curves:
    known = assessor.known
    tuning = np.array([assessor.measured(forecast).tuning for forecast in contender.forecasts])
    largest = tuning.max(axis=(1, 2))[:, known.selective]
    own = tuning[:, known.contrast, :, known.selective].transpose(1, 2, 0)
    return np.divide(own, largest[:, None, :], out=np.zeros_like(own), where=largest[:, None, :] > 0)


def _is_shown(case: Stimulus, assessor: EncodingAssessor) -> bool:
    if case.kind == "flash":
        return True
    speeds = [other.speed for other in assessor.card.cases if other.kind == "edge" and other.speed is not None]
    return case.kind == "edge" and case.speed == min(speeds, key=lambda speed: abs(speed - _SHOWN_SPEED))


def _values(contender: Contender) -> np.ndarray:
    first = contender.forecasts[0]
    return np.asarray(first.values if isinstance(first, xr.DataArray) else first[:, :, :], dtype=np.float32)
