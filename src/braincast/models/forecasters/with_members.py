"""What fitted forecasters share: a point forecast, and members around it once its errors on validation are known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.spread import Spread, validation_spread
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

Answers = TypeVar("Answers", bound="WithMembers")
Spreading = TypeVar("Spreading", bound="WithSpread")
Point = Float[np.ndarray, "case lead neuron"]


class WithSpread(ABC):
    """A frozen dataclass with the fields `n_fitted` (numbers fitted, without the spread) and `spread`."""

    n_fitted: int
    spread: Spread | None

    @property
    def n_parameters(self) -> int:
        return self.n_fitted + (self.spread.n_parameters if self.spread else 0)

    def around(self, point: Point) -> Float[np.ndarray, "case lead neuron *member"]:
        """A point forecast, with members when the fit has a spread."""
        return self.spread.members(point) if self.spread else point


class WithMembers(WithSpread):
    """A fit that answers from windows alone."""

    @abstractmethod
    def point(self, windows: Windows) -> Point:
        """The forecast as a single number."""

    def forecast(self, windows: Windows, prepared: None) -> Float[np.ndarray, "case lead neuron *member"]:
        """The forecast, with members when the fit has a spread."""
        return self.around(self.point(windows))


def with_spread(fitted: Answers, training: ForecastTraining) -> Answers:
    """The same forecast; if members are asked for, with some as far apart as its errors on validation windows."""
    return spread_of_errors(fitted, fitted.point, training)


def spread_of_errors(fitted: Spreading, point: Callable[[Windows], Point], training: ForecastTraining) -> Spreading:
    """As `with_spread`, of a fit whose point forecast is `point`."""
    if not training.asks_members:
        return fitted
    answering: Any = fitted
    return replace(answering, spread=validation_spread(point, training.validation))
