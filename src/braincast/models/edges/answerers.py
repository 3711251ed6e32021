"""Who answers which neurons are wired: one clue each, and two regressions on them, all fixed before any was scored.

Each gives effect[pre, post] for all pairs from what is visible in a fold; 0 is no opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from braincast.models.edges.clues import Clues, correlation, partial_correlation
from braincast.models.learners.logistic import fit_logistic
from braincast.tasks.edges.visible import Visible

Effect = Float[np.ndarray, "pre post"]
Answerer = Callable[[Visible, Clues], Effect]
_PENALTY = 10.0
_NEAR_UM = 1.0


def degree_product(visible: Visible, clues: Clues) -> Effect:
    """Share of the visible pairs from pre that are wired × that of the visible pairs to post; the pair itself apart."""
    out, into = _shares(visible)
    return out * into


def nearness(visible: Visible, clues: Clues) -> Effect:
    """How near cell bodies are, in 1 / µm."""
    difference = clues.place_um[:, None] - clues.place_um[None]
    return _known(1.0 / (_NEAR_UM + np.sqrt((difference**2).sum(axis=-1))))


def co_expression(visible: Visible, clues: Clues) -> Effect:
    """Correlation of all genes."""
    return _known(correlation(clues.genes))


def innexins(visible: Visible, clues: Clues) -> Effect:
    """Cosine of what two neurons express of the innexins, of which gap junctions are made."""
    size = np.sqrt((clues.innexins**2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return _known(clues.innexins.T @ clues.innexins / np.outer(size, size))


def activity(visible: Visible, clues: Clues) -> Effect:
    """Size of the correlation of activity in one moving worm."""
    return _known(np.abs(correlation(clues.activity)))


def partial_activity(visible: Visible, clues: Clues) -> Effect:
    """Size of the partial correlation of the same."""
    return _known(np.abs(partial_correlation(clues.activity)))


def responses(visible: Visible, clues: Clues) -> Effect:
    """How surely post responds to stimulation of pre: -log10 q, 0 where it was not measured."""
    return _known(clues.response)


def structural_regression(visible: Visible, clues: Clues) -> Effect:
    """Logistic regression on degrees and nearness, fitted on the visible pairs; log odds."""
    return _regression(visible, _structural(visible, clues))


def full_regression(visible: Visible, clues: Clues) -> Effect:
    """The same on all clues, with one more feature for each that says whether it is known."""
    return _regression(visible, [*_structural(visible, clues), *_functional(visible, clues)])


EDGE_ANSWERERS: Mapping[str, Answerer] = MappingProxyType(
    {
        "degree-product": degree_product,
        "nearness": nearness,
        "co-expression": co_expression,
        "innexins": innexins,
        "activity": activity,
        "partial-activity": partial_activity,
        "responses": responses,
        "structural-regression": structural_regression,
        "full-regression": full_regression,
    }
)
# Those that change when neurons exchange activity, responses and genes.
PERMUTABLE = ("co-expression", "innexins", "activity", "partial-activity", "responses", "full-regression")


def _structural(visible: Visible, clues: Clues) -> list[Effect]:
    out, into = _shares(visible)
    return [np.log(out), np.log(into), nearness(visible, clues), np.log(nearness(visible, clues) + 1e-3)]


def _functional(visible: Visible, clues: Clues) -> list[Effect]:
    found = [one(visible, clues) for one in (co_expression, innexins, activity, partial_activity, responses)]
    found.append(responses(visible, clues).T)
    return [*found, *((one != 0).astype(float) for one in found)]


def _regression(visible: Visible, features: list[Effect]) -> Effect:
    every = np.stack(features, axis=-1)
    fitted = fit_logistic(every[visible.known], visible.wired[visible.known].astype(float), _PENALTY)
    return fitted.intercept + ((every - fitted.centre) / fitted.scale) @ fitted.coefficients


def _shares(visible: Visible) -> tuple[Effect, Effect]:
    """Share of wired pairs from pre and to post among those visible, without the pair itself; never 0.

    Of pairs that are learned from, too, so that a regression sees what it will be asked with.
    """
    known, wired = visible.known.astype(float), visible.wired.astype(float)
    prior = wired.sum() / max(known.sum(), 1.0)
    out = (wired.sum(axis=1, keepdims=True) - wired + prior) / (known.sum(axis=1, keepdims=True) - known + 1.0)
    into = (wired.sum(axis=0, keepdims=True) - wired + prior) / (known.sum(axis=0, keepdims=True) - known + 1.0)
    return out, into


def _known(values: Effect) -> Effect:
    """No opinion where something was not measured."""
    return np.where(np.isfinite(values), values, 0.0)
