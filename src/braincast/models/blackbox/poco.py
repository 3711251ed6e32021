"""POCO: a forecaster of single neurons that is told what the population does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.attending import ATTENDING
from braincast.models.blackbox.learning import ANIMALS, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.poco_network import PopulationConditioned


class POCO(NetworkForecaster):
    """A perceptron from each neuron's context to its leads, scaled and shifted inside by a few latents' attention."""

    card = network_card(
        "poco",
        "A perceptron on each neuron's context, its hidden layer scaled and shifted by what the population does.",
        {
            "segment": Setting("Frames of one neuron in a token", kind=int, lower=1.0, upper=65536.0),
            "latents": Setting(
                "How many vectors sum up the population",
                kind=int,
                lower=1.0,
                upper=65536.0,
                sweep=Range(2, 16, log=True),
            ),
            **ATTENDING,
            "hidden": Setting(
                "Width of each neuron's perceptron", kind=int, lower=1.0, upper=65536.0, sweep=Range(32, 512, log=True)
            ),
            "animals": ANIMALS,
            "rescaling": RESCALING,
        },
        citation="Duan, Chaudhry, Ahrens, Harvey, Perich, Deisseroth & Rajan 2025, arXiv:2506.14957",
        caveat="Positions are learned, not rotary times; scales begin at 1; layers are small and without gates; "
        "a session is told by its neurons' embeddings. On human brains it stays behind closed forms of "
        "the population.",
        typical_fit_s=60.0,
    )
    candidates: tuple[Settings, ...] = tuple(
        learned(
            **{"segment": 16, "latents": 8, "width": 16, "layers": 1, "heads": 4, "hidden": 64},
            **{"animals": "alike", "dropout": 0.0, "rescaling": rescaling},
            **{"batch": 16, "steps": 800, "every": 50, "patience": 6},
        )
        for rescaling in ("none", "last")
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> PopulationConditioned:
        """The network before the first step."""
        from braincast.models.blackbox.networks.poco_network import begun

        own = ("segment", "latents", "width", "layers", "heads", "hidden", "animals", "dropout", "rescaling")
        return begun(sizes, *(settings[name] for name in own), key=key)
