"""Making the declaration of an imputation task from a dataset with recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from braincast.tasks.card import MetricUse
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.imputation.imputation import dealt

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset

METRICS = ("neuron_r2", "r2", "neuron_correlation", "correlation", "mae", "mse")
LINEUP = ("best-correlated", "ridge-rest", "factor-analysis", "neighbours")
USUAL_WINDOW = 16
USUAL_GROUPS = 8
GROUPS_SEED = 0

FIXED: Mapping[str, Any] = {
    "kind": "imputation",
    "metrics": tuple(MetricUse(key=key, target="activity") for key in METRICS),
    "primary": "neuron_r2",
    "baselines": ("mean", "class-mean"),
    "baseline": "mean",
    "simple": ("mean", "class-mean", "best-correlated"),
    "inputs": "none",
    "ceiling": "the homologue bound: what left and right neurons share is taken for what can be told of either; shares "
    "of it are over pairs that correlate by more than 0.2",
    "noise_floor": (),
}
WITHIN = (
    "one fit; of each condition the first 70 % of the frames train, all neurons seen, the next 10 % choose, the last "
    "20 % test; in a window of the test one group of neurons is hidden, and nothing before or after it is told"
)


def build_imputation(
    dataset: Dataset, name: str, design: Design | None = None, *, n_groups: int = USUAL_GROUPS, **changes: Any
) -> ForecastCard:
    """An imputation task on all recordings of `dataset`; `changes` are fields of the card.

    A window is as long as the design's horizon (16 frames without one), and windows follow each other without overlap.
    E122 for too few neurons, else as `tasks.forecasting.build.build`.
    """
    design = design or Design()
    window = design.horizon or USUAL_WINDOW
    windows = replace(design, context=1, horizon=window, stride=window)
    card = build(dataset, name, windows, **FIXED)
    asked = {
        "title": f"Hidden neurons of {dataset.name}",
        "question": f"What do hidden neurons do in {window} frames in which all others are seen?",
        "context": 0,
        "imputation": dealt(card.neurons, n_groups, GROUPS_SEED),
        "lineup": LINEUP,
        **({} if design.held_out_animals else {"fold_rule": WITHIN}),
    }
    return ForecastCard.model_validate({**card.model_dump(), **asked, **changes})
