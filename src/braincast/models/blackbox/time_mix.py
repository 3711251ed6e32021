"""Time-Mix: TSMixer without its layers over neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.mixing import MixerNetwork


class TimeMix(NetworkForecaster):
    """Layers over time, the same for all neurons, then a linear map to the leads."""

    card = network_card(
        "time-mix",
        "Layers over frames, shared by all neurons, each beside a direct path, then a linear map to the leads.",
        {
            "blocks": Setting("How many layers", kind=int, lower=1.0, upper=64.0, sweep=Range(1, 6)),
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Chen, Li, Yoder, Arik & Pfister 2023, TMLR, arXiv:2303.06053 (TMix-Only); Lueckmann et al. 2025, "
        "arXiv:2503.02618",
        caveat="Neurons meet in the mean and variance of a window alone.",
        typical_fit_s=60.0,
    )
    # Five blocks as in ZAPBench (Lueckmann et al. 2025), steps for shorter recordings.
    candidates: tuple[Settings, ...] = tuple(
        learned(blocks=5, dropout=0.1, rescaling=rescaling, learning_rate=3e-3, steps=800, patience=4)
        for rescaling in ("none", "last")
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> MixerNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.time_mix_network import begun

        return begun(sizes, settings["blocks"], settings["dropout"], settings["rescaling"], key=key)
