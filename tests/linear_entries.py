"""A small forecast task on the dataset synthetic-linear, which no registry knows, and submissions to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from made_submissions import as_zip, store_files, submission_files

from braincast.board.judging import Request
from braincast.datasets.registry import load_dataset
from braincast.forecasts.expected import expected_of
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask
from braincast.tasks.registry import task_of_card


def linear_task() -> ForecastTask:
    """Windows of three frames, 20 frames apart, resampled 200 times."""
    design = Design(context=4, horizon=3, stride=20)
    card = build(load_dataset("synthetic-linear"), "unlisted-linear", design, n_resamples=200)
    task = task_of_card(card)
    assert isinstance(task, ForecastTask)
    return task


def answers_of(task: ForecastTask, seed: int, noise: float = 1.0) -> np.ndarray:
    """An answer to every case, a quarter of the last frame with noise that each seed has of its own."""
    last = task.cases("test").contexts()[:, -1:]
    rng = np.random.default_rng(seed)
    shape = (len(task.card.cases), len(task.card.leads), len(task.card.neurons))
    return (0.25 * np.nan_to_num(last) + noise * rng.normal(size=shape)).astype(np.float32)


def submitted(task: ForecastTask, seeds: Mapping[int, np.ndarray], path: Path, **changes: object) -> Path:
    """A submission made with json, hashlib and zipfile alone."""
    expected = expected_of(task.card)
    stores = {f"seed-{seed}.zarr": store_files(values, expected) for seed, values in seeds.items()}
    return as_zip(submission_files(stores, expected, seeds=list(seeds), **changes), path)


def request_of(task: AnyTask, submission: Path, baselines: Mapping[str, Path], **changes: object) -> Request:
    """What a board asks of the judge."""
    floors = {name: str(path) for name, path in baselines.items()}
    fields = {"data": None, "truth": None, "own": "model", **changes}
    return Request(card=task.card.model_dump_json(), submission=str(submission), baselines=floors, **fields)
