"""What all forecasters that learn by gradient have in common."""

from __future__ import annotations

from collections.abc import Mapping

from braincast.models.blackbox.fitted import FittedNetwork
from braincast.models.blackbox.learning import LEARNING
from braincast.models.forecasters.spread import MEMBERS
from braincast.models.interface import ModelCard, Setting


class NetworkForecaster:
    """A model of forecast tasks that says how its network begins; `training` makes the steps.

    It has `init(sizes, settings, *, key)`, the network before the first step.
    """

    fitted_type = FittedNetwork

    def prepare(self, structure: object) -> NetworkForecaster:
        """The model itself: how the brain is built is not looked at."""
        return self


def network_card(
    name: str,
    summary: str,
    settings: Mapping[str, Setting],
    *,
    citation: str,
    caveat: str = "",
    uses: tuple[str, ...] = ("activity",),
    typical_fit_s: float = 30.0,
) -> ModelCard:
    """The card of a forecaster that learns by gradient: its own settings, then those of learning."""
    return ModelCard(
        name=name,
        summary=summary,
        kinds=("forecast",),
        answers=("activity",),
        uses=uses,
        settings={**settings, **LEARNING},
        citation=citation,
        caveat=caveat,
        stochastic=True,
        members=MEMBERS,
        typical_fit_s=typical_fit_s,
    )
