"""A forecaster in which each neuron is a vector, and all that neurons share goes through a few signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import ANIMALS, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.embedding_network import EmbeddingNetwork


def _candidate(**own: Any) -> Settings:
    return learned(animals="alike", maps=4, hidden=0, steps=2000, patience=6, **own)


class EmbeddingForecaster(NetworkForecaster):
    """Reduced-rank regression on the population beside each neuron's own past; parameters and time go with neurons."""

    card = network_card(
        "embedding",
        "Own past, and a few signals that are read from the population and written back by an embedding of each "
        "neuron.",
        {
            "width": Setting(
                "Numbers in an embedding, and signals", kind=int, lower=1.0, upper=4096.0, sweep=Range(4, 64, log=True)
            ),
            "animals": ANIMALS,
            "maps": Setting(
                "Maps of a neuron's own past: the first is the same for all, further ones are weighted by embedding",
                kind=int,
                lower=1.0,
                upper=256.0,
            ),
            "hidden": Setting(
                "Width of a perceptron on the signals, beside their linear map; 0 for none", kind=int, upper=65536.0
            ),
            "dropout": Setting(
                "Share of neurons that are not read in a training step", upper=0.95, sweep=Range(0.0, 0.9)
            ),
            "rescaling": RESCALING,
        },
        citation="Velu & Reinsel 1998, Springer, 10.1007/978-1-4757-2853-8; Azabou et al. 2023, NeurIPS, "
        "arXiv:2310.16046",
        caveat="Ours from both: reduced-rank regression, with the embeddings of units that POYO decodes spikes with.",
        typical_fit_s=60.0,
    )
    # From much to learn from to little: the shorter a recording, the fewer neurons are read at a time.
    candidates: tuple[Settings, ...] = (
        _candidate(width=32, dropout=0.4, rescaling="none", learning_rate=3e-3, weight_decay=0.1),
        _candidate(width=16, dropout=0.9, rescaling="none", learning_rate=2e-3, weight_decay=1.0),
        _candidate(width=8, dropout=0.8, rescaling="last", learning_rate=2e-3, weight_decay=1.0),
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> EmbeddingNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.embedding_network import Shape, begun

        shape = Shape(*(settings[name] for name in ("width", "maps", "hidden", "animals")))
        return begun(sizes, shape, settings["dropout"], settings["rescaling"], key=key)
