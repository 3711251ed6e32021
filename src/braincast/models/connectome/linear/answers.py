"""What fitted forecasters on the wiring share: a point forecast by each recording's wiring, and members around it."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.with_members import Point, WithSpread, spread_of_errors
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

Answers = TypeVar("Answers", bound="AnswersOnWiring")


class AnswersOnWiring(WithSpread):
    """A fit that answers from windows and from what its model prepared of the wiring."""

    @abstractmethod
    def point(self, windows: Windows, prepared: Any) -> Point:
        """The forecast as a single number."""

    def forecast(self, windows: Windows, prepared: Any) -> Float[np.ndarray, "case lead neuron *member"]:
        """The forecast, with members when the fit has a spread."""
        return self.around(self.point(windows, prepared))


def with_spread_on_wiring(fitted: Answers, training: ForecastTraining, prepared: Any) -> Answers:
    """The same forecast; if members are asked for, with some as far apart as its errors on validation windows."""
    return spread_of_errors(fitted, partial(fitted.point, prepared=prepared), training)
