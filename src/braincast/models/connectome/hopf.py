"""Regions as oscillators that hear each other through fibres, seen through the blood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import PAST, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.tracts import Tracts
from braincast.models.interface import Setting, Settings
from braincast.models.space import NOT_SWEPT, Choices, Range

if TYPE_CHECKING:
    from braincast.brain.brains import Brains
    from braincast.models.connectome.networks.hopf_network import HopfNetwork


class Hopf(NetworkForecaster):
    """Stuart–Landau oscillators coupled by the wiring, late by the length of fibres; blood follows their real part."""

    card = network_card(
        "hopf",
        "An oscillator for each region, coupled by fibres with delays, measured through the response of the blood.",
        {
            "observation": Setting(
                "blood: activity is seen through the canonical haemodynamic response; direct: as it is",
                kind=str,
                choices=("blood", "direct"),
            ),
            "regions": Setting(
                "alike: all regions grow and turn at one rate; own: each at its own",
                kind=str,
                choices=("alike", "own"),
            ),
            "power": Setting(
                "Power to which weights of tracts are raised before they are shared out", upper=2.0, sweep=Range(0.2, 1)
            ),
            "velocity": Setting(
                "Metres a second at which fibres conduct at first", lower=0.1, upper=200.0, sweep=Choices((1.0, 5.0))
            ),
            "steps_per_frame": Setting(
                "Steps of the solver from frame to frame", kind=int, lower=1.0, upper=1000.0, sweep=NOT_SWEPT
            ),
            "past": PAST,
        },
        citation="Deco, Kringelbach, Jirsa & Ritter 2017, Sci. Rep. 7:3095; Friston et al. 1998, NeuroImage 7:30",
        caveat="Weighs all pairs of regions: some hundred of them. States are found in the context by one linear map; "
        "what they leave unexplained goes on by a linear map of each region's own past.",
        uses=("activity", "connectome"),
        typical_fit_s=45.0,
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(
            **{"observation": observation, "regions": "own", "power": 0.5, "velocity": 5.0, "steps_per_frame": 1},
            **{"past": "own", "learning_rate": 3e-3, "steps": 400, "every": 25, "patience": 5},
        )
        for observation in ("blood", "direct")
    )

    def __init__(self, tracts: Tracts | None = None) -> None:
        self.tracts = tracts

    def prepare(self, structure: Brains) -> Hopf:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The model on these brains; E307 where there is no wiring."""
        return Hopf(Tracts.of(structure.connectomes, structure.which))

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> HopfNetwork:
        """The network before the first step."""
        from braincast.models.connectome.networks.hopf_network import begun

        assert self.tracts is not None
        own = (settings[n] for n in ("observation", "regions", "power", "velocity", "steps_per_frame", "past"))
        return begun(sizes, self.tracts, *own, key=key)
