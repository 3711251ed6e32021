"""A differential equation for each neuron, with learned messages along the wiring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import NOT_SWEPT, Range

if TYPE_CHECKING:
    from braincast.models.connectome.networks.graph_ode_network import GraphOdeNetwork


class GraphOde(NetworkForecaster):
    """Each neuron's context gives it a state, which moves by what it is and by messages from its neighbours."""

    card = network_card(
        "graph-ode",
        "A state for each neuron moves by a learned differential equation with messages along the wiring.",
        {
            "width": Setting(
                "Numbers in a neuron's state", kind=int, lower=1.0, upper=4096.0, sweep=Range(2, 16, log=True)
            ),
            "hidden": Setting(
                "Width of the layers that make messages and say how states move",
                kind=int,
                lower=1.0,
                upper=4096.0,
                sweep=Range(4, 32, log=True),
            ),
            "strongest": Setting(
                "How many edges at most end at a neuron: the strongest",
                kind=int,
                lower=1.0,
                upper=65536.0,
                sweep=Range(4, 32, log=True),
            ),
            "steps_per_frame": Setting(
                "Steps of the solver from frame to frame", kind=int, lower=1.0, upper=1000.0, sweep=NOT_SWEPT
            ),
            "past": PAST,
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Poli, Massaroli, Park, Yamashita, Asama & Park 2019, arXiv:1911.07532",
        caveat="Only the strongest edges are followed. A linear map of each neuron's own past is added.",
        uses=("activity", "connectome"),
        typical_fit_s=60.0,
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(
            **{"width": 4, "hidden": 8, "strongest": 8, "steps_per_frame": 1, "past": "own", "dropout": 0.0},
            **{"rescaling": rescaling, "learning_rate": 3e-3, "steps": 300, "every": 25, "patience": 5},
        )
        for rescaling in ("last", "none")
    )

    def __init__(self, brains: Any = None) -> None:
        self.brains = brains

    def prepare(self, structure: Any) -> GraphOde:
        """The model on these brains."""
        return GraphOde(structure)

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> GraphOdeNetwork:
        """The network before the first step."""
        from braincast.models.connectome.networks.graph_ode_network import begun
        from braincast.models.connectome.networks.neurons import cell_classes, grouped
        from braincast.models.connectome.networks.thinned import Thinned

        brains = self.brains
        thinned = Thinned.of(brains.connectomes, brains.which, settings["strongest"])
        own = (settings[n] for n in ("width", "hidden", "steps_per_frame", "past", "dropout", "rescaling"))
        return begun(sizes, thinned, grouped(cell_classes(brains)), *own, key=key)
