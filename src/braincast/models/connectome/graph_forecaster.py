"""A graph network that forecasts: what each neuron's past says, told to its neighbours in rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.brain.brains import Brains
    from braincast.models.connectome.networks.graph_forecast_network import GraphForecastNetwork
    from braincast.models.connectome.networks.walks import Walks


class GraphForecaster(NetworkForecaster):
    """A layer reads each neuron's context, messages go along edges and against them, a layer says the leads."""

    card = network_card(
        "graph-forecaster",
        "What each neuron's context says is told to its neighbours in rounds, by kind and direction of edge.",
        {
            "rounds": Setting("How often neurons tell their neighbours", kind=int, upper=64.0, sweep=Range(1, 4)),
            "width": Setting(
                "Numbers that a neuron keeps and tells", kind=int, lower=1.0, upper=4096.0, sweep=Range(8, 64, log=True)
            ),
            "past": PAST,
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Gilmer, Schoenholz, Riley, Vinyals & Dahl 2017, ICML, arXiv:1704.01212",
        caveat="Messages are linear in what the sender knows. A linear map of each neuron's own past is added.",
        uses=("activity", "connectome"),
        typical_fit_s=30.0,
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(
            **{"rounds": 2, "width": 16, "past": "own", "dropout": 0.2, "rescaling": rescaling},
            **{"learning_rate": 3e-3, "steps": 400, "every": 25, "patience": 5},
        )
        for rescaling in ("last", "none")
    )

    def __init__(self, walks: Walks | None = None, classes: tuple[int, ...] = ()) -> None:
        self.walks, self.classes = walks, classes

    def prepare(self, structure: Brains) -> GraphForecaster:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The model on these brains; E307 where there is no wiring."""
        from braincast.models.connectome.networks.neurons import cell_classes, grouped
        from braincast.models.connectome.networks.walks import Walks

        walks = Walks.of(structure.connectomes, structure.which)
        return GraphForecaster(walks, grouped(cell_classes(structure)))

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> GraphForecastNetwork:
        """The network before the first step."""
        from braincast.models.connectome.networks.graph_forecast_network import begun

        assert self.walks is not None
        own = (settings[name] for name in ("rounds", "width", "past", "dropout", "rescaling"))
        return begun(sizes, self.walks, self.classes, *own, key=key)
