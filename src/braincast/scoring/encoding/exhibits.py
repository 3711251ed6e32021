"""What a report shows of single stimuli: the courses of responses to some of them. Never part of a printed document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float32

from braincast.scoring.encoding.assessor import EncodingAssessor
from braincast.scoring.scores import Contender
from braincast.tasks.encoding.card import Stimulus
from braincast.tasks.encoding.stimuli import Stimuli

# An edge slow enough to see, from which every direction is shown.
_SHOWN_SPEED = 4.8


@dataclass(frozen=True, eq=False)
class EncodingExhibits:
    """Responses of the first seed of some models to flashes and to the edges of one speed, as they are.

    `responses[model]` is [case, lead, neuron] over `stimuli`, whose movies can be made again; leads are `lead_step_s`
    apart, and those after a stimulus's own say nothing.
    """

    stimuli: Stimuli
    responses: Mapping[str, Float32[np.ndarray, "case lead neuron"]]

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
    return EncodingExhibits(cases.where(rows), responses)


def _is_shown(case: Stimulus, assessor: EncodingAssessor) -> bool:
    if case.kind == "flash":
        return True
    speeds = [other.speed for other in assessor.card.cases if other.kind == "edge" and other.speed is not None]
    return case.kind == "edge" and case.speed == min(speeds, key=lambda speed: abs(speed - _SHOWN_SPEED))


def _values(contender: Contender) -> np.ndarray:
    first = contender.forecasts[0]
    return np.asarray(first.values if isinstance(first, xr.DataArray) else first[:, :, :], dtype=np.float32)
