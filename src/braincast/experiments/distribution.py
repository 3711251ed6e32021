"""What models lose where they learned nothing like it, beside what they do where they did.

A condition or a stimulus that was held out is asked about in the same task, in windows of its own. An animal that was
held out is asked about in two tasks with the same windows, so that the difference is paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr
from threadpoolctl import threadpool_limits

from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.datasets.card import DatasetCard
from braincast.datasets.dataset import Dataset
from braincast.errors import BraincastError
from braincast.models.interface import Settings
from braincast.models.registry import load_model
from braincast.progress import step
from braincast.scoring.forecasting.drops import Drop, Fall, paired_fall, skills_of
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.metrics import load_metric
from braincast.scoring.ranking import Resampled
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.fit import fit

_SEEN = "{}, seen"


def made_up(recording: Recording, name: str, design: Design, **changes: Any) -> ForecastTask:
    """A task on a recording that comes from no dataset; `changes` are fields of the task's card."""
    card = DatasetCard(
        name=name,
        version="1",
        title=name,
        species="synthetic",
        summary=name,
        n_animals="1 (simulated)",
        licence="CC0-1.0",
        citation=(),
        sources=(),
        redistribute="yes",
        contents=(),
    )
    dataset = Dataset(card, {name: Specimen(name, "synthetic", recordings={name: recording})})
    return ForecastTask(build(dataset, name, design, **changes), lambda: dataset.specimens)


def drops_within(task: ForecastTask, models: Mapping[str, Settings], seeds: Sequence[int] = (0,)) -> tuple[Drop, ...]:
    """What each model and baseline loses in the conditions that the task holds out; E122 where there is none."""
    wanted = _with_baselines(task, models)
    drops = score_forecasts(task, {name: _contender(name, task, given, seeds) for name, given in wanted.items()}).drops
    if not drops:
        fix = "Make one with --hold-out CONDITION"
        raise BraincastError("E122", f"task {task.name}", "it does not ask in and out of distribution", fix)
    return drops


def drops_between(
    held_out: ForecastTask, seen: ForecastTask, models: Mapping[str, Settings], seeds: Sequence[int] = (0,)
) -> tuple[Drop, ...]:
    """What each model loses where it never saw the animal, against having learned from its past: the same windows.

    E211 unless both tasks ask about the same windows.
    """
    if [case.id for case in held_out.card.cases] != [case.id for case in seen.card.cases]:
        what = f"its windows are not those of {seen.name}"
        raise BraincastError("E211", f"task {held_out.name}", what, "Make both with the same design")
    asked = {"task": held_out.name, "task_hash": held_out.hash}
    contenders = {}
    for name, given in _with_baselines(held_out, models).items():
        contenders[name] = _contender(name, held_out, given, seeds)
        own = _contender(name, seen, given, seeds)
        contenders[_SEEN.format(name)] = Contender(tuple(f.assign_attrs(asked) for f in own.forecasts))
    card = score_forecasts(held_out, contenders)
    metric = load_metric(card.primary)

    def sides(name: str) -> tuple[Resampled, Resampled]:
        return card.samples[_SEEN.format(name), metric.key], card.samples[name, metric.key]

    def fall(name: str, baseline: str | None) -> Fall:
        inside, outside = sides(name)
        if baseline is not None:
            first, second = sides(baseline)
            inside, outside = skills_of(metric, inside, first), skills_of(metric, outside, second)
        return paired_fall(inside, outside, card.spread)

    floors = held_out.card.baselines
    wanted = [name for name in contenders if not name.endswith(_SEEN.format(""))]
    return tuple(
        Drop(name, metric.key, "animal", fall(name, None), {b: fall(name, b) for b in floors if b != name})
        for name in wanted
    )


def _with_baselines(task: ForecastTask, models: Mapping[str, Settings]) -> dict[str, Settings]:
    return {**{name: {} for name in task.card.baselines}, **models}


def _contender(name: str, task: ForecastTask, settings: Settings, seeds: Sequence[int]) -> Contender:
    role = "baseline" if name in task.card.baselines else "model"
    seeds = seeds if load_model(name).card.stochastic else (0,)
    return Contender(tuple(_forecast(name, task, settings, seed) for seed in seeds), role)


def _forecast(name: str, task: ForecastTask, settings: Settings, seed: int) -> xr.DataArray:
    # One thread: results must not depend on how a linear algebra library splits its sums.
    with step(f"{name} on {task.name}, seed {seed}"), threadpool_limits(1):
        return fit(name, task, seed=seed, settings=settings).forecast(task.cases())
