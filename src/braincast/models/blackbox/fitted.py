"""A trained network as plain arrays, and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.models.blackbox.sizes import Sizes
from braincast.models.forecasters.spread import Spread, validation_spread
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """The network's arrays by name, the settings that it was begun and trained with, and how far it is off."""

    parameters: Mapping[str, np.ndarray]
    settings: Mapping[str, Any]
    sizes: Sizes
    spread: Spread | None = None

    @property
    def n_parameters(self) -> int:
        found = sum(values.size for values in self.parameters.values())
        return found + (self.spread.n_parameters if self.spread else 0)

    def point(self, windows: Windows, prepared: Any) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number; `prepared` begins networks."""
        from braincast.models.blackbox.networks.answers import answers
        from braincast.models.blackbox.networks.parameters import outline, with_arrays
        from braincast.models.learners.arithmetic import single_precision

        contexts, stimulus = windows.contexts(), windows.stimulus() if self.sizes.n_features else None
        with single_precision():
            network = with_arrays(outline(prepared, self.sizes, self.settings), self.parameters)
            return answers(network, contexts, stimulus)

    def forecast(self, cases: Windows, prepared: Any) -> Float[np.ndarray, "case lead neuron *member"]:
        """The forecast, with members once it has a spread."""
        point = self.point(cases, prepared)
        return self.spread.members(point) if self.spread else point

    def with_spread(self, training: ForecastTraining, prepared: Any) -> FittedNetwork:
        """The same forecast with members around it, as far apart as its errors on validation windows."""
        return replace(self, spread=validation_spread(lambda w: self.point(w, prepared), training.validation))
