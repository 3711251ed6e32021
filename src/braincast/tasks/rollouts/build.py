"""Making the declaration of a rollout task from a dataset with recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from braincast.errors import BraincastError
from braincast.tasks.card import MetricUse
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.rollouts.rollout import Rollout

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset

METRICS = (
    "spectral_hellinger",
    "invariant_kl",
    "autocorrelation_error",
    "autocorrelation_time_error",
    "covariance_error",
    "lyapunov_error",
    "drift",
    "variance_drift",
    "blown_up",
    "stable_share",
)
LINEUP = ("var", "reduced-rank-var", "pooled-linear", "dmd", "factor-embedding", "nvar")
FEWEST_CONTEXTS = 10  # as protocols of this field ask for
USUAL_CONTEXT = 16
LIMIT = 50.0  # standard deviations: about ten times as far as training frames reach

FIXED: Mapping[str, Any] = {
    "kind": "rollout",
    "metrics": tuple(MetricUse(key=key, target="activity") for key in METRICS),
    "primary": "spectral_hellinger",
    "resampling": "moving blocks of consecutive initial states within each condition; animals first where there are "
    "several; the truth is drawn along",
    "n_resamples": 400,
    "baselines": ("mean", "ar"),
    "baseline": "mean",
    "simple": ("mean", "persistence", "ar"),
    "lineup": LINEUP,
    "ceiling": "truth against truth: as many windows of the training frames, held against what followed the initial "
    "states",
}


def build_usual_rollout(dataset: Dataset, name: str, design: Design) -> ForecastCard:
    """A rollout task of driven models: one context settles, the rest is scored; 16 frames and eleven contexts unless
    the design says otherwise. Errors as of `build_rollout`.
    """
    context = design.context or USUAL_CONTEXT
    horizon = design.horizon or (FEWEST_CONTEXTS + 1) * context
    rollout = Rollout(step=1, noise="errors", undriven=("mean",), settle=context, limit=LIMIT, divergence=(0, context))
    return build_rollout(dataset, name, replace(design, context=context, horizon=horizon), rollout)


def build_rollout(dataset: Dataset, name: str, design: Design, rollout: Rollout, **changes: Any) -> ForecastCard:
    """A rollout task on all recordings of `dataset`; `changes` are fields of the card.

    E122 where less than ten contexts are scored, else as `tasks.forecasting.build.build`.
    """
    context, horizon = design.context, design.horizon
    if context is None or horizon is None or horizon - rollout.settle < FEWEST_CONTEXTS * context:
        what = f"a rollout of {horizon} frames, of which {rollout.settle} are not scored, is shorter than "
        what += f"{FEWEST_CONTEXTS} contexts of {context}"
        raise BraincastError("E122", f"task {name}", what, "Ask for a longer --horizon or a shorter --context")
    question = f"What is the climate of a model that runs on by itself for {horizon} frames after {context}?"
    asked = {"title": f"Rollouts of {dataset.name}", "question": question, "block": horizon}
    return build(dataset, name, design, **{**FIXED, **asked, "rollout": rollout, "noise_floor": (), **changes})
