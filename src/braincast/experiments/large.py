"""Jobs whose answers do not fit in memory: made part by part, into a run's folder or while they are scored."""

from __future__ import annotations

import math
import time
from typing import Any

import xarray as xr
from threadpoolctl import threadpool_limits

from braincast.experiments.folder import RunFolder
from braincast.experiments.jobs import Job, fit_job, job_structure, told
from braincast.files import MANIFEST, remove_tree, sha256_of_file
from braincast.forecasts.answering import save_answers
from braincast.forecasts.store import load_forecast
from braincast.tasks.kinds import AnyCard, AnyTask
from braincast.training.answers import Answers
from braincast.training.checkpoint import is_fit, load_fit, save_fit
from braincast.training.fit import FittedFolds

LARGE_BYTES = 1 << 30


def is_large(card: AnyCard) -> bool:
    """Whether one answer to all cases takes more than a gigabyte."""
    return 4 * math.prod(map(len, (card.cases, card.leads, card.neurons))) > LARGE_BYTES


def streamed(task: AnyTask, job: Job) -> Answers:
    """The answers of a job, which are worked out when they are looked at and never kept."""
    with threadpool_limits(1):
        return _timed(task, job, fit_job(task, job))


def stored(task: AnyTask, job: Job, folder: RunFolder) -> xr.DataArray:
    """The forecast of a job as it lies in a run's folder; a fit that was made there before is taken."""
    fitted, place = _stored_fit(task, job, folder), folder.fit_path(job.entrant.name, job.replicate)
    path = folder.forecast_path(job.entrant.name, job.replicate)
    with threadpool_limits(1):
        answers = _timed(task, job, fitted)
        made = {"source": sha256_of_file(place / MANIFEST), "attributes": answers.attrs, "force": True}
        save_answers(fitted, task.cases("test"), path, **made)
    return load_forecast(path)


def _stored_fit(task: AnyTask, job: Job, folder: RunFolder) -> FittedFolds:
    place = folder.fit_path(job.entrant.name, job.replicate)
    if not is_fit(place):
        unfinished = place.with_name(f"{place.name}.unfinished")
        with threadpool_limits(1):
            save_fit(fit_job(task, job, folder=unfinished), place)
        remove_tree(unfinished)
    return load_fit(place, task, structure=job_structure(task, job))


def _timed(task: AnyTask, job: Job, fitted: FittedFolds) -> Answers:
    """The answers, with what is told of them; the time for all follows from a batch that needs no compiling."""
    cases: Any = task.cases("test")
    answers = fitted.answers(cases)
    again = min(answers.batch_rows, len(cases) - 1)
    answers.of(slice(0, 1))
    began = time.perf_counter()
    answers.of(slice(again, again + 1))
    forecast_s = (time.perf_counter() - began) * answers.n_batches
    answers.attrs |= told(fitted, job, forecast_s)
    return answers
