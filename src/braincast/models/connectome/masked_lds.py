"""A linear dynamical system of all neurons, masked by the wiring and seen through noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.brain.brains import Brains
from braincast.errors import BraincastError
from braincast.models.connectome.linear.answers import AnswersOnWiring, with_spread_on_wiring
from braincast.models.connectome.linear.links import Links, links_of
from braincast.models.connectome.linear.network_filter import Network, Seen, last_state
from braincast.models.connectome.linear.network_learning import Expected, Mask, learn_network, maximise, stacked
from braincast.models.connectome.masked_var import EXPONENT, WIRELESS, used
from braincast.models.forecasters.forecaster import forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.scope import POOLED, SCOPE, fit_of, scoped
from braincast.models.forecasters.spread import Spread
from braincast.models.interface import Setting, Settings
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_FIELDS = ("transition", "drive", "noise", "start")  # of a network
MOST_NEURONS = 1024  # covariances between all of them are carried along: 8 MiB each
_FLOOR = 1e-6  # of a neuron's variance: keeps the first regressions solvable


@dataclass(frozen=True, eq=False)
class FittedNetworks(AnswersOnWiring):
    """Networks one beside another, fields as in `Network`; the last answers recordings that are not in `known`."""

    transition: Float[np.ndarray, "fit neuron neuron"]
    drive: Float[np.ndarray, "fit neuron"]
    noise: Float[np.ndarray, "fit neuron"]
    start: Float[np.ndarray, "fit neuron"]
    centre: Float[np.ndarray, " neuron"]
    known: Int[np.ndarray, " known"]
    n_fitted: int
    spread: Spread | None = None

    def coupling(self, prepared: Links, fit: int = -1) -> Float[np.ndarray, "post pre"]:
        """What a neuron's state adds to another's next one."""
        return self.transition[fit]

    def network(self, fit: int) -> Network:
        """One of the networks."""
        return Network(*(getattr(self, name)[fit] for name in _FIELDS))

    def point(self, windows: Windows, prepared: Links) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number: from the state that the Kalman filter finds at the context's end.

        A neuron without any value in the context, which windows show as 0 throughout, counts as not seen.
        """
        contexts, which = windows.contexts(), fit_of(self.known, windows.recording)
        is_seen = (contexts != 0).any(axis=1)
        patterns, pattern = np.unique(is_seen, axis=0, return_inverse=True)
        answer = np.empty(windows.shape)
        for fit, number in np.unique(np.stack([which, pattern.ravel()], axis=1), axis=0):
            cases = (which == fit) & (pattern.ravel() == number)
            values = np.where(patterns[number], contexts[cases] - self.centre, 0.0)
            mask = np.broadcast_to(patterns[number], values.shape[1:])
            answer[cases] = self._gone_on(self.network(int(fit)), Seen(values, mask), windows.horizon)
        return answer

    def _gone_on(self, network: Network, seen: Seen, horizon: int) -> Float[np.ndarray, "case lead neuron"]:
        state, answer = last_state(network, seen), []
        for _ in range(horizon):
            state = state @ network.transition.T
            answer.append(state + self.centre)
        return np.stack(answer, axis=1)


