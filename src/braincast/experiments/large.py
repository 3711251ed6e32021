"""Jobs whose answers do not fit in memory: made part by part, into a run's folder or while they are scored."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from braincast.errors import BraincastError
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
Keep: TypeAlias = Literal["float32", "float16", "nothing"]
_TYPES: Mapping[Keep, type[np.floating]] = {"float32": np.float32, "float16": np.float16}


def checked_keep(keep: str) -> Keep:
    """What is kept of each large forecast; E305 for anything else."""
    for known in get_args(Keep):
        if keep == known:
            return known
    raise BraincastError("E305", "--keep", f"it is {' or '.join(get_args(Keep))}, not {keep!r}", "Choose one of them")


def answer_bytes(card: AnyCard) -> int:
    """Bytes of one answer to all cases, a single number each."""
    return 4 * math.prod(map(len, (card.cases, card.leads, card.neurons)))


def is_large(card: AnyCard) -> bool:
    """Whether one answer to all cases takes more than a gigabyte."""
    return answer_bytes(card) > LARGE_BYTES


def streamed(task: AnyTask, job: Job) -> Answers:
    """The answers of a job, which are worked out when they are looked at and never kept."""
    with threadpool_limits(1):
        return _timed(task, job, fit_job(task, job))


def stored(task: AnyTask, job: Job, folder: RunFolder, keep: Keep = "float32") -> xr.DataArray | Answers:
    """The forecast of a job as it lies in a run's folder, whose fit is kept too; a fit that is there already is taken.

    If nothing is kept of forecasts, the answers, to be worked out when they are looked at.
    """
    fitted, place = _stored_fit(task, job, folder), folder.fit_path(job.entrant.name, job.replicate)
    path = folder.forecast_path(job.entrant.name, job.replicate)
    with threadpool_limits(1):
        answers = _timed(task, job, fitted)
        if keep == "nothing":
            return answers
        made = {"source": sha256_of_file(place / MANIFEST), "attributes": answers.attrs, "dtype": _TYPES[keep]}
        save_answers(fitted, task.cases("test"), path, **made, force=True)
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
