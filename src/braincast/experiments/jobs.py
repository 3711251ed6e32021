"""Fitting and forecasting many entrants, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
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


def run_jobs(task: Task, jobs: Sequence[Job], n_workers: int) -> Generator[tuple[Job, xr.DataArray], None, None]:
    """Forecasts in the order of `jobs`. With more than one worker, each is a process with a copy of the specimen.

    Should a worker be killed (out of memory, say), what it left is done here, one job after the other.
    """
    n_done = 0
    if n_workers > 1 and len(jobs) > 1:
        with suppress(BrokenProcessPool), _workers(task, min(n_workers, len(jobs))) as pool:
            with _interrupts_held():
                forecasts = pool.map(_run_in_worker, jobs)
            for job, forecast in zip(jobs, forecasts, strict=True):
                n_done += 1
                yield job, forecast
    for job in jobs[n_done:]:
        yield job, run_job(task, job)


@contextmanager
def _workers(task: Task, n_workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that end at once when the block is left early, or when this process is killed."""
    context = multiprocessing.get_context("spawn")
    leash, hand = context.Pipe(duplex=False)
    arguments = (task.card.model_dump_json(), task.specimen, leash)
    pool = ProcessPoolExecutor(n_workers, context, initializer=_open_task, initargs=arguments)
    try:
        yield pool
        pool.shutdown()
    finally:
        hand.close()
        pool.shutdown(cancel_futures=True)
        leash.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold back Ctrl-C while workers start. They inherit it held for good: only this process answers and ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_worker: dict[str, Any] = {}


def _open_task(card: str, specimen: Specimen, leash: Connection) -> None:
    threading.Thread(target=_end_with, args=(leash,), daemon=True).start()
    _worker["task"] = Task(TaskCard.model_validate_json(card), lambda: specimen)


def _end_with(leash: Connection) -> None:
    """Wait until the other end is closed, by its owner or by its owner's death."""
    with suppress(EOFError, OSError):
        leash.recv()
    os._exit(1)


def _run_in_worker(job: Job) -> xr.DataArray:
    return run_job(_worker["task"], job)
