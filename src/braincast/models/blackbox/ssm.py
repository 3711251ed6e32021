"""A state-space sequence model: damped oscillations that remember frames of all neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import DROPOUT, PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.ssm_network import SsmNetwork


class Ssm(NetworkForecaster):
    """S4D: blocks of a diagonal linear system for each channel and a gated layer over channels."""

    card = network_card(
        "ssm",
        "Linear state-space systems over frames and gated layers over channels in turn, then a map to the leads.",
        {
            "blocks": Setting(
                "How many pairs of systems and layers", kind=int, lower=1.0, upper=64.0, sweep=Range(1, 4)
            ),
            "hidden": Setting(
                "Channels that all neurons are brought to",
                kind=int,
                lower=1.0,
                upper=65536.0,
                sweep=Range(16, 128, log=True),
            ),
            "states": Setting(
                "Pairs of states in the system of each channel",
                kind=int,
                lower=1.0,
                upper=4096.0,
                sweep=Range(4, 32, log=True),
            ),
            "reads": Setting(
                "all: channels of all neurons; each: of one neuron, with the same weights for every one",
                kind=str,
                choices=("all", "each"),
            ),
            "past": PAST,
            "dropout": DROPOUT,
            "rescaling": RESCALING,
        },
        citation="Gu, Goel, Gupta & Ré 2022, NeurIPS, arXiv:2206.11893",
        caveat="Blocks have no norms, and a linear map of each neuron's own past is added (Lai et al. 2018).",
        typical_fit_s=60.0,
    )
    # Chosen on validation windows, where these networks are at their best within a few hundred steps.
    candidates: tuple[Settings, ...] = tuple(
        learned(
            blocks=blocks,
            hidden=hidden,
            states=16,
            reads=reads,
            past=past,
            dropout=dropout,
            rescaling=rescaling,
            batch=batch,
            learning_rate=3e-3,
            steps=300,
            every=25,
            patience=5,
        )
        for blocks, hidden, reads, past, dropout, rescaling, batch in (
            (2, 64, "all", "shared", 0.3, "last", 32),
            (1, 16, "each", "shared", 0.1, "last", 16),
            (2, 32, "all", "own", 0.3, "none", 32),
        )
    )

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> SsmNetwork:
        """The network before the first step."""
        from braincast.models.blackbox.networks.ssm_network import begun

        own = (settings[name] for name in ("blocks", "hidden", "states", "reads", "past", "dropout", "rescaling"))
        return begun(sizes, *own, key=key)
