"""Whose wiring? The same models on the same task, given one wiring after another, and rewired copies of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float
from scipy.special import logit
from threadpoolctl import threadpool_limits

from braincast.brain.connectome import Connectome
from braincast.brain.nulls import degree_preserving
from braincast.errors import BraincastError
from braincast.progress import step
from braincast.scoring.assessor import Assessor
from braincast.scoring.bootstrap import interval
from braincast.scoring.metrics import load_metric
from braincast.scoring.scores import Contender, Interval
from braincast.tasks.task import Task
from braincast.tasks.truth import open_truth
from braincast.training.fit import fit


@dataclass(frozen=True)
class WiringScore:
    """A model's score with one wiring, with rewired copies of it, and its lead over their mean (paired).

    `rewired_correlation` is that of the forecasts with the wiring and with a rewired copy, mean over copies.
    """

    model: str
    metric: str
    wiring: str
    value: float
    ci: Interval | None
    rewired: tuple[float, ...]
    lead: float
    lead_ci: Interval | None
    rewired_correlation: float


@dataclass(frozen=True)
class WiringPair:
    """Two wirings under one model: score of a - score of b on the same resamples, and how alike the forecasts are.

    `forecast_correlation` is of log odds over measured pairs, within folds (each fold has a fit of its own).
    """

    model: str
    metric: str
    a: str
    b: str
    difference: float
    ci: Interval | None
    forecast_correlation: float


@dataclass(frozen=True)
class Likeness:
    """How alike the chemical edges of two wirings are.

    `jaccard` is the share of edges in both among those in either; `weight_correlation` is of log(1 + weight) over all
    ordered pairs of neurons. Every wiring stands also against one rewired copy of itself, as `b` = "rewired".
    """

    a: str
    b: str
    jaccard: float
    weight_correlation: float


@dataclass(frozen=True)
class WiringComparison:
    """Scores of every model with every wiring, all pairs of wirings, and how alike the wirings themselves are."""

    n_neurons: int
    n_cases: int
    n_pairs: int
    scores: tuple[WiringScore, ...]
    pairs: tuple[WiringPair, ...]
    likeness: tuple[Likeness, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def common_neurons(connectomes: Sequence[Connectome]) -> tuple[str, ...]:
    """Neurons that all connectomes have, in the order of the first; none at all is E107.

    What one reconstruction did not look at would otherwise be compared as if it had looked and found nothing.
    """
    shared = set.intersection(*(set(connectome.neuron_ids) for connectome in connectomes))
    if not shared:
        raise BraincastError("E107", "connectomes", "they have no neuron in common", "Choose others")
    return tuple(neuron for neuron in connectomes[0].neuron_ids if neuron in shared)


def task_among(task: Task, neurons: Sequence[str]) -> Task:
    """The same question about fewer neurons: stimulated and responding ones are among `neurons`; folds stay."""
    card = task.card
    class_of = dict(zip(card.neurons, card.cell_classes, strict=True))
    kept = tuple(neuron for neuron in card.neurons if neuron in set(neurons))
    changes = {
        "name": f"{card.name}-among-{len(kept)}",
        "neurons": kept,
        "cell_classes": tuple(class_of[neuron] for neuron in kept),
        "cases": tuple(case for case in card.cases if set(case.stimulated) <= set(kept)),
    }
    return Task(type(card).model_validate({**card.model_dump(), **changes}), lambda: task.specimen)


def compare_wirings(
    task: Task,
    wirings: Mapping[str, Connectome],
    models: Sequence[str],
    *,
    metrics: Sequence[str] = (),
    n_draws: int = 10,
) -> WiringComparison:
    """Fit each model with each wiring and with `n_draws` degree-preserving rewirings of it; compare on one bootstrap.

    `metrics` are of the task (default: its primary one). Every wiring must have all neurons of the task (E102): see
    `common_neurons` and `task_among`.
    """
    if n_draws < 1:
        raise BraincastError("E305", "n_draws", f"{n_draws} rewirings", "Give at least 1")
    assessor, on_task = Assessor(task), {name: c.subgraph(task.card.neurons) for name, c in wirings.items()}
    scores: list[WiringScore] = []
    pairs: list[WiringPair] = []
    with step("wirings", len(models) * len(on_task)) as advance:
        for model in models:
            answers = {}
            for name, connectome in on_task.items():
                answers[name] = _Answers.of(task, model, connectome, n_draws)
                advance(1)
            for metric in metrics or (task.card.primary,):
                compared = _Compared(assessor, model, metric, answers)
                scores += compared.scores()
                pairs += compared.pairs()
    n_pairs = int(open_truth(task).measured.sum())
    likeness = [_likeness(*names, *(on_task[name] for name in names)) for names in combinations(on_task, 2)]
    likeness += [_likeness(name, "rewired", own, degree_preserving(own, seed=0)) for name, own in on_task.items()]
    return WiringComparison(
        len(task.card.neurons), len(task.card.cases), n_pairs, tuple(scores), tuple(pairs), tuple(likeness)
    )


@dataclass(frozen=True, eq=False)
class _Answers:
    """A model's forecast with one wiring and with its rewired copies."""

    own: Contender
    rewired: Contender

    @classmethod
    def of(cls, task: Task, model: str, connectome: Connectome, n_draws: int) -> _Answers:
        rewired = [degree_preserving(connectome, seed=draw) for draw in range(n_draws)]
        own = Contender((_forecast(task, model, connectome),))
        return cls(own, Contender(tuple(_forecast(task, model, wiring) for wiring in rewired)))


