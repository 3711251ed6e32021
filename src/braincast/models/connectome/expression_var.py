"""Autoregression on a graph whose weights depend on what neurons express, on their class and on fibre lengths."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from braincast.brain.brains import Brains
from braincast.models.connectome.graph_var import EXPONENT, NEURON_PENALTY, OWN_PENALTY
from braincast.models.connectome.linear.answers import with_spread_on_wiring
from braincast.models.connectome.linear.graph_regression import Sharing, by_recording, heard_moments
from braincast.models.connectome.linear.priors import MOST_COMPONENTS, Priors, priors_of
from braincast.models.connectome.linear.weights_on_channels import WeightsOnChannels
from braincast.models.connectome.masked_var import PARTNER_FRAMES, WIRELESS
from braincast.models.forecasters.forecaster import forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.shared_linear import ORDER
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, scoped
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows


@dataclass(frozen=True, eq=False)
class FittedExpressionVar(WeightsOnChannels):
    """The weights, and how the channels were made."""

    exponent: float = 0.0
    wireless: bool = False
    matched: bool = False
    velocity: float = 0.0

    def point(self, windows: Windows, prepared: Priors) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number: each recording by its own wiring."""
        return self.on(windows, prepared.channels(self.exponent, self.wireless, self.matched, self.velocity))


class ExpressionVar:
    """The graph's autoregression with a prior from other data: traits, homologues, matching genes, fibre lengths."""

    card = forecaster_card(
        "expression-var",
        "As graph-var; weights depend on expression (or region), homologues share theirs, fibres delay by length.",
        {
            "order": ORDER,
            "partner_frames": PARTNER_FRAMES,
            "penalty": PENALTY,
            "components": Setting(
                "How many traits count: components of expression, or regions",
                kind=int,
                upper=float(MOST_COMPONENTS),
                sweep=Range(0, 8),
            ),
            "trait_penalty": replace(PENALTY, summary="Penalty on how weights depend on traits"),
            "class_penalty": replace(PENALTY, summary="Penalty on what homologues have in common beside that"),
            "own_penalty": OWN_PENALTY,
            "neuron_penalty": NEURON_PENALTY,
            "exponent": EXPONENT,
            "matched": Setting("Whether inputs count apart for each pair of genes that match", kind=bool),
            "velocity": Setting("Fibre length that a signal goes in a frame, in mm; 0: no delays", upper=1e6),
            "wireless": WIRELESS,
            "scope": SCOPE,
        },
        uses=("activity", "connectome", "expression"),
        citation="Hobert 2013, WormBook 1.161.1 (which genes match); Gelman & Hill 2006, Cambridge University Press",
        caveat="Without expression, regions stand in as traits. Delays are whole frames.",
        typical_fit_s=1.0,
    )
    fitted_type = FittedExpressionVar
    candidates: tuple[Settings, ...] = tuple(
        {
            "order": order,
            "partner_frames": frames,
            "penalty": 1e-3,
            "components": 4,
            "trait_penalty": 0.1,
            "class_penalty": class_penalty,
            "own_penalty": 0.1,
            "neuron_penalty": neuron_penalty,
            "exponent": exponent,
            "matched": matched,
            "velocity": velocity,
            "wireless": wireless,
            "scope": scope,
        }
        for order, frames, class_penalty, neuron_penalty, exponent, matched, velocity, wireless, scope in (
            (8, 2, 1e-3, 0.01, 1.0, False, 0.0, False, POOLED),
            (8, 2, 1e-3, 0.01, 1.0, False, 100.0, False, POOLED),
            (8, 2, 1e-3, 0.01, 1.0, False, 0.0, False, OWN),
            (8, 2, 1e-3, 0.01, 1.0, False, 100.0, False, OWN),
            (8, 4, 1e-3, 1e6, 0.5, True, 0.0, True, POOLED),
            (8, 2, 1e-3, 1e6, 0.5, True, 0.0, False, POOLED),
            (8, 2, 1e-3, 1e6, 0.5, False, 0.0, False, POOLED),
            (2, 2, 1e6, 0.1, 1.0, False, 0.0, False, POOLED),
        )
    )

    def prepare(self, structure: Brains) -> Priors:
        """Links, traits and classes; E307 where there is no wiring."""
        return priors_of(structure)

    def fit(
        self, training: ForecastTraining, prepared: Priors, settings: Settings, *, seed: int
    ) -> FittedExpressionVar:
        how = {name: settings[name] for name in ("exponent", "wireless", "matched", "velocity")}
        channels = prepared.channels(*how.values())
        order, frames = (min(settings[key], training.context_frames) for key in ("order", "partner_frames"))
        repeats = [order, frames * len(channels)]
        sharing = Sharing(
            traits=prepared.traits[:, : settings["components"]],
            classes=prepared.classes,
            penalty=settings["penalty"],
            trait_penalty=settings["trait_penalty"],
            class_penalty=np.full(sum(repeats), settings["class_penalty"]),
            neuron_penalty=np.repeat([settings["own_penalty"], settings["neuron_penalty"]], repeats),
        )
        known, evidence = scoped(training, heard_moments(training, channels, order, frames), settings["scope"])
        weights, intercept = by_recording(evidence, sharing)
        fitted = FittedExpressionVar(intercept, weights, order, known, weights.size + intercept.size, **how)
        return with_spread_on_wiring(fitted, training, prepared)
