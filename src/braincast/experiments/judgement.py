"""What scoring says of a run, by the kind of its task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from braincast.experiments.arms import CIRCUIT_KEYS, KEYS
from braincast.experiments.wiring import AnyScorecard, Verdict, wiring_verdict
from braincast.scoring.assessor import Assessor
from braincast.scoring.curves import Curves, curves
from braincast.scoring.encoding.assessor import EncodingAssessor
from braincast.scoring.encoding.exhibits import EncodingExhibits, encoding_exhibits
from braincast.scoring.encoding.scorecard import score_encoding
from braincast.scoring.exhibits import Exhibits, exhibits
from braincast.scoring.forecasting.card import ForecastScorecard
from braincast.scoring.forecasting.exhibits import ForecastExhibits, forecast_exhibits
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.imputation.exhibits import imputation_exhibits
from braincast.scoring.imputation.scorecard import score_imputations
from braincast.scoring.rollouts.assessor import RolloutAssessor
from braincast.scoring.rollouts.exhibits import RolloutExhibits, rollout_exhibits
from braincast.scoring.rollouts.scorecard import score_rollouts
from braincast.scoring.scorecard import Scorecard, score_answers
from braincast.scoring.scores import Contender
from braincast.tasks.kinds import AnyCard, AnyTask

_SHOWN = 4  # models whose every forecast goes into a report: each adds 70 kB for 173 × 300 pairs


@dataclass(frozen=True, eq=False)
class Judgement:
    """A scorecard and what a report shows beside it; curves are of perturbation tasks."""

    scorecard: Scorecard | ForecastScorecard
    exhibits: Exhibits | ForecastExhibits | RolloutExhibits | EncodingExhibits | None
    verdicts: tuple[Verdict, ...] = ()
    curves: Mapping[str, Curves] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is judged: `validation` has the losses of the models and baselines, whose nulls are not in it."""

    task: Any
    contenders: Mapping[str, Contender]
    headline: str
    validation: Mapping[str, float]
    n_workers: int

    @property
    def shown(self) -> list[str]:
        """Whose forecasts are shown one by one: the headline, the floor, then the best by validation loss."""
        known, floor = self.validation, self.task.card.baseline
        order = sorted(known, key=lambda name: known[name])
        return list(dict.fromkeys([self.headline, *([floor] if floor in known else ()), *order]))[:_SHOWN]

    @property
    def simple(self) -> str:
        """The best of the task's simple models on what was held out for choosing."""
        known = self.validation
        return min((name for name in self.task.card.simple if name in known), key=lambda name: known[name])


def judge(
    task: AnyTask, contenders: Mapping[str, Contender], headline: str, validation: Mapping[str, float], n_workers: int
) -> Judgement:
    """Score all contenders. `validation` has the losses of the models and baselines, whose nulls are not in it."""
    judged = _JUDGES[task.card.kind](_Asked(task, contenders, headline, validation, n_workers))
    return replace(judged, verdicts=_verdicts(judged.scorecard, task.card, contenders, list(validation)))


def _of_answers(asked: _Asked) -> Judgement:
    assessor = Assessor(asked.task)
    scorecard = score_answers(asked.task, asked.contenders, assessor=assessor)
    drawn = {name: curves(assessor, asked.contenders[name]) for name in asked.validation}
    known = {name: found for name, found in drawn.items() if found is not None}
    return Judgement(scorecard, exhibits(asked.task, asked.contenders, asked.shown), curves=known)


def _of_forecasts(asked: _Asked) -> Judgement:
    how = {"simple": asked.simple, "workers": asked.n_workers, "headline": asked.headline}
    scorecard = score_forecasts(asked.task, asked.contenders, **how)
    shown = asked.headline, asked.shown, scorecard.neurons
    return Judgement(scorecard, forecast_exhibits(asked.task, asked.contenders, *shown))


def _of_imputations(asked: _Asked) -> Judgement:
    how = {"simple": asked.simple, "workers": asked.n_workers, "headline": asked.headline}
    scorecard = score_imputations(asked.task, asked.contenders, **how)
    shown = asked.headline, asked.shown, scorecard.neurons
    return Judgement(scorecard, imputation_exhibits(asked.task, asked.contenders, *shown))


def _of_rollouts(asked: _Asked) -> Judgement:
    assessor = RolloutAssessor(asked.task)
    scorecard = score_rollouts(asked.task, asked.contenders, simple=asked.simple, assessor=assessor)
    named = list(dict.fromkeys([*asked.shown, *asked.task.card.baselines]))
    return Judgement(scorecard, rollout_exhibits(assessor, asked.contenders, named))


def _of_responses(asked: _Asked) -> Judgement:
    assessor = EncodingAssessor(asked.task)
    scorecard = score_encoding(asked.task, asked.contenders, assessor=assessor)
    return Judgement(scorecard, encoding_exhibits(assessor, asked.contenders, asked.shown))


_JUDGES: Mapping[str, Callable[[_Asked], Judgement]] = {
    "perturbation": _of_answers,
    "forecast": _of_forecasts,
    "rollout": _of_rollouts,
    "imputation": _of_imputations,
    "encoding": _of_responses,
}


def _verdicts(
    scorecard: AnyScorecard, card: AnyCard, contenders: Mapping[str, Contender], own: Sequence[str]
) -> tuple[Verdict, ...]:
    """On each model that looks at the wiring and was fitted again with others."""
    arms = {**KEYS, **CIRCUIT_KEYS}
    tested = {contender.of for name, contender in contenders.items() if name.partition("@")[2] in arms}
    return tuple(wiring_verdict(scorecard, card, model) for model in own if model in tested)
