"""Fitting and forecasting many entrants, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import xarray as xr
from threadpoolctl import threadpool_limits

from braincast.brain.specimen import Specimen
from braincast.experiments.entrants import Entrant, with_wiring
from braincast.scoring.scores import Cost
from braincast.tasks.card import TaskCard
from braincast.tasks.task import Task
from braincast.training.fit import fit


@dataclass(frozen=True)
class Job:
    """One fit and forecast: an entrant and the number of its seed or draw."""

    entrant: Entrant
    replicate: int


def run_job(task: Task, job: Job) -> xr.DataArray:
    """The forecast of all test cases; its attributes say how it was made and what it cost."""
    entrant = job.entrant
    is_null = entrant.of is not None
    structure = with_wiring(task.structure, entrant.wiring, job.replicate)
    seed = 0 if is_null else job.replicate
    # One thread: results must not depend on how a linear algebra library splits its sums.
    with threadpool_limits(1):
        fitted = fit(entrant.model, task, seed=seed, structure=structure, wiring=entrant.wiring)
        began = time.perf_counter()
        forecast = fitted.forecast(task.cases("test"))
    cost = {"fit_s": fitted.fit_s, "forecast_s": time.perf_counter() - began, "n_parameters": fitted.n_parameters}
    chosen = {"validation_log_loss": fitted.validation_log_loss, "settings": [dict(c.settings) for c in fitted.choices]}
    return forecast.assign_attrs({**cost, **chosen, "draw": job.replicate if is_null else None})


def mean_cost(forecasts: Sequence[xr.DataArray]) -> Cost:
    """Mean cost of forecasts that `run_job` made."""
    fit_s, forecast_s, n_parameters = (
        sum(forecast.attrs[key] for forecast in forecasts) / len(forecasts)
        for key in ("fit_s", "forecast_s", "n_parameters")
    )
    return Cost(float(fit_s), float(forecast_s), round(n_parameters))


class Workers:
    """Fits and forecasts jobs of one task; with more than one worker, each is a process with a copy of the specimen.

    Used as a context manager. The processes start with the first job and serve all that follow.
    """

    def __init__(self, task: Task, n_workers: int) -> None:
        self._task, self._n_workers = task, n_workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        # After an interruption the jobs that have not begun are dropped; what was yielded is kept.
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def forecasts(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, xr.DataArray]]:
        """Each job with its forecast, in the order of `jobs`."""
        if self._n_workers <= 1 or not jobs:
            yield from ((job, run_job(self._task, job)) for job in jobs)
            return
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            opening = (self._task.card.model_dump_json(), self._task.specimen)
            self._pool = ProcessPoolExecutor(self._n_workers, context, initializer=_open_task, initargs=opening)
        yield from zip(jobs, self._pool.map(_run_in_worker, jobs), strict=True)


_worker: dict[str, Any] = {}


def _open_task(card: str, specimen: Specimen) -> None:
    """Prepare a worker: it leaves interruptions to its parent, and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker["task"] = Task(TaskCard.model_validate_json(card), lambda: specimen)


def _run_in_worker(job: Job) -> xr.DataArray:
    return run_job(_worker["task"], job)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
