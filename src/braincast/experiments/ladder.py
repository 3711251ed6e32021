"""The ladder of detail: models from a constant to a network of signed rates, on one task, under one budget.

Which rung is the simplest that no other rung beats? A rung is tied with the best one (that with the least validation
loss) unless the paired interval of their difference lies wholly on the worse side of 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from braincast.errors import BraincastError, unknown_name
from braincast.experiments.arms import usual_arms
from braincast.experiments.entrants import Entrant, baselines_of, controls_of
from braincast.experiments.folder import RunFolder
from braincast.experiments.jobs import Workers
from braincast.experiments.judgement import Judgement, judge
from braincast.experiments.run import environment, looks_at_structure
from braincast.experiments.runner import Runner
from braincast.experiments.wiring import Verdict
from braincast.models.interface import Learner, ModelCard
from braincast.models.registry import load_model
from braincast.progress import step
from braincast.scoring.any_task import compare
from braincast.scoring.metrics import load_metric
from braincast.scoring.scores import Comparison, Interval
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyCard, AnyTask
from braincast.version import VERSION

# All that learn by gradient make as many steps at most, and are looked at as often.
BUDGET: Mapping[str, Any] = {"steps": 400, "every": 25, "patience": 6}


@dataclass(frozen=True)
class Rung:
    """A model at its place on the ladder: how much of a brain's detail is in it, in a word or two."""

    name: str
    model: str
    detail: str
    settings: tuple[tuple[str, Any], ...] = ()

    def entrant(self, n_seeds: int) -> Entrant:
        """The rung as one who takes part in a run, with the budget where it learns by gradient."""
        model = load_model(self.model)
        budget = dict(BUDGET) if isinstance(model, Learner) else {}
        seeds = tuple(range(n_seeds)) if model.card.stochastic else (0,)
        fixed = tuple(sorted({**budget, **dict(self.settings)}.items()))
        return Entrant(self.name, self.model, "model", replicates=seeds, settings=fixed)


_FORECASTS = (
    Rung("mean", "mean", "a constant"),
    Rung("ar", "ar", "each neuron's own past"),
    Rung("var", "var", "all neurons' past, linear"),
    Rung("reduced-rank-var", "reduced-rank-var", "a few shared signals"),
    Rung("gru", "gru", "a black box"),
    Rung("masked-var", "masked-var", "linear along the wiring"),
    Rung("rate-network", "rate-network", "signed rates on the wiring", (("slow", False),)),
    Rung("rate-network+slow", "rate-network", "and peptides and amines", (("slow", True),)),
)
_PERTURBATIONS = (
    Rung("constant", "constant", "a constant"),
    Rung("responder-propensity", "responder-propensity", "each neuron's own responses"),
    Rung("response-regression", "response-regression", "all neurons' responses, linear"),
    Rung("factorisation", "factorisation", "a few shared factors"),
    Rung("boosted-features", "boosted-features", "a black box"),
    Rung("linear-dynamics", "linear-dynamics", "linear along the wiring"),
    Rung("signed-propagator", "signed-propagator", "signed gains on the wiring"),
    Rung("extrasynaptic-propagator", "extrasynaptic-propagator", "and peptides and amines"),
)


def rungs_of(card: AnyCard, names: str | None = None) -> tuple[Rung, ...]:
    """The ladder of a task from the simplest rung up, or those of it that are named; E303 for another name.

    Rungs whose model cannot answer the task are left out; E306 if none is left.
    """
    known = _PERTURBATIONS if card.kind == "perturbation" else _FORECASTS
    wanted = [rung.name for rung in known] if names is None else names.split(",")
    for name in wanted:
        if name not in {rung.name for rung in known}:
            raise unknown_name("E303", "rung", name, [rung.name for rung in known])
    found = tuple(rung for rung in known if rung.name in wanted and _card(rung).can_answer(card))
    if not found:
        raise BraincastError("E306", f"task {card.name}", "no rung can answer it", "See braincast list models")
    return found


@dataclass(frozen=True)
class RungScore:
    """What a rung reaches and takes. `difference` is its score less that of the best rung, paired; None for itself."""

    name: str
    model: str
    detail: str
    value: float | None
    ci: Interval | None
    skill: float | None
    validation: float
    parameters: int
    fit_s: float
    forecast_s: float
    difference: float | None
    difference_ci: Interval | None
    tied: bool


