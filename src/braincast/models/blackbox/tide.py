"""TiDE: a dense encoder of each neuron's own context and of the stimulus, and a decoder of each lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import ANIMALS, DROPOUT, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.tide_network import TideNetwork


def _count(summary: str, least: int, most: int, sweep: Range | None = None) -> Setting:
    return Setting(summary, kind=int, lower=float(least), upper=float(most), sweep=sweep)


class TiDE(NetworkForecaster):
    """Dense residual blocks, the same for all neurons, beside a linear map from the context to the leads."""

    card = network_card(
        "tide",
        "Dense blocks on each neuron's context and on the stimulus, decoded lead by lead, beside a linear map.",
        {
            "hidden": _count("Width of the blocks", 1, 65536, Range(16, 256, log=True)),
            "encoder_layers": _count("Blocks of the encoder", 1, 64, Range(1, 3)),
            "decoder_layers": _count("Blocks of the decoder", 1, 64, Range(1, 3)),
            "lead_width": _count("Numbers that the decoder says of each lead", 1, 4096),
            "temporal_width": _count(
                "Width of the block that makes a forecast of them and of the lead's stimulus", 1, 65536
            ),
            "stimulus_width": _count("Numbers that each frame's stimulus is brought to", 1, 4096),
            "embedding": _count(
                "Numbers that are learned of each neuron, in the place of attributes; 0: none", 0, 4096
            ),
            "animals": ANIMALS,
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Das, Kong, Leach, Mathur, Sen & Yu 2023, TMLR, arXiv:2304.08424",
        caveat="The block that makes a lead's forecast has no norm, which would leave nothing of a single number.",
        takes=("stimulus",),
        typical_fit_s=60.0,
    )
    # Sizes near the smallest of the paper , and steps for recordings of some thousand frames.
    candidates: tuple[Settings, ...] = tuple(
        learned(
            hidden=64,
            encoder_layers=1,
            decoder_layers=1,
            lead_width=8,
            temporal_width=32,
            stimulus_width=4,
            embedding=embedding,
            animals="alike",
            dropout=dropout,
            rescaling="none",
            learning_rate=learning_rate,
            steps=600,
            patience=4,
        )
        for embedding, dropout, learning_rate in ((32, 0.5, 3e-3), (0, 0.3, 1e-3))
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> TideNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.tide_network import begun

        return begun(sizes, settings, key=key)
