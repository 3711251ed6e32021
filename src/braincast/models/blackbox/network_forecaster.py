"""What all forecasters that learn by gradient have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.fitted import FittedNetwork
from braincast.models.blackbox.learning import SHARED
from braincast.models.blackbox.sizes import Sizes
from braincast.models.forecasters.spread import MEMBERS
from braincast.models.interface import ModelCard, Setting, Settings

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.network import Network


class NetworkForecaster:
    """A model of forecast tasks that says how its network begins; `training` makes the steps."""

    fitted_type = FittedNetwork

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> Network:
        """The model's own network before the first step, one number for each lead and neuron."""
        raise NotImplementedError

    def init(self, sizes: Sizes, settings: Settings, *, key: Any) -> Network:
        """The network before the first step, with the head and in the number that the settings ask for."""
        from braincast.models.blackbox.networks.ensemble import Ensemble
        from braincast.models.blackbox.networks.head import with_head

        def one(key: Any) -> Network:
            return with_head(self.begun(sizes, settings, key=key), sizes, settings["head"])

        return one(key) if settings["ensemble"] == 1 else Ensemble.begun(one, settings["ensemble"], key=key)

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
    takes: tuple[str, ...] = (),
    typical_fit_s: float = 30.0,
) -> ModelCard:
    """The card of a forecaster that learns by gradient: its own settings, then those that networks share."""
    return ModelCard(
        name=name,
        summary=summary,
        kinds=("forecast", "rollout"),
        answers=("activity",),
        uses=uses,
        takes=takes,
        settings={**settings, **SHARED},
        citation=citation,
        caveat=caveat,
        stochastic=True,
        members=MEMBERS,
        typical_fit_s=typical_fit_s,
    )
