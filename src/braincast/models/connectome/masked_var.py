"""Vector autoregression on the wiring: every neuron from its own past and the last frames of its partners alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from braincast.brain.brains import Brains
from braincast.models.connectome.linear.answers import AnswersOnWiring, with_spread_on_wiring
from braincast.models.connectome.linear.lagged_steps import LaggedSteps, continued_by_wiring, steps_of
from braincast.models.connectome.linear.links import Links, links_of
from braincast.models.connectome.linear.partner_moments import (
    Inputs,
    PartnerMoments,
    partner_moments,
    ridge_on_partners,
)
from braincast.models.forecasters.forecaster import forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.shared_linear import ORDER
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, fit_of, scoped
from braincast.models.forecasters.spread import Spread
from braincast.models.interface import Setting, Settings
from braincast.models.space import Choices, Range
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

EXPONENT = Setting(
    "An edge counts as (its weight over the receiver's strongest input)^exponent; 0: all edges alike",
    upper=4.0,
    sweep=Choices((0.0, 0.5, 1.0)),
)
PARTNER_FRAMES = Setting(
    "How many last frames of its partners a neuron looks at", kind=int, lower=1.0, upper=100.0, sweep=Range(1, 4)
)
WIRELESS = Setting("Whether edges of peptides and monoamines count too", kind=bool)


@dataclass(frozen=True, eq=False)
class WeightsOnLinks(AnswersOnWiring):
    """Weights on each neuron's own last frames and on its links, the last frame first; the last fit is of all."""

    intercept: Float[np.ndarray, "fit neuron"]
    own: Float[np.ndarray, "fit neuron lag"]
    on_links: Float[np.ndarray, "fit link frame"]
    exponent: float
    wireless: bool
    known: Int[np.ndarray, " known"]
    n_fitted: int
    spread: Spread | None = None

    def point(self, windows: Windows, prepared: Links) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number: each recording by its own wiring."""
        links = used(prepared, self.wireless)
        keys = np.stack([fit_of(self.known, windows.recording), links.which[windows.recording]], axis=1)
        steps = {(fit, wiring): self.steps(links, fit, wiring) for fit, wiring in np.unique(keys, axis=0).tolist()}
        return continued_by_wiring(steps, keys, windows)

    def coupling(self, prepared: Links, fit: int = -1, wiring: int = 0) -> Float[np.ndarray, "post pre"]:
        """What a neuron's last frame adds to another's next one."""
        return self.steps(used(prepared, self.wireless), fit, wiring).matrices[1].toarray()

    def steps(self, links: Links, fit: int, wiring: int) -> LaggedSteps:
        """The rule of one fit in one wiring."""
        n_frames = self.on_links.shape[2]
        values = self.on_links[fit].T * links.relative(self.exponent)[wiring]
        ends = np.tile(links.post, n_frames), np.tile(links.pre, n_frames)
        lags = np.repeat(np.arange(1, n_frames + 1), len(links))
        diffusive = np.tile(links.is_diffusive.astype(float), n_frames)
        return steps_of(self.intercept[fit], self.own[fit], ends, lags, values.ravel(), diffusive)


class MaskedVar:
    """A ridge regression for each neuron, in which what is not wired has no weight, iterated over the leads."""

    card = forecaster_card(
        "masked-var",
        "Every neuron from its own last frames and those of its presynaptic partners by ridge, one step at a time.",
        {
            "order": ORDER,
            "partner_frames": PARTNER_FRAMES,
            "own_penalty": replace(PENALTY, summary="Penalty on weights of a neuron's own past"),
            "penalty": replace(PENALTY, summary="Penalty on weights of edges"),
            "exponent": EXPONENT,
            "wireless": WIRELESS,
            "scope": SCOPE,
        },
        uses=("activity", "connectome"),
        citation="Creamer, Leifer & Pillow 2024, bioRxiv 2024.09.22.614271; Hoerl & Kennard 1970, Technometrics 12:55",
        caveat="Looks at one step: noise of single frames counts as activity (masked-lds does not).",
        typical_fit_s=1.0,
    )
    fitted_type = WeightsOnLinks
    candidates: tuple[Settings, ...] = tuple(
        {
            "order": order,
            "partner_frames": frames,
            "own_penalty": 1e-3,
            "penalty": penalty,
            "exponent": exponent,
            "wireless": wireless,
            "scope": scope,
        }
        for order, frames, penalty, exponent, wireless, scope in (
            (8, 2, 0.1, 0.0, False, POOLED),
            (8, 2, 0.1, 0.5, False, POOLED),
            (8, 2, 0.1, 1.0, False, POOLED),
            (8, 2, 1.0, 0.0, False, OWN),
            (8, 2, 0.1, 0.5, False, OWN),
            (8, 2, 1.0, 0.0, True, POOLED),
            (8, 2, 1.0, 0.5, True, POOLED),
            (2, 1, 10.0, 0.0, False, POOLED),
            (2, 1, 10.0, 1.0, False, POOLED),
        )
    )

    def prepare(self, structure: Brains) -> Links:
        """The links of all recordings' wirings; E307 where there is none."""
        return links_of(structure)

    def fit(self, training: ForecastTraining, prepared: Links, settings: Settings, *, seed: int) -> WeightsOnLinks:
        links = used(prepared, settings["wireless"])
        order, frames = (min(settings[k], training.context_frames) for k in ("order", "partner_frames"))
        inputs = Inputs(links, order, frames)
        known, evidence = scoped(training, partner_moments(training, inputs), settings["scope"])
        fits = [_solved(moments, inputs, settings) for moments in evidence]
        intercept, own, on_links = (np.stack(values) for values in zip(*fits, strict=True))
        n_fitted = intercept.size + own.size + int(np.count_nonzero(on_links))
        fitted = WeightsOnLinks(
            intercept, own, on_links, float(settings["exponent"]), settings["wireless"], known, n_fitted
        )
        return with_spread_on_wiring(fitted, training, prepared)


def used(links: Links, wireless: bool) -> Links:
    """The links that count."""
    return links if wireless else links.synaptic


def _solved(
    evidence: Sequence[PartnerMoments], inputs: Inputs, settings: Settings
) -> tuple[Float[np.ndarray, " neuron"], Float[np.ndarray, "neuron lag"], Float[np.ndarray, "link frame"]]:
    links, order, frames = inputs.links, inputs.order, inputs.partner_frames
    relative = links.relative(settings["exponent"])
    intercept, own = np.zeros(links.n_neurons), np.zeros((links.n_neurons, order))
    on_links = np.zeros((len(links), frames))
    for neuron, its in enumerate(inputs.of_each_neuron):
        scales = np.concatenate([np.ones((links.n_wirings, order)), np.tile(relative[:, its], (1, frames))], axis=1)
        penalties = np.repeat([settings["own_penalty"], settings["penalty"]], [order, frames * len(its)])
        intercept[neuron], weights = ridge_on_partners(evidence, neuron, scales, penalties)
        own[neuron], on_links[its] = weights[:order], weights[order:].reshape(frames, len(its)).T
    return intercept, own, on_links
