"""What fitted forecasters on the wiring share: a point forecast by each recording's wiring, and members around it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.spread import Spread, validation_spread
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

Answers = TypeVar("Answers", bound="AnswersOnWiring")


class AnswersOnWiring:
    """A frozen dataclass with the fields `n_fitted` (numbers fitted, without the spread) and `spread`."""

    n_fitted: int
    spread: Spread | None

    @property
    def n_parameters(self) -> int:
        return self.n_fitted + (self.spread.n_parameters if self.spread else 0)

    def point(self, windows: Windows, prepared: Any) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        raise NotImplementedError

    def forecast(self, windows: Windows, prepared: Any) -> Float[np.ndarray, "case lead neuron *member"]:
        """The forecast, with members when the fit has a spread."""
        point = self.point(windows, prepared)
        return self.spread.members(point) if self.spread else point


def with_spread_on_wiring(fitted: Answers, training: ForecastTraining, prepared: Any) -> Answers:
    """The same forecast; if members are asked for, with some as far apart as its errors on validation windows."""
    if not training.asks_members:
        return fitted
    answering: Any = fitted
    return replace(answering, spread=validation_spread(partial(fitted.point, prepared=prepared), training.validation))
