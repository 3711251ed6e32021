"""Run trials of a spiking network side by side and gather their spikes."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Float, Int, Shaped

from braincast import progress
from braincast.dynamics.spiking.drive import Drive, Poisson, numbers
from braincast.dynamics.spiking.network import Network
from braincast.dynamics.spiking.parameters import FLY
from braincast.dynamics.spiking.spikes import Outlay, Spikes, SpikeWriter
from braincast.dynamics.spiking.trial import Ready, Trial
from braincast.errors import BraincastError

Found = tuple[Int[np.ndarray, " spike"], Int[np.ndarray, " spike"], Int[np.ndarray, " spike"]]
Task, T = TypeVar("Task"), TypeVar("T")
Neurons = Sequence[int] | Shaped[np.ndarray, " n"]


def simulate(
    network: Network,
    drives: Sequence[Drive],
    *,
    duration_s: float,
    n_trials: int = 1,
    seed: int,
    silenced: Neurons = (),
    n_threads: int | None = None,
    into: Path | None = None,
) -> Spikes:
    """All spikes of `n_trials` trials of `duration_s`, each from rest.

    Neurons named by `drives` have no refractory period; the outgoing edges of `silenced` ones count nothing. Trials run
    on `n_threads` threads (all cores unless given) and do not depend on how many. With `into`, spikes go to a parquet
    file (trial, time_s, neuron) as trials end, and are read from there. Errors: E107 for times and counts, E308 for
    neurons that are not there.
    """
    if n_trials < 1:
        raise BraincastError("E107", "n_trials", f"{n_trials} trials", "Ask for at least one")
    n_steps, ready = _prepared(network, drives, duration_s, silenced)
    began = time.perf_counter()
    _compiled(ready.which is None, network.words.itemsize)
    outlay = Outlay(compile_s=time.perf_counter() - began)
    began = time.perf_counter()
    about = (network.parameters.dt_s, network.n_neurons, n_trials, duration_s)
    trials = _trials(ready, drives, n_steps, n_trials, seed, n_threads)
    if into is None:
        columns = [np.concatenate(column) for column in zip(*trials, strict=True)]
        outlay.wall_s = time.perf_counter() - began
        return Spikes(*about, columns=(columns[0], columns[1], columns[2]), outlay=outlay)
    with SpikeWriter(into, *about) as writer:
        for spikes in trials:
            writer.add(*spikes)
        outlay.wall_s = time.perf_counter() - began
    return Spikes(*about, path=into, outlay=outlay)


def potentials(
    network: Network, drives: Sequence[Drive], watched: Neurons, *, duration_s: float, seed: int, trial: int = 0
) -> Float[np.ndarray, "time watched"]:
    """v of some neurons in mV at the end of each step of one trial."""
    n_steps, ready = _prepared(network, drives, duration_s)
    one = Trial(ready, drives, seed=seed, trial=trial, watched=numbers(watched, "watched"))
    for _ in one.spikes(n_steps):
        pass
    return one.trace_mv


def side_by_side(work: Callable[[Task], T], tasks: Iterable[Task], n_threads: int) -> Iterator[T]:
    """What comes of each task, in order; on several threads a few at most wait for those before them."""
    if n_threads == 1:
        yield from map(work, tasks)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        waiting = deque()
        for task in tasks:
            waiting.append(pool.submit(work, task))
            if len(waiting) > 2 * n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@cache
def _compiled(plain: bool, word_bytes: int) -> None:
    """Have this form of the loop compiled, or read from its cache, by one step of one neuron."""
    nobody, parameters = np.zeros(0, np.int32), FLY if plain else replace(FLY, adaptation_mv=1.0)
    network = Network.from_edges(nobody, nobody, nobody, 1, parameters, word_bytes=word_bytes)
    drives = [Poisson(np.zeros(1, np.int32), 0.0)]
    for _ in Trial(Ready(network, nobody, nobody), drives, seed=0, trial=0).spikes(1):
        pass


def _trials(
    ready: Ready, drives: Sequence[Drive], n_steps: int, n_trials: int, seed: int, n_threads: int | None
) -> Iterator[Found]:
    """Trial, step and neuron of all spikes, in the order of the trials."""
    n_threads = min(n_trials, n_threads or os.cpu_count() or 1)

    def found(trial: int) -> Iterator[Found]:
        for step, neuron in Trial(ready, drives, seed=seed, trial=trial).spikes(n_steps):
            yield np.full(len(step), trial, np.int32), step, neuron

    def whole(trial: int) -> Iterable[Found]:
        # Alone, a trial is handed on while it runs.
        return found(trial) if n_threads == 1 else list(found(trial))

    with progress.step("simulate", n_trials) as advance:
        for pieces in side_by_side(whole, range(n_trials), n_threads):
            yield from pieces
            advance(1)


def _prepared(
    network: Network, drives: Sequence[Drive], duration_s: float, silenced: Neurons = ()
) -> tuple[int, Ready]:
    """Steps of a trial, and all that its trials share."""
    n_steps = _whole_steps(duration_s, network.parameters.dt_s)
    for drive in drives:
        drive.require_within(n_steps, network.parameters.dt_s)
    driven = np.concatenate([np.zeros(0, np.int32), *(drive.driven for drive in drives)])
    return n_steps, Ready(network, driven, numbers(silenced, "silenced"))


def _whole_steps(duration_s: float, dt_s: float) -> int:
    if not (np.isfinite(duration_s) and duration_s > 0):
        raise BraincastError("E107", "duration_s", f"{duration_s} s", "Give seconds above 0")
    n_steps = round(duration_s / dt_s)
    if not 1 <= n_steps < np.iinfo(np.int32).max:
        what = f"{duration_s:g} s are {n_steps} steps of {dt_s:g} s"
        raise BraincastError("E107", "duration_s", what, "Choose a duration from one step to 2^31 - 1 of them")
    return n_steps
