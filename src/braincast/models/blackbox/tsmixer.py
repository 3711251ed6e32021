"""TSMixer: layers that mix frames and layers that mix neurons, in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.mixing import MixerNetwork


class TSMixer(NetworkForecaster):
    """Blocks of a layer over time and a small perceptron over neurons, then a linear map to the leads."""

    card = network_card(
        "tsmixer",
        "Layers over frames and over neurons in turn, each beside a direct path, then a linear map to the leads.",
        {
            "blocks": Setting("How many pairs of layers", kind=int, lower=1.0, upper=64.0, sweep=Range(1, 4)),
            "hidden": Setting(
                "Width of the layers over neurons", kind=int, lower=1.0, upper=65536.0, sweep=Range(16, 256, log=True)
            ),
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Chen, Li, Yoder, Arik & Pfister 2023, TMLR, arXiv:2303.06053",
        caveat="Values are normalised within a window, not over a batch, with a gain for each neuron.",
        typical_fit_s=45.0,
    )
    # Two blocks as in ZAPBench (Lueckmann et al. 2025), narrower for shorter recordings.
    candidates: tuple[Settings, ...] = tuple(
        learned(blocks=2, hidden=hidden, dropout=dropout, rescaling=rescaling, steps=1500, patience=5)
        for hidden, dropout, rescaling in ((64, 0.5, "none"), (32, 0.3, "last"))
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> MixerNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.tsmixer_network import begun

        own = settings["blocks"], settings["hidden"], settings["dropout"], settings["rescaling"]
        return begun(sizes, *own, key=key)
