"""The flow on the true wiring beside that on null wirings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast import progress
from braincast.brain.connectome import Connectome
from braincast.brain.nulls import NULLS
from braincast.experiments.flow.measure import STATISTICS, Flow, FlowProtocol, measure_flow
from braincast.experiments.flow.question import FlowQuestion


@dataclass(frozen=True, eq=False)
class Draws:
    """The flow on draws of one null: each statistic [draw, sense], and the recruited shares [draw, sense, group]."""

    statistics: Mapping[str, Float[np.ndarray, "draw sense"]]
    shares: Float[np.ndarray, "draw sense group"]


@dataclass(frozen=True, eq=False)
class FlowAgainstNulls:
    """The flow on the true wiring, and on each null that was drawn."""

    true: Flow
    nulls: Mapping[str, Draws] = field(default_factory=dict)

    def compared(self, null: str) -> dict[str, dict[str, Any]]:
        """Each statistic, averaged over senses, beside its null: see `beside`."""
        own, drawn = self.true.statistics(), self.nulls[null].statistics
        return {name: beside(mean_of(own[name]), [mean_of(draw) for draw in drawn[name]]) for name in STATISTICS}

    def compared_by_sense(self, null: str, name: str) -> dict[str, dict[str, Any]]:
        """One statistic of each sense beside its null."""
        own, drawn = self.true.statistics()[name], self.nulls[null].statistics[name]
        senses = list(self.true.question.senses)
        return {sense: beside(float(own[k]), drawn[:, k].tolist()) for k, sense in enumerate(senses)}


def against_nulls(
    connectome: Connectome, question: FlowQuestion, protocol: FlowProtocol, nulls: Mapping[str, int], *, seed: int = 0
) -> FlowAgainstNulls:
    """Measure the true wiring and so many draws of each null of `braincast.brain.nulls.NULLS`, all with the same input.

    Neurons keep their place in the question: a null gives the driven and the observed neurons another wiring.
    """
    true = measure_flow(connectome, question, protocol)
    found: dict[str, Draws] = {}
    with progress.step("null wirings", sum(nulls.values())) as advance:
        for null, n_draws in nulls.items():
            flows = []
            for draw in range(n_draws):
                wiring = NULLS[null](connectome, seed=seed + draw)
                flow = measure_flow(wiring, question, protocol)
                flows.append((flow.statistics(), flow.shares()))
                advance(1)
            statistics = {name: np.stack([told[name] for told, _ in flows]) for name in STATISTICS}
            found[null] = Draws(statistics, np.stack([shares for _, shares in flows]))
    return FlowAgainstNulls(true, found)


def beside(own: float, drawn: list[float]) -> dict[str, Any]:
    """The value, the null's mean and range, on which `side` of all draws it lies, and p.

    Draws in which the statistic is not defined are left out; `side` is above, between (ties too), below, or undefined.
    p = 2 (1 + draws that lie at least as far on the true value's side) / (1 + draws), at most 1: for both sides, so
    39 draws can give 0.05 and no less. None where nothing can be compared.
    """
    values = np.array([value for value in drawn if np.isfinite(value)])
    value, n = own if np.isfinite(own) else None, len(values)
    if value is None or not n:
        return {"value": value, "null": None, "range": None, "n": n, "side": "undefined", "p": None}
    # Shares that are equal but for rounding are ties.
    slack = 1e-9 * max(1.0, abs(own))
    above, below = int((values >= own - slack).sum()), int((values <= own + slack).sum())
    return {
        "value": own,
        "null": float(values.mean()),
        "range": [float(values.min()), float(values.max())],
        "n": n,
        "side": "above" if above == 0 else "below" if below == 0 else "between",
        "p": min(1.0, 2 * (1 + min(above, below)) / (1 + n)),
    }


def mean_of(values: Float[np.ndarray, " sense"]) -> float:
    """The mean over senses for which there is a value; NaN without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
