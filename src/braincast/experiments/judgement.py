"""What scoring says of a run, by the kind of its task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from braincast.experiments.arms import KEYS
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
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyCard, AnyTask
from braincast.tasks.task import Task

_SHOWN = 4  # models whose every forecast goes into a report: each adds 70 kB for 173 × 300 pairs


@dataclass(frozen=True, eq=False)
class Judgement:
    """A scorecard and what a report shows beside it; curves are of perturbation tasks."""

    scorecard: Scorecard | ForecastScorecard
    exhibits: Exhibits | ForecastExhibits | RolloutExhibits | EncodingExhibits | None
    verdicts: tuple[Verdict, ...] = ()
    curves: Mapping[str, Curves] = field(default_factory=dict)


def judge(
    task: AnyTask, contenders: Mapping[str, Contender], headline: str, validation: Mapping[str, float], n_workers: int
) -> Judgement:
    """Score all contenders. `validation` has the losses of the models and baselines, whose nulls are not in it."""
    shown = _exhibited(task.card, headline, validation)
    if isinstance(task, ForecastTask) and task.card.rollout is not None:
        return _of_rollouts(task, contenders, validation, shown)
    if isinstance(task, ForecastTask) and task.card.imputation is not None:
        simple = _best_simple(task.card, validation)
        scorecard = score_imputations(task, contenders, simple=simple, workers=n_workers, headline=headline)
        found = imputation_exhibits(task, contenders, headline, shown, scorecard.neurons)
        return Judgement(scorecard, found, _verdicts(scorecard, task.card, contenders, list(validation)))
    if isinstance(task, EncodingTask):
        assessor = EncodingAssessor(task)
        scorecard = score_encoding(task, contenders, assessor=assessor)
        found = encoding_exhibits(assessor, contenders, shown)
        return Judgement(scorecard, found, _verdicts(scorecard, task.card, contenders, list(validation)))
    if isinstance(task, ForecastTask):
        simple = _best_simple(task.card, validation)
        scorecard = score_forecasts(task, contenders, simple=simple, workers=n_workers, headline=headline)
        found = forecast_exhibits(task, contenders, headline, shown, scorecard.neurons)
        return Judgement(scorecard, found, _verdicts(scorecard, task.card, contenders, list(validation)))
    return _of_answers(task, contenders, list(validation), shown)


def _of_answers(task: Task, contenders: Mapping[str, Contender], own: Sequence[str], shown: list[str]) -> Judgement:
    assessor = Assessor(task)
    scorecard = score_answers(task, contenders, assessor=assessor)
    drawn = {name: curves(assessor, contenders[name]) for name in own}
    return Judgement(
        scorecard=scorecard,
        exhibits=exhibits(task, contenders, shown),
        verdicts=_verdicts(scorecard, task.card, contenders, own),
        curves={name: found for name, found in drawn.items() if found is not None},
    )


def _verdicts(
    scorecard: AnyScorecard, card: AnyCard, contenders: Mapping[str, Contender], own: Sequence[str]
) -> tuple[Verdict, ...]:
    """On each model that looks at the wiring and was fitted again with others."""
    tested = {contender.of for name, contender in contenders.items() if name.partition("@")[2] in KEYS}
    return tuple(wiring_verdict(scorecard, card, model) for model in own if model in tested)


def _of_rollouts(
    task: ForecastTask, contenders: Mapping[str, Contender], validation: Mapping[str, float], shown: list[str]
) -> Judgement:
    assessor = RolloutAssessor(task)
    simple = _best_simple(task.card, validation)
    scorecard = score_rollouts(task, contenders, simple=simple, assessor=assessor)
    named = list(dict.fromkeys([*shown, *task.card.baselines]))
    verdicts = _verdicts(scorecard, task.card, contenders, list(validation))
    return Judgement(scorecard, rollout_exhibits(assessor, contenders, named), verdicts)


def _best_simple(card: ForecastCard, validation: Mapping[str, float]) -> str:
    return min((name for name in card.simple if name in validation), key=lambda name: validation[name])


def _exhibited(card: AnyCard, headline: str, validation: Mapping[str, float]) -> list[str]:
    """Whose forecasts are shown one by one: the headline, the floor, then the best by validation loss."""
    order = sorted(validation, key=lambda name: validation[name])
    return list(dict.fromkeys([headline, *(name for name in (card.baseline,) if name in validation), *order]))[:_SHOWN]
