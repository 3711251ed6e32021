"""Rates on the wiring, and beside them what each neuron's own past says."""

from __future__ import annotations

from typing import Any

from braincast.models.blackbox.network_forecaster import network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.rates import RATES, RateForecaster, rates_learned
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range


class RateResidual(RateForecaster):
    """The equations of `rate-network`, and a map of each neuron's own context that begins at 0.

    The residual sees one neuron at a time: whatever one neuron says about another goes along the wiring.
    """

    card = network_card(
        "rate-residual",
        "The rates of rate-network, and beside them a map of each neuron's own past.",
        {
            **RATES,
            "residual": Setting(
                "shared, own: a linear map, the same for all neurons or one for each; gru: a recurrent cell, the same "
                "for all",
                kind=str,
                choices=("shared", "own", "gru"),
            ),
            "hidden": Setting("Width of the recurrent cell", kind=int, lower=1.0, upper=4096.0, sweep=Range(4, 32)),
        },
        citation="Wilson & Cowan 1972, Biophys J 12:1; Lai, Chang, Yang & Liu 2018, SIGIR:95",
        uses=("activity", "connectome"),
        takes=("stimulus",),
        typical_fit_s=45.0,
    )
    # Chosen on validation windows of the worm, the fish and human brains.
    candidates: tuple[Settings, ...] = tuple(
        rates_learned(deviation=deviation, residual=residual, hidden=8)
        for deviation, residual in ((0.0, "shared"), (0.0, "own"), (1.0, "own"))
    )

    def beside(self, sizes: Sizes, settings: Settings, *, key: Any) -> Any:
        """The residual."""
        from braincast.models.connectome.networks.residuals import residual

        return residual(sizes, settings["residual"], settings["hidden"], key=key)
