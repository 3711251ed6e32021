"""A trained network as plain arrays, and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.models.blackbox.sizes import Sizes
from braincast.models.forecasters.spread import Spread, validation_spread
from braincast.tasks.forecasting.examples import Seen
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """The network's arrays by name, the settings that it was begun and trained with, and how far it is off.

    `spread` is None for a network that says itself how far it may be off (the setting `head`).
    """

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
        from braincast.models.blackbox.networks.answers import forecast_many

        return self._said(forecast_many, windows, prepared)

    def forecast(self, cases: Windows, prepared: Any) -> Float[np.ndarray, "case lead neuron *member"]:
        """The forecast, with members once it has a spread or if its head has them."""
        from braincast.models.blackbox.networks.answers import members_of_many

        if self._has_head:
            return self._said(members_of_many, cases, prepared)
        point = self.point(cases, prepared)
        return self.spread.members(point) if self.spread else point

    def finished(self, training: ForecastTraining, prepared: Any) -> FittedNetwork:
        """The same, with members if they are asked for and it has none: as far apart as its errors on validation."""
        if self._has_head or not training.asks_members:
            return self
        return replace(self, spread=validation_spread(lambda w: self.point(w, prepared), training.validation))

    @property
    def _has_head(self) -> bool:
        return self.settings["head"] != "point"

    def _said(self, say: Any, windows: Windows, prepared: Any) -> Float[np.ndarray, "case lead neuron *member"]:
        from braincast.models.blackbox.networks.answers import answers
        from braincast.models.blackbox.networks.parameters import outline, with_arrays
        from braincast.models.learners.arithmetic import single_precision

        shown = windows.stimulus() if self.sizes.n_features else None
        seen = Seen(windows.contexts(), windows.recording.astype(np.int32), shown)
        with single_precision():
            network = with_arrays(outline(prepared, self.sizes, self.settings), self.parameters)
            return answers(network, seen, say)
