"""Rates on the wiring: signed chemical edges, electrical edges, and slow transmitters outside synapses."""

from __future__ import annotations

from braincast.models.blackbox.network_forecaster import network_card
from braincast.models.connectome.rates import RATES, RateForecaster, rates_learned
from braincast.models.interface import Settings


class RateNetwork(RateForecaster):
    """Each neuron leaks towards its rest and is driven along the edges that the connectome has, and along no others."""

    card = network_card(
        "rate-network",
        "A rate for each neuron that decays and is driven along the wiring, by chemical, electrical and slow edges.",
        RATES,
        citation="Wilson & Cowan 1972, Biophys J 12:1; Kunert, Shlizerman & Kutz 2014, Phys Rev E 89:052805",
        caveat="Rates are activity itself, in standard deviations: spikes and membrane potentials are not in it.",
        uses=("activity", "connectome"),
        takes=("stimulus",),
        typical_fit_s=40.0,
    )
    candidates: tuple[Settings, ...] = tuple(rates_learned(deviation=deviation) for deviation in (0.0, 1.0))
