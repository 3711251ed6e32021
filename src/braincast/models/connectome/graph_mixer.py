"""TSMixer with a prior: neurons are mixed along the wiring, and freely as far as that pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.brain.brains import Brains
    from braincast.models.connectome.networks.graph_mixer_network import GraphMixerNetwork
    from braincast.models.connectome.networks.walks import Walks


class GraphMixer(NetworkForecaster):
    """Layers over frames and diffusion along the wiring in turn; a free map of low rank beside it is penalised."""

    card = network_card(
        "graph-mixer",
        "Layers over frames and walks along the wiring in turn; a penalised free map of the population beside them.",
        {
            "blocks": Setting("How many pairs of layers", kind=int, lower=1.0, upper=64.0, sweep=Range(1, 3)),
            "walks": Setting("Edges that a walk passes at most", kind=int, lower=1.0, upper=64.0, sweep=Range(1, 3)),
            "rank": Setting("Rank of the free map", kind=int, lower=1.0, upper=65536.0, sweep=Range(4, 64, log=True)),
            "prior": Setting(
                "What the free map costs: the wiring is more trusted the more",
                upper=1e6,
                sweep=Range(1e-3, 10, log=True),
            ),
            "past": PAST,
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Li, Yu, Shahabi & Liu 2018, ICLR, arXiv:1707.01926; Chen et al. 2023, TMLR, arXiv:2303.06053",
        caveat="The wiring is a prior, not a mask: what it does not hold can be learned, at a price.",
        uses=("activity", "connectome"),
        typical_fit_s=30.0,
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(
            **{"blocks": 1, "walks": 2, "rank": 16, "prior": 0.1, "past": "own", "dropout": 0.2},
            **{"rescaling": rescaling, "learning_rate": 3e-3, "steps": 400, "every": 25, "patience": 5},
        )
        for rescaling in ("last", "none")
    )

    def __init__(self, walks: Walks | None = None) -> None:
        self.walks = walks

    def prepare(self, structure: Brains) -> GraphMixer:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The model on these brains; E307 where there is no wiring."""
        from braincast.models.connectome.networks.walks import Walks

        return GraphMixer(Walks.of(structure.connectomes, structure.which))

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> GraphMixerNetwork:
        """The network before the first step."""
        from braincast.models.connectome.networks.graph_mixer_network import begun

        assert self.walks is not None
        own = ("blocks", "walks", "rank", "prior", "past", "dropout", "rescaling")
        return begun(sizes, self.walks, *(settings[name] for name in own), key=key)
