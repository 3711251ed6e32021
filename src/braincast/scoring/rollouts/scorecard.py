"""Scoring rollouts: every contender measured beside the truth against itself and its controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import xarray as xr

from braincast.errors import BraincastError, unknown_name
from braincast.forecasts.check import check_forecast
from braincast.scoring.forecasting.card import BestSimple, ForecastScorecard, comparison
from braincast.scoring.forecasting.scorecard import skill_over
from braincast.scoring.metrics import load_metric
from braincast.scoring.ranking import OfReplicates, Resampled
from braincast.scoring.rollouts.assessor import RolloutAssessor
from braincast.scoring.rollouts.controls import CONTROLS, TRUTH
from braincast.scoring.rollouts.sums import Sums
from braincast.scoring.scores import Comparison, Contender, MetricScore, ModelScore, defined
from braincast.tasks.forecasting.task import ForecastTask

_FEWEST_BLOCKS = 4  # the fewest with which coverage was measured on surrogates (docs/findings/rollouts.md)
N_DRAWS = 3  # of each control that has chance in it


def score_rollouts(
    task: ForecastTask,
    contenders: Mapping[str, Contender],
    *,
    baseline: str | None = None,
    simple: str | None = None,
    assessor: RolloutAssessor | None = None,
) -> ForecastScorecard:
    """Score the paths of a rollout task's test cases, with the rows `truth`, `surrogate` and `shuffled` beside them.

    Labelled answers are checked first (E204–E215), stored arrays for their shape (E212) and for numbers that are not
    finite (E208). A contender named as one of these rows is E305. `ceiling_share` is how much of the way from the
    baseline to truth against truth a model goes.
    """
    for name, contender in contenders.items():
        if name in CONTROLS:
            raise BraincastError("E305", "forecasts", f"{name!r} is a row of every rollout task", "Name it otherwise")
        for forecast in contender.forecasts:
            if isinstance(forecast, xr.DataArray):
                check_forecast(task.card, forecast, name)
    for kind, wanted in (("baseline", baseline), ("simple model", simple)):
        if wanted is not None and wanted not in contenders:
            raise unknown_name("E303", kind, wanted, contenders)
    default = task.card.baseline if task.card.baseline in contenders else None
    return _Tally(assessor or RolloutAssessor(task), contenders, baseline or default, simple).card()


class _Tally:
    """One scoring of several contenders. Each is measured by itself; then skills and comparisons are added."""

    def __init__(
        self, assessor: RolloutAssessor, contenders: Mapping[str, Contender], baseline: str | None, simple: str | None
    ) -> None:
        self.assessor, self.contenders, self.task = assessor, contenders, assessor.card
        self.baseline, self.simple, self.spread = baseline, simple, assessor.spread
        self.metrics = [load_metric(key) for key in self.task.metric_keys]
        self.samples: dict[tuple[str, str], Resampled] = {}
        self.each: dict[tuple[str, str], OfReplicates] = {}

    def card(self) -> ForecastScorecard:
        plain = {name: self._of_contender(name) for name in self.contenders}
        plain |= {name: self._of_control(name) for name in CONTROLS}
        best = self._best_simple(plain)
        return ForecastScorecard(
            task=self.task.name,
            version=self.task.version,
            task_hash=self.task.hash,
            baseline=self.baseline,
            best_simple=best,
            primary=self.task.primary,
            leads=self.task.leads,
            models={name: self._with_skills(score, plain, best) for name, score in plain.items()},
            neurons={},
            drops=(),
            comparisons=tuple(self._comparison(a, b) for a, b in self._pairs(best)),
            group_comparisons=(),
            intervals=self._intervals(),
            ceiling={"text": self.task.ceiling, "truth": {k: s.value for k, s in plain[TRUTH].metrics.items()}},
            headline=self.assessor.n_cases,
            spread=self.spread,
            samples=self.samples,
            each=self.each,
        )

    def _of_contender(self, name: str) -> ModelScore:
        contender = self.contenders[name]
        return self._measured(name, [self.assessor.sums(f, name) for f in contender.forecasts], contender)

    def _of_control(self, name: str) -> ModelScore:
        seed, n_draws = self.assessor.control_seed, 1 if name == TRUTH else N_DRAWS
        draws = [self.assessor.control_sums(name, seed + number) for number in range(n_draws)]
        return self._measured(name, draws, Contender((None,), "control"))

    def _measured(self, name: str, replicates: Sequence[Sequence[Sums]], contender: Contender) -> ModelScore:
        found = self.assessor.measure(self.metrics, replicates, contender.n_seeds)
        n, scores = self.assessor.n_cases, {}
        for key, measured in found.items():
            self.samples[name, key] = resampled = measured.overall
            self.each[name, key] = measured.each
            scores[key] = MetricScore(defined(resampled[0]), self.spread.interval(resampled), n)
        own = tuple(defined(float(value)) for value in found[self.task.primary].each[:, 0])
        return ModelScore(contender.role, contender.of, scores, {}, own, contender.cost, contender.n_seeds)

    def _best_simple(self, scores: Mapping[str, ModelScore]) -> BestSimple | None:
        if self.simple is not None:
            return BestSimple(self.simple, "validation")
        values = {name: scores[name].metrics[self.task.primary].value for name in self.task.simple if name in scores}
        known = {name: value for name, value in values.items() if value is not None}
        return BestSimple(min(known, key=lambda name: known[name]), "test") if known else None

    def _with_skills(
        self, score: ModelScore, scores: Mapping[str, ModelScore], simple: BestSimple | None
    ) -> ModelScore:
        def with_skills(key: str, own: MetricScore) -> MetricScore:
            base = scores[self.baseline].metrics[key] if self.baseline else None
            easy = scores[simple.name].metrics[key] if simple else None
            return replace(
                own,
                skill=skill_over(key, own, base),
                skill_over_simple=skill_over(key, own, easy),
                ceiling_share=_share(own, base, scores[TRUTH].metrics[key]),
            )

        return replace(score, metrics={key: with_skills(key, own) for key, own in score.metrics.items()})

    def _pairs(self, simple: BestSimple | None) -> list[tuple[str, str]]:
        """Everyone against the baseline, the best simple model and the truth; each model against its own nulls."""
        references = dict.fromkeys(name for name in (self.baseline, simple.name if simple else None, TRUTH) if name)
        pairs = [(a, b) for b in references for a in (*self.contenders, *CONTROLS) if a != b]
        known = self.contenders
        pairs += [(c.of, name) for name, c in known.items() if c.of in known and c.of is not None]
        return [(a, b) for number, (a, b) in enumerate(pairs) if (b, a) not in pairs[:number]]

    def _comparison(self, a: str, b: str) -> Comparison:
        key = self.task.primary
        return comparison(a, b, key, self.samples[a, key], self.samples[b, key], self.spread)

    def _intervals(self) -> dict[str, Any]:
        """How the intervals came about. How often they hold a known value is not measured in a run, hence None."""
        return {
            "how": self.task.resampling,
            "n_resamples": self.task.n_resamples,
            "n_animals": self.spread.n_animals,
            "n_blocks": self.spread.n_blocks,
            "block_frames": self.task.block,
            "within_one_animal": self.spread.n_animals < 2,
            "coverage": None,
            "flag": max(self.spread.n_animals, self.spread.n_blocks) < _FEWEST_BLOCKS,
        }


def _share(own: MetricScore, base: MetricScore | None, truth: MetricScore) -> float | None:
    """Share of the way from the baseline to truth against truth; None where these are the same."""
    if base is None or own.value is None or base.value is None or truth.value is None or base.value == truth.value:
        return None
    return defined((base.value - own.value) / (base.value - truth.value))
