"""PatchTST: patches of one neuron's past as the tokens of a transformer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.attending import ATTENDING, FEED
from braincast.models.blackbox.learning import RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.patchtst_network import PatchTransformer


class PatchTST(NetworkForecaster):
    """Patches of each neuron's context attend to each other, then a linear map of them all to the leads."""

    card = network_card(
        "patchtst",
        "Patches of each neuron's context attend to each other, then a linear map of them all to its leads.",
        {
            "patch": Setting("Frames in a patch; a shorter context is one", kind=int, lower=1.0, upper=65536.0),
            "stride": Setting("Frames from one patch to the next, a patch at most", kind=int, lower=1.0, upper=65536.0),
            **ATTENDING,
            "hidden": FEED,
            "weights": Setting(
                "shared: the same map to the leads for all neurons; own: one for each",
                kind=str,
                choices=("shared", "own"),
            ),
            "rescaling": RESCALING,
        },
        citation="Nie, Nguyen, Sinthong & Kalagnanam 2023, ICLR, arXiv:2211.14730",
        caveat="Layers normalise tokens, not batches, and hand on no attention scores. No neuron is told of another: "
        "on human brains it stays behind closed forms that tell.",
        typical_fit_s=60.0,
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(
            **{"patch": patch, "stride": patch // 2, "width": 32, "layers": 1, "heads": 4, "hidden": 64},
            **{"weights": "shared", "dropout": 0.0, "rescaling": rescaling},
            **{"batch": 8, "steps": 1000, "every": 50, "patience": 6},
        )
        for patch, rescaling in ((16, "instance"), (8, "none"))
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> PatchTransformer:
        """The network before the first step."""
        from braincast.models.blackbox.networks.patchtst_network import begun

        own = ("patch", "stride", "width", "layers", "heads", "hidden", "weights", "dropout", "rescaling")
        return begun(sizes, *(settings[name] for name in own), key=key)
