"""Fitting and forecasting many entrants, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import xarray as xr
from threadpoolctl import threadpool_limits

from braincast.brain.specimen_nulls import TRUE_WIRING, with_wiring
from braincast.experiments.entrants import Entrant
from braincast.experiments.folder import RunFolder
from braincast.files import canonical_json
from braincast.models.interface import Settings
from braincast.models.registry import load_model
from braincast.scoring.scores import Cost
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.kinds import AnyTask
from braincast.training.checkpoint import is_fit, load_fit, save_fit
from braincast.training.fit import FittedFolds, fit


@dataclass(frozen=True)
class Job:
    """One fit and forecast: an entrant and the number of its seed or draw."""

    entrant: Entrant
    replicate: int


def run_job(
    task: AnyTask, job: Job, settings: Settings | None = None, *, folder: RunFolder | None = None
) -> xr.DataArray:
    """The forecast of all test cases; its attributes say how it was made and what it cost.

    `settings` are fixed, the others chosen. The `folder` keeps fits that controls are to be made of.
    """
    # One thread: results must not depend on how a linear algebra library splits its sums.
    with threadpool_limits(1):
        fitted = _kept_fit(task, job, settings, folder)
        began = time.perf_counter()
        forecast = fitted.forecast(task.cases("test"))
    return forecast.assign_attrs(told(fitted, job, time.perf_counter() - began))


def fit_job(task: AnyTask, job: Job, settings: Settings | None = None, *, folder: Path | None = None) -> FittedFolds:
    """The fit of a job; `folder` keeps trainings by gradient while they run.

    Of an entrant that learned before it is the fit to the true wiring, which then gets the other to answer with.
    """
    entrant = job.entrant
    if entrant.learned_before:
        return _moved(fit_job(task, _before(job), settings, folder=folder), task, job)
    structure = job_structure(task, job)
    _, seed = entrant.draw_and_seed(job.replicate)
    fixed = {**dict(entrant.settings), **(settings or {})}
    chosen = {"seed": seed, "settings": fixed or None, "folder": folder}
    return fit(entrant.model, task, structure=structure, wiring=entrant.wiring, **chosen)


def _kept_fit(task: AnyTask, job: Job, settings: Settings | None, folder: RunFolder | None) -> FittedFolds:
    """The fit of a job. In an encoding task, one to the true wiring is taken from the folder or put there."""
    before = _before(job) if job.entrant.learned_before else job
    if folder is None or before.entrant.of is not None or not isinstance(task, EncodingTask):
        return fit_job(task, job, settings)
    path = folder.fit_path(before.entrant.name, before.replicate)
    if not is_fit(path):
        save_fit(fit_job(task, before, settings), path, force=True)  # another worker may have been faster
    fitted = load_fit(path, task)
    return fitted if before is job else _moved(fitted, task, job)


def _before(job: Job) -> Job:
    """The fit to the true wiring that stands behind an entrant which learned before."""
    entrant, (_, seed) = job.entrant, job.entrant.draw_and_seed(job.replicate)
    own = replace(entrant, name=entrant.of or entrant.name, of=None, wiring=TRUE_WIRING, learned_before=False)
    return Job(own, seed)


def _moved(fitted: FittedFolds, task: AnyTask, job: Job) -> FittedFolds:
    """What was learned, put on another wiring."""
    prepared = load_model(fitted.model).prepare(job_structure(task, job))
    return replace(fitted, wiring=job.entrant.wiring, prepared=prepared)


def job_structure(task: AnyTask, job: Job) -> Any:
    """The task's structure with the wiring of the entrant."""
    draw, _ = job.entrant.draw_and_seed(job.replicate)
    return with_wiring(task.structure, job.entrant.wiring, draw)


def told(fitted: FittedFolds, job: Job, forecast_s: float) -> dict[str, Any]:
    """What stands beside a forecast: its cost, what was chosen, and the number of its draw."""
    cost = {"fit_s": fitted.fit_s, "forecast_s": forecast_s, "n_parameters": fitted.n_parameters}
    each = canonical_json([dict(choice.settings) for choice in fitted.choices])
    chosen = {"validation_loss": fitted.validation_loss, "settings": each}
    draw = {"draw": job.entrant.draw_and_seed(job.replicate)[0]} if job.entrant.of is not None else {}
    return {**cost, **chosen, **draw}


def mean_cost(forecasts: Sequence[Any]) -> Cost:
    """Mean cost of forecasts that came from jobs."""
    fit_s, forecast_s, n_parameters = (
        sum(forecast.attrs[key] for forecast in forecasts) / len(forecasts)
        for key in ("fit_s", "forecast_s", "n_parameters")
    )
    return Cost(float(fit_s), float(forecast_s), round(n_parameters))


class Workers:
    """Fits and forecasts the jobs of one task; more than one worker are processes with a copy of the specimens each.

    The processes start with the first job and serve all that follow. They end when the `with` block is left, early or
    not, and when this process is killed.
    """

    def __init__(self, task: AnyTask, n_workers: int, folder: RunFolder | None = None) -> None:
        self._task, self._n_workers, self._folder = task, n_workers, folder
        self._pool: ProcessPoolExecutor | None = None
        self._ends = ExitStack()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.close()

    def forecasts(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, xr.DataArray]]:
        """Each job with its forecast, in the order of `jobs`.

        Should a worker be killed (out of memory, say), what it left is done here, one job after the other.
        """
        n_done = 0
        if self._n_workers > 1 and len(jobs) > 1:
            with suppress(BrokenProcessPool):
                with _interrupts_held():
                    pool = self._started()
                    with _interrupts_blocked():
                        forecasts = pool.map(_run_in_worker, jobs)
                for job, forecast in zip(jobs, forecasts, strict=True):
                    n_done += 1
                    yield job, forecast
        for job in jobs[n_done:]:
            yield job, run_job(self._task, job, folder=self._folder)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            leash, hand = context.Pipe(duplex=False)
            opening = (self._task, leash, self._folder)
            self._pool = ProcessPoolExecutor(self._n_workers, context, initializer=_open_task, initargs=opening)
            # In reverse: the hand lets go, which ends every worker at once; then what had not begun is dropped.
            self._ends.callback(leash.close)
            self._ends.callback(self._pool.shutdown, cancel_futures=True)
            self._ends.callback(hand.close)
        return self._pool


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Answer an interruption that comes in the block only after it, so that no half-started worker is left behind."""
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, lambda number, frame: came.append(number)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
    if came:
        signal.raise_signal(came[0])


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Processes that start in the block never see Ctrl-C: their parent answers, and ends them.

    To be entered with semaphores made already: the first one starts Python's resource tracker, which undoes this.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_worker: dict[str, Any] = {}


def _open_task(task: AnyTask, leash: Connection, folder: RunFolder | None) -> None:
    threading.Thread(target=_end_with, args=(leash,), daemon=True).start()
    _worker.update(task=task, folder=folder)


def _end_with(leash: Connection) -> None:
    """Wait until the other end is closed, by its owner or by its owner's death."""
    with suppress(EOFError, OSError):
        leash.recv()
    os._exit(1)


def _run_in_worker(job: Job) -> xr.DataArray:
    return run_job(_worker["task"], job, folder=_worker["folder"])
