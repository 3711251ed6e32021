"""A gated recurrent network over the frames of all neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.gru_network import GruNetwork


class Gru(NetworkForecaster):
    """A gated recurrent unit reads the context frame by frame; its state says what follows."""

    card = network_card(
        "gru",
        "A gated recurrent unit that reads frames of all neurons, and a linear map from its state to the leads.",
        {
            "hidden": Setting("Width of the state", kind=int, lower=1.0, upper=65536.0, sweep=Range(16, 256, log=True)),
            "decoding": Setting(
                "direct: each lead is linear in the last state; rollout: the unit goes on with its own forecasts",
                kind=str,
                choices=("direct", "rollout"),
            ),
            "past": PAST,
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Cho et al. 2014, EMNLP, arXiv:1406.1078",
        caveat="A linear map of each neuron's own past is added (Lai et al. 2018), the reset gate follows the product.",
        typical_fit_s=40.0,
    )
    # Chosen on validation windows, where these networks are at their best within a few hundred steps: half the inputs
    # left out for recordings of a thousand frames, no level removed for signals that hardly outlast a frame.
    candidates: tuple[Settings, ...] = tuple(
        learned(
            hidden=hidden,
            decoding="direct",
            past=past,
            dropout=dropout,
            rescaling=rescaling,
            learning_rate=3e-3,
            steps=400,
            every=25,
            patience=6,
        )
        for hidden, past, dropout, rescaling in (
            (64, "shared", 0.3, "last"),
            (32, "own", 0.5, "last"),
            (64, "own", 0.3, "none"),
        )
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> GruNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.gru_network import begun

        own = (settings[name] for name in ("hidden", "decoding", "past", "dropout", "rescaling"))
        return begun(sizes, *own, key=key)
