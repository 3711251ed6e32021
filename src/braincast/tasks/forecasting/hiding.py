"""Taking what follows the test windows out of a recording, for a board that alone will know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float32

from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Parted:
    """What everybody may have: the specimen without what is asked. And that, in the task's order and units."""

    public: Specimen
    truth: Float32[np.ndarray, "case lead neuron"]


def parted(task: ForecastTask) -> Parted:
    """The brain of a forecast task without the frames that are to be forecast (NaN there), and these.

    E305 for tasks of other kinds, of several specimens, or whose windows look into what follows others: a context would
    be missing there, or tell the answer.
    """
    card = task.card
    names = {use.specimen for use in card.recordings}
    if card.kind != "forecast" or len(names) != 1:
        what = f"it is a {card.kind} task of {len(names)} specimens"
        raise BraincastError("E305", f"task {card.name}", what, "Hide a forecast task of one specimen")
    specimen, hidden = task.specimens[names.pop()], _asked(card, task)
    _refuse_looking(card, hidden)
    recordings = dict(specimen.recordings)
    for use, frames in zip(card.recordings, hidden, strict=True):
        recording = recordings[use.recording]
        activity = np.array(recording.read(0, recording.n_frames), dtype=np.float32)
        activity[frames] = np.nan
        recordings[use.recording] = replace(recording, activity=activity)
    truth = open_window_truth(task)
    return Parted(replace(specimen, recordings=recordings), truth.read(slice(None), slice(None)))


def _asked(card: ForecastCard, task: ForecastTask) -> list[Bool[np.ndarray, " frame"]]:
    """The frames of each recording that any test window asks about."""
    lengths = [task.specimens[use.specimen].recordings[use.recording].n_frames for use in card.recordings]
    frames = [np.zeros(n, dtype=bool) for n in lengths]
    for case in card.cases:
        frames[case.recording][case.start : case.start + card.horizon] = True
    return frames


def _refuse_looking(card: ForecastCard, hidden: list[Bool[np.ndarray, " frame"]]) -> None:
    for case in card.cases:
        if hidden[case.recording][case.start - card.context : case.start].any():
            what = f"the context of window {case.id} has frames that another window asks about"
            fix = f"Make the task again with --stride {card.context + card.horizon} or more"
            raise BraincastError("E305", f"task {card.name}", what, fix)
    learned = ("train", "validation")
    for piece in card.pieces:
        if piece.split in learned and hidden[piece.recording][piece.start : piece.stop].any():
            what = "models learn from frames that a test window asks about"
            raise BraincastError("E305", f"task {card.name}", what, "Make the task again with a gap between the splits")


def asked_of(card: ForecastCard, dataset: Dataset, name: str) -> ForecastCard:
    """The same windows of another dataset whose recordings are named alike, as a task of its own; E307 without them."""
    for use in card.recordings:
        specimen = dataset.specimens.get(use.specimen)
        recording = None if specimen is None else specimen.recordings.get(use.recording)
        if recording is None or set(card.neurons) - set(recording.neurons):
            what = f"it has no recording {use.recording!r} of {use.specimen!r} with the neurons of {card.name}"
            raise BraincastError("E307", f"dataset {dataset.card.name}", what, "Name the dataset with that recording")
    told = {"name": name, "dataset": dataset.card.name, "dataset_hash": dataset.card.hash}
    return card.model_copy(update=told)