@dataclass(frozen=True, eq=False)
class _Compared:
    """One model under one metric: what it scores with each wiring, and the paired differences."""

    assessor: Assessor
    model: str
    metric: str
    answers: Mapping[str, _Answers]

    @cached_property
    def samples(self) -> dict[str, np.ndarray]:
        return {name: self._measured(answers.own)[0] for name, answers in self.answers.items()}

    def scores(self) -> list[WiringScore]:
        return [self._score(name, sample) for name, sample in self.samples.items()]

    def pairs(self) -> list[WiringPair]:
        centred = {name: self._log_odds(answers.own)[0] for name, answers in self.answers.items()}
        found = []
        for a, b in combinations(self.answers, 2):
            difference = self.samples[a] - self.samples[b]
            correlation = float(np.corrcoef(centred[a], centred[b])[0, 1])
            paired = (float(difference[0]), interval(difference))
            found.append(WiringPair(self.model, self.metric, a, b, *paired, correlation))
        return found

    def _score(self, name: str, sample: np.ndarray) -> WiringScore:
        answers = self.answers[name]
        null, each = self._measured(answers.rewired)
        lead, own = sample - null, self._log_odds(answers.own)[0]
        likeness = float(np.mean([np.corrcoef(own, drawn)[0, 1] for drawn in self._log_odds(answers.rewired)]))
        value, drawn = (float(sample[0]), interval(sample)), tuple(float(value) for value in each)
        against = (drawn, float(lead[0]), interval(lead), likeness)
        return WiringScore(self.model, self.metric, name, *value, *against)

    def _measured(self, contender: Contender) -> tuple[np.ndarray, np.ndarray]:
        """On the sample and each resample (mean over forecasts), and of each forecast."""
        use = self.assessor.use(self.metric)
        sample, each = self.assessor.measure(load_metric(use.key), self.assessor.evidence(contender, use))
        return sample, each[:, 0]

    def _log_odds(self, contender: Contender) -> list[Float[np.ndarray, " pair"]]:
        """Of each forecast, the log odds of the measured pairs around their mean within each fold."""
        centred = []
        for evidence in self.assessor.evidence(contender, self.assessor.use(self.metric)):
            values = logit(evidence.prediction.clip(1e-6, 1 - 1e-6))
            means = np.bincount(evidence.fold, values) / np.maximum(np.bincount(evidence.fold), 1)
            centred.append(values - means[evidence.fold])
        return centred


def _forecast(task: Task, model: str, connectome: Connectome) -> xr.DataArray:
    structure = replace(task.structure, connectome=connectome)
    with threadpool_limits(1):  # results must not depend on how a linear algebra library splits its sums
        return fit(model, task, structure=structure, wiring=connectome.name).forecast(task.cases("test"))


def _likeness(a: str, b: str, first: Connectome, second: Connectome) -> Likeness:
    one, other = (connectome.adjacency("chemical").toarray() for connectome in (first, second))
    either = int(((one > 0) | (other > 0)).sum())
    jaccard = float(((one > 0) & (other > 0)).sum() / either) if either else 1.0
    away = ~np.eye(len(one), dtype=bool)
    return Likeness(a, b, jaccard, float(np.corrcoef(np.log1p(one[away]), np.log1p(other[away]))[0, 1]))
