"""Skill of single neurons: an average over neurons hides how few may carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.scoring.forecasting.sums import ForecastSums
from braincast.scoring.scores import defined


@dataclass(frozen=True, eq=False)
class NeuronErrors:
    """Mean absolute error of each neuron over the headline's cases, at each lead and over all; NaN where unobserved.

    Cases count as the task's averages have them.
    """

    by_lead: Float[np.ndarray, "lead neuron"]
    overall: Float[np.ndarray, " neuron"]


@dataclass(frozen=True, eq=False)
class NeuronSkill:
    """1 - error / the baseline's error of each neuron: its distribution; `error` is that of each over all leads."""

    over: str
    error: Float[np.ndarray, " neuron"]
    skill: Float[np.ndarray, " neuron"]
    median_by_lead: tuple[float | None, ...]

    def to_dict(self) -> dict[str, Any]:
        """Quartiles and mean over neurons, the share better than the baseline, the median at each lead."""
        known = self.skill[np.isfinite(self.skill)]
        quartiles = [float(q) for q in np.quantile(known, [0.25, 0.5, 0.75])] if len(known) else None
        return {
            "over": self.over,
            "n": len(known),
            "quartiles": quartiles,
            "mean": float(known.mean()) if len(known) else None,
            "share_better": float((known > 0).mean()) if len(known) else None,
            "median_by_lead": list(self.median_by_lead),
        }


def neuron_errors(replicates: Sequence[ForecastSums]) -> NeuronErrors:
    """Errors of each neuron, averaged over replicates."""
    with np.errstate(divide="ignore", invalid="ignore"):
        by_lead = np.mean([sums.errors_by_neuron / sums.counts_by_neuron for sums in replicates], axis=0)
        totals = [s.errors_by_neuron.sum(axis=0) / s.counts_by_neuron.sum(axis=0) for s in replicates]
    return NeuronErrors(by_lead, np.mean(totals, axis=0))


def neuron_skill(errors: NeuronErrors, baseline: NeuronErrors, over: str) -> NeuronSkill:
    """Skill over a baseline; NaN where the baseline makes no error."""
    medians = [_skill(own, base) for own, base in zip(errors.by_lead, baseline.by_lead, strict=True)]
    by_lead = tuple(defined(float(np.nanmedian(m))) if np.isfinite(m).any() else None for m in medians)
    return NeuronSkill(over, errors.overall, _skill(errors.overall, baseline.overall), by_lead)


def _skill(own: Float[np.ndarray, " neuron"], base: Float[np.ndarray, " neuron"]) -> Float[np.ndarray, " neuron"]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(base > 0, 1 - own / base, np.nan)
