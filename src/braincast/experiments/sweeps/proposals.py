"""What a sweep tries next, and which settings mattered; the only place that knows Optuna (decision 34)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from braincast.experiments.sweeps.space import Search
from braincast.experiments.sweeps.trials import Trial
from braincast.models.space import Choices, Range

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution

_DIGITS = 3
# Points drawn evenly after a model's own candidates, which lie in a corner of the space.
_N_BY_CHANCE = 6
# Fewer say nothing about which setting mattered.
_FEWEST = 4


def proposed(search: Search, trials: Sequence[Trial], *, seed: int) -> dict[str, Any]:
    """The point to try after `trials`, by the tree-structured Parzen estimator (Bergstra et al. 2011, NeurIPS 24).

    It follows from the seed and these trials alone: the study is made anew, with a generator of its own. Numbers have
    three digits, so that people can write them down.
    """
    from optuna.samplers import TPESampler

    n_before = len(search.first) + _N_BY_CHANCE
    sampler = TPESampler(n_startup_trials=n_before, seed=_generator_seed(seed, len(trials)))
    study = _study(search, trials, sampler)
    point = study.ask(_distributions(search)).params
    return {name: _rounded(point[name], swept) for name, swept in search.space.items()}


def importance(search: Search, trials: Sequence[Trial]) -> dict[str, float]:
    """Each setting's share in what separates the best tenth of the trials (PED-ANOVA, Watanabe et al. 2023, IJCAI).

    Nothing where too few trials succeeded, or all with the same error.
    """
    errors = [trial.validation for trial in trials if trial.validation is not None]
    if len(errors) < _FEWEST or len(set(errors)) == 1:
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    study = _study(search, trials, None)
    shares = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return {name: float(share) for name, share in shares.items() if math.isfinite(share)}


def _study(search: Search, trials: Sequence[Trial], sampler: Any) -> Study:
    """An Optuna study in memory with the trials that succeeded, each at the point of the space nearest to it."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(direction="minimize", sampler=sampler)
    finally:
        optuna.logging.set_verbosity(before)
    distributions = _distributions(search)
    for trial in trials:
        if trial.validation is not None:
            point = {name: swept.nearest(trial.settings[name]) for name, swept in search.space.items()}
            made = optuna.trial.create_trial(params=point, distributions=distributions, value=trial.validation)
            study.add_trial(made)
    return study


def _distributions(search: Search) -> dict[str, BaseDistribution]:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    found: dict[str, BaseDistribution] = {}
    for name, swept in search.space.items():
        if isinstance(swept, Choices):
            found[name] = CategoricalDistribution(swept.values)
        elif name in search.whole:
            found[name] = IntDistribution(int(swept.lower), int(swept.upper), log=swept.log)
        else:
            found[name] = FloatDistribution(swept.lower, swept.upper, log=swept.log)
    return found


def _rounded(value: Any, swept: Range | Choices) -> Any:
    if isinstance(swept, Choices) or isinstance(value, int):
        return value
    return float(swept.nearest(float(f"{value:.{_DIGITS}g}")))


def _generator_seed(seed: int, number: int) -> int:
    """What the generator of one trial begins with: unlike for any two seeds and numbers."""
    return int.from_bytes(hashlib.sha256(f"sweep {seed} {number}".encode()).digest()[:4], "big")
