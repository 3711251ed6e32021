"""A linear map from the context to all leads, learned by gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.linear_network import LinearNetwork


class Linear(NetworkForecaster):
    """Linear and, with `rescaling=last`, NLinear as their paper trains them; the closed forms minimise squares."""

    card = network_card(
        "linear",
        "One linear map from each neuron's context to its leads, trained by gradient steps on absolute errors.",
        {
            "weights": Setting(
                "shared: the same map for all neurons; own: one for each", kind=str, choices=("shared", "own")
            ),
            "rescaling": RESCALING,
        },
        citation="Zeng, Chen, Zhang & Xu 2023, AAAI 37:11121",
        caveat="With rescaling=last it is NLinear, whose closed form is nlinear.",
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(weights=weights, rescaling=rescaling, patience=5)
        for weights in ("shared", "own")
        for rescaling in ("none", "last")
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> LinearNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.linear_network import begun

        return begun(sizes, settings["weights"], settings["rescaling"], key=key)
