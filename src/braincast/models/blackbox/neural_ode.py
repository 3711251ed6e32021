"""A latent state that moves by a learned differential equation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.neural_ode_network import NeuralOdeNetwork


class NeuralOde(NetworkForecaster):
    """The context gives a state, a perceptron says how fast it moves, and neurons are read from where it arrives."""

    card = network_card(
        "neural-ode",
        "A state made of the context moves by a learned differential equation; neurons are read from it at each lead.",
        {
            "latent": Setting("Numbers in the state", kind=int, lower=1.0, upper=65536.0, sweep=Range(8, 64, log=True)),
            "hidden": Setting(
                "Width of the perceptron that says how it moves",
                kind=int,
                lower=1.0,
                upper=65536.0,
                sweep=Range(16, 128, log=True),
            ),
            "steps_per_frame": Setting("Steps of the solver from frame to frame", kind=int, lower=1.0, upper=1000.0),
            "past": PAST,
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Chen, Rubanova, Bettencourt & Duvenaud 2018, NeurIPS, arXiv:1806.07366",
        caveat="The state is certain (no variational part), and a linear map of each neuron's own past is added (Lai "
        "et al. 2018).",
        typical_fit_s=35.0,
    )
    # Chosen on validation windows, where these networks are at their best within a few hundred steps.
    candidates: tuple[Settings, ...] = tuple(
        learned(
            latent=32,
            hidden=32,
            steps_per_frame=1,
            past="own",
            dropout=0.5,
            rescaling=rescaling,
            learning_rate=3e-3,
            steps=300,
            every=25,
            patience=5,
        )
        for rescaling in ("last", "none")
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> NeuralOdeNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.neural_ode_network import begun

        own = (settings[name] for name in ("latent", "hidden", "steps_per_frame", "past", "dropout", "rescaling"))
        return begun(sizes, *own, key=key)
