"""A differential equation for each neuron, with learned messages along the wiring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import NOT_SWEPT, Range

if TYPE_CHECKING:
    from braincast.brain.brains import Brains
    from braincast.models.connectome.networks.graph_ode_network import GraphOdeNetwork
    from braincast.models.connectome.networks.thinned import Thinned


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
            **{"rescaling": rescaling, "learning_rate": 3e-3, "batch": 16, "steps": 300, "every": 25, "patience": 5},
        )
        for rescaling in ("last", "none")
    )

    def __init__(self, brains: Brains | None = None, classes: tuple[int, ...] = ()) -> None:
        self.brains, self.classes = brains, classes

    def prepare(self, structure: Brains) -> GraphOde:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The model on these brains; E307 where there is no wiring."""
        from braincast.models.connectome.networks.neurons import cell_classes, grouped

        return GraphOde(structure, grouped(cell_classes(structure)))

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> GraphOdeNetwork:
        """The network before the first step."""
        from braincast.models.connectome.networks.graph_ode_network import begun

        own = (settings[n] for n in ("width", "hidden", "steps_per_frame", "past", "dropout", "rescaling"))
        return begun(sizes, self._thinned(settings["strongest"]), self.classes, *own, key=key)

    def _thinned(self, strongest: int) -> Thinned:
        from braincast.models.connectome.networks.thinned import Thinned

        assert self.brains is not None
        return Thinned.of(self.brains.connectomes, self.brains.which, strongest)
