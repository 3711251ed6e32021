"""Autoregression on a graph: what a neuron hears in a few channels, weighed alike by all neurons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from braincast.brain.brains import Brains
from braincast.models.connectome.linear.answers import with_spread_on_wiring
from braincast.models.connectome.linear.channels import Channels, channels_by_sign
from braincast.models.connectome.linear.graph_regression import Sharing, by_recording, heard_moments
from braincast.models.connectome.linear.links import Links, links_of
from braincast.models.connectome.linear.weights_on_channels import WeightsOnChannels
from braincast.models.connectome.masked_var import PARTNER_FRAMES, WIRELESS
from braincast.models.forecasters.forecaster import forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.shared_linear import ORDER
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, scoped
from braincast.models.interface import Setting, Settings
from braincast.models.space import Choices
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

EXPONENT = Setting(
    "An input counts as its weight^exponent over the sum of the receiver's inputs of that way; 0: all alike",
    upper=4.0,
    sweep=Choices((0.0, 0.5, 1.0)),
)
OWN_PENALTY = replace(PENALTY, summary="Penalty on what a neuron's weights on its own past have beside the shared ones")
NEURON_PENALTY = replace(PENALTY, summary="Penalty on what its weights on partners have beside the shared ones")


@dataclass(frozen=True, eq=False)
class FittedGraphVar(WeightsOnChannels):
    """The weights, and how edges count."""

    exponent: float = 0.0
    wireless: bool = False

    def point(self, windows: Windows, prepared: Links) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number: each recording by its own wiring."""
        return self.on(windows, channels_of(prepared, self.exponent, self.wireless))


class GraphVar:
    """Own last frames and sums over partners of each kind and sign, with weights that all neurons share."""

    card = forecaster_card(
        "graph-var",
        "Every neuron from its own last frames and its partners' mean of each kind and sign, with shared weights.",
        {
            "order": ORDER,
            "partner_frames": PARTNER_FRAMES,
            "penalty": PENALTY,
            "own_penalty": OWN_PENALTY,
            "neuron_penalty": NEURON_PENALTY,
            "exponent": EXPONENT,
            "wireless": WIRELESS,
            "scope": SCOPE,
        },
        uses=("activity", "connectome"),
        citation="Knight, Leeming, Nason & Nunes 2020, J. Statistical Software 96:5",
        caveat="A new animal is answered with its own wiring, but with the weights of those that were learned from.",
        typical_fit_s=1.0,
    )
    fitted_type = FittedGraphVar
    candidates: tuple[Settings, ...] = tuple(
        {
            "order": order,
            "partner_frames": frames,
            "penalty": 1e-3,
            "own_penalty": own_penalty,
            "neuron_penalty": neuron_penalty,
            "exponent": exponent,
            "wireless": wireless,
            "scope": scope,
        }
        for order, frames, own_penalty, neuron_penalty, exponent, wireless, scope in (
            (8, 2, 1e-3, 1e-2, 0.0, False, POOLED),
            (8, 2, 1e-3, 1e-2, 1.0, False, POOLED),
            (8, 2, 1e-3, 1e-2, 0.0, False, OWN),
            (8, 2, 1e-3, 1e-2, 1.0, False, OWN),
            (8, 4, 1e-3, 1e-2, 0.0, True, POOLED),
            (8, 4, 1e-3, 1e-2, 0.5, True, POOLED),
            (2, 2, 1.0, 1e6, 0.0, False, POOLED),
            (2, 2, 1.0, 1e6, 1.0, False, POOLED),
        )
    )

    def prepare(self, structure: Brains) -> Links:
        """The links of all recordings' wirings; E307 where there is none."""
        return links_of(structure)

    def fit(self, training: ForecastTraining, prepared: Links, settings: Settings, *, seed: int) -> FittedGraphVar:
        exponent, wireless = float(settings["exponent"]), settings["wireless"]
        channels = channels_of(prepared, exponent, wireless)
        order, frames = (min(settings[key], training.context_frames) for key in ("order", "partner_frames"))
        n_neurons = prepared.n_neurons
        sharing = Sharing(
            traits=np.zeros((n_neurons, 0)),
            classes=np.zeros(n_neurons, np.int64),
            penalty=settings["penalty"],
            neuron_penalty=np.repeat(
                [settings["own_penalty"], settings["neuron_penalty"]], [order, frames * len(channels)]
            ),
        )
        known, evidence = scoped(training, heard_moments(training, channels, order, frames), settings["scope"])
        weights, intercept = by_recording(evidence, sharing)
        n_fitted = weights.size + intercept.size
        fitted = FittedGraphVar(intercept, weights, order, known, n_fitted, exponent=exponent, wireless=wireless)
        return with_spread_on_wiring(fitted, training, prepared)


def channels_of(links: Links, exponent: float, wireless: bool) -> Channels:
    """The channels by kind and sign; the same object each time."""
    counted = links if wireless else links.synaptic
    return counted.remember(("channels", exponent), lambda: channels_by_sign(counted, exponent))