class MaskedLds:
    """A network whose transition is 0 where nothing is wired, learned by expectation maximisation."""

    card = forecaster_card(
        "masked-lds",
        "x[t+1] = A x[t] + noise, A zero where nothing is wired, seen through noise; by expectation maximisation.",
        {
            "penalty": replace(PENALTY, summary="Penalty on weights of edges"),
            "exponent": EXPONENT,
            "wireless": WIRELESS,
            "iterations": Setting("Steps of expectation maximisation, at most", kind=int, lower=1.0, upper=10000.0),
            "scope": SCOPE,
        },
        uses=("activity", "connectome"),
        citation="Creamer, Leifer & Pillow 2024, bioRxiv 2024.09.22.614271; Shumway & Stoffer 1982, "
        "J. Time Series Analysis 3:253",
        caveat="One frame back; with a pooled fit all recordings share A, held by the mean of their wirings.",
        typical_fit_s=5.0,
    )
    fitted_type = FittedNetworks
    candidates: tuple[Settings, ...] = tuple(
        {"penalty": penalty, "exponent": exponent, "wireless": wireless, "iterations": 4, "scope": POOLED}
        for penalty, exponent, wireless in (
            (0.1, 0.0, False),
            (0.1, 0.5, False),
            (1.0, 0.0, True),
            (0.1, 0.5, True),
            (10.0, 0.0, False),
            (10.0, 1.0, False),
        )
    )

    def prepare(self, structure: Brains) -> Links:
        """The links of all recordings' wirings; E307 where there is none."""
        return links_of(structure)

    def fit(self, training: ForecastTraining, prepared: Links, settings: Settings, *, seed: int) -> FittedNetworks:
        _require_few(prepared.n_neurons)
        links, centre = used(prepared, settings["wireless"]), training.mean
        series: dict[int, list[tuple[int, np.ndarray]]] = {}
        for one in training.unfilled:
            wiring = int(links.which[one.recording])
            series.setdefault(one.recording, []).append((wiring, one.activity.astype(float) - centre))
        known, evidence = scoped(training, series, settings["scope"])
        found = [self._learned(of, links, settings) for of in evidence]
        stacks: dict[str, Any] = {name: np.stack([getattr(network, name) for network, _ in found]) for name in _FIELDS}
        n_fitted = sum(n for _, n in found)
        fitted = FittedNetworks(**stacks, centre=centre, known=known, n_fitted=n_fitted)
        return with_spread_on_wiring(fitted, training, prepared)

    def _learned(
        self, series: Sequence[tuple[int, np.ndarray]], links: Links, settings: Settings
    ) -> tuple[Network, int]:
        mask = mask_of(links, [wiring for wiring, _ in series], settings["exponent"], settings["penalty"])
        pieces = [activity for _, activity in series]
        network, _ = learn_network(first_network(pieces, mask), stacked(pieces), mask, settings["iterations"])
        return network, mask.n_entries + network.drive.size + network.noise.size


def _require_few(n_neurons: int) -> None:
    """E306 for more neurons than a filter over all of them is for."""
    if n_neurons > MOST_NEURONS:
        what = f"it carries covariances between all neurons: {n_neurons:,} are more than {MOST_NEURONS:,}"
        raise BraincastError("E306", "model masked-lds", what, "Use masked-var or graph-var for so many neurons")


def mask_of(links: Links, wirings: Sequence[int], exponent: float, penalty: float) -> Mask:
    """Each neuron's partners; the penalty rises as the edge weakens: penalty over (mean strength)²."""
    strength = links.relative(exponent)[list(wirings)].mean(axis=0)
    together = np.zeros((links.n_neurons, links.n_neurons))
    np.maximum.at(together, (links.post, links.pre), strength)
    partners = tuple(np.flatnonzero(row) for row in together)
    return Mask(partners, tuple(penalty / row[of] ** 2 for row, of in zip(together, partners, strict=True)))


def first_network(pieces: Sequence[Float[np.ndarray, "_ neuron"]], mask: Mask) -> Network:
    """Ridge regressions on the frame before; half of what they leave is taken for noise of the measurement."""
    filled = [np.nan_to_num(piece) for piece in pieces]
    n_seen = sum(np.isfinite(piece).sum(axis=0) for piece in pieces)
    variance = sum((piece**2).sum(axis=0) for piece in filled) / np.maximum(n_seen, 1)
    variance = np.where(variance > 0, variance, 1.0)
    before, after = np.concatenate([x[:-1] for x in filled]), np.concatenate([x[1:] for x in filled])
    unseen = np.zeros(len(variance))
    start = Network(np.diag(unseen), variance / 2, variance / 2, variance)
    earlier = before.T @ before + np.diag(_FLOOR * len(before) * variance)
    products = earlier, after.T @ after, after.T @ before
    network = maximise(start, Expected(len(before), *products, unseen, unseen.astype(np.int64), 0.0), mask)
    return replace(network, drive=network.drive / 2, noise=network.drive / 2)
