"""iTransformer: neurons as the tokens of a transformer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.attending import ATTENDING, FEED
from braincast.models.blackbox.learning import RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Settings

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.itransformer_network import InvertedTransformer


class ITransformer(NetworkForecaster):
    """Each neuron's context is a token; attention over neurons, then a linear map to the leads."""

    card = network_card(
        "itransformer",
        "Each neuron's context is a token, tokens attend to each other, then a linear map to the leads.",
        {**ATTENDING, "hidden": FEED, "rescaling": RESCALING},
        citation="Liu, Hu, Zhang, Wu, Wang, Ma & Long 2024, ICLR, arXiv:2310.06625",
        caveat="Small beside the paper's, for recordings of minutes. On human brains it stays behind closed forms of "
        "the population.",
        takes=("stimulus",),
        typical_fit_s=90.0,
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(
            **{"width": 32, "layers": 1, "heads": 4, "hidden": 64, "dropout": dropout},
            **{"rescaling": rescaling, "learning_rate": 3e-3, "batch": 16, "steps": 1200, "every": 50, "patience": 6},
        )
        for rescaling, dropout in (("instance", 0.1), ("last", 0.1), ("none", 0.0))
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> InvertedTransformer:
        """The network before the first step."""
        from braincast.models.blackbox.networks.itransformer_network import begun

        own = ("width", "layers", "heads", "hidden", "dropout", "rescaling")
        return begun(sizes, *(settings[name] for name in own), key=key)