@dataclass(frozen=True, eq=False)
class LadderResult:
    """All rungs from the simplest up, the best by validation, and the simplest that is tied with it."""

    configuration: Mapping[str, Any]
    card: AnyCard
    rungs: tuple[RungScore, ...]
    best: str
    simplest: str
    verdicts: tuple[Verdict, ...]

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        detail = {rung.name: rung.detail for rung in self.rungs}
        opening = f"The simplest rung that is tied with the best is {self.simplest} ({detail[self.simplest]})"
        if self.simplest == self.best:
            return f"{opening}: it is itself the best on validation data."
        return f"{opening}; the best on validation data is {self.best} ({detail[self.best]})."

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `braincast ladder`, without the paths of the files."""
        return {
            **self.configuration,
            "primary": self.card.primary,
            "best": self.best,
            "simplest": self.simplest,
            "sentence": self.sentence,
            "rungs": [asdict(rung) for rung in self.rungs],
            "wiring": {verdict.model: verdict.to_dict() for verdict in self.verdicts},
            "wiring_of": self.card.whose_wiring,
            "n_animals": self.card.n_animals,
            **environment(),
        }


def ladder_configuration(card: AnyCard, names: str | None = None, n_seeds: int = 1) -> dict[str, Any]:
    """What a ladder does, as plain data; names of rungs are checked as by `rungs_of`, seeds as E305."""
    if n_seeds < 1:
        raise BraincastError("E305", "--seeds", f"{n_seeds} seeds", "Give at least 1")
    rungs = [rung.name for rung in rungs_of(card, names)]
    asked = {"ladder": rungs, "n_seeds": n_seeds, "budget": dict(BUDGET), "braincast": VERSION}
    return {"task": card.name, "task_hash": card.hash, **asked}


def climb(
    task: AnyTask, configuration: Mapping[str, Any], *, folder: RunFolder | None = None, n_workers: int = 1
) -> LadderResult:
    """Fit, forecast and score every rung; those that use the wiring stand beside one draw of each usual null.

    With a folder, forecasts are kept there and taken from there if they exist already.
    """
    rungs = rungs_of(task.card, ",".join(configuration["ladder"]))
    entrants = [rung.entrant(configuration["n_seeds"]) for rung in rungs]
    named = {entrant.name for entrant in entrants}
    floors = [Entrant(name, name, "baseline") for name in baselines_of(task.card) if name not in named]
    if isinstance(task, ForecastTask) and any(looks_at_structure(rung.model) for rung in rungs):
        task.fetch(structure=True)
    with Workers(task, n_workers) as workers:
        runner = Runner(task, folder, workers)
        runner.forecast([*floors, *entrants], "Climbing")
        best, validation = runner.headline(entrants)
        arms = usual_arms(task.card)
        controls = [arm for entrant in entrants for arm in controls_of(task.card, entrant, 1, 1, arms)]
        if controls:
            runner.forecast(controls, "Fitting null wirings")
    with step("Scoring", None):
        contenders = runner.contenders([*floors, *entrants, *controls])
        judged = judge(task, contenders, best, {**_losses(runner, floors), **validation}, n_workers)
        primary = task.card.primary
        pairs = {name: compare(judged.scorecard, name, best, primary) for name in named if name != best}
    return _result(configuration, task.card, rungs, judged, best, validation, pairs)


def _result(
    configuration: Mapping[str, Any],
    card: AnyCard,
    rungs: Sequence[Rung],
    judged: Judgement,
    best: str,
    validation: Mapping[str, float],
    pairs: Mapping[str, Comparison],
) -> LadderResult:
    scores = []
    for rung in rungs:
        own, pair = judged.scorecard.models[rung.name], pairs.get(rung.name)
        score, cost = own.metrics[card.primary], own.cost
        scores.append(
            RungScore(
                name=rung.name,
                model=rung.model,
                detail=rung.detail,
                value=score.value,
                ci=score.ci,
                skill=score.skill,
                validation=validation[rung.name],
                parameters=cost.parameters if cost else 0,
                fit_s=cost.fit_s if cost else 0.0,
                forecast_s=cost.forecast_s if cost else 0.0,
                difference=pair.difference if pair else None,
                difference_ci=pair.ci if pair else None,
                tied=pair is None or not _is_worse(pair, card),
            )
        )
    simplest = next(score.name for score in scores if score.tied)
    return LadderResult(configuration, card, tuple(scores), best, simplest, judged.verdicts)


def _is_worse(pair: Comparison, card: AnyCard) -> bool:
    """Whether the first of a pair is worse with its whole interval; an undefined one is no tie."""
    if pair.ci is None:
        return True
    sign = 1 if load_metric(card.primary).larger_is_better else -1
    return max(sign * end for end in pair.ci) < 0


def _losses(runner: Runner, floors: Sequence[Entrant]) -> dict[str, float]:
    return runner.headline(floors)[1] if floors else {}


def _card(rung: Rung) -> ModelCard:
    return load_model(rung.model).card
