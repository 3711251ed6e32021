"""Tasks by name: built-in declarations, those a user made, and those of other packages through entry points."""

from __future__ import annotations

import re
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.cache import home
from braincast.datasets.own import own_names
from braincast.errors import BraincastError, unknown_name
from braincast.files import write_text
from braincast.tasks.card import TaskCard
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.forecasting.card import NAME_PATTERN, ForecastCard, StructureUse
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.zapbench import zapbench_card, zapbench_name
from braincast.tasks.kinds import AnyCard, AnyTask, card_of_json
from braincast.tasks.task import Task
from braincast.tasks.tracks import Track, checked_track

if TYPE_CHECKING:
    from braincast.brain.specimen import Specimen
    from braincast.datasets.dataset import Dataset
    from braincast.dynamics.lattice.circuit import ColumnarCircuit

_BUILT_IN = (
    "worm-perturbation",
    "worm-perturbation-unc31",
    "worm-perturbation-unc31-seen",
    "worm-kernels",
    "worm-forecast",
    "zebrafish-regions",
    "human-forecast",
    "human-transfer",
    "synthetic-linear",
    "synthetic-chaos",
    "zapbench-c4",
    "zapbench-c256",
    "lorenz63-rollout",
    "lorenz96-rollout",
    "worm-rollout",
    "stg-forecast",
    "stg-modulation",
    "human-rollout",
    "worm-imputation",
    "human-imputation",
    "human-imputation-transfer",
    "fly-motion",
)
_LONGEST_NAME = 100  # it becomes the name of files, which have an end


def task_names() -> list[str]:
    """Names of all tasks known here."""
    own = (path.stem for path in _own_folder().glob("*.json"))
    return sorted({*_BUILT_IN, *own, *(entry.name for entry in entry_points(group="braincast.tasks"))})


def task_card(name: str) -> AnyCard:
    """The declaration of a task; needs no data. An unknown name is E302.

    Beside the names that are listed there are zapbench-c4-synthetic-N and zapbench-c256-synthetic-N, of N made-up
    neurons, for measuring what scale costs.
    """
    if zapbench_name(name) is not None:
        return _zapbench(name)
    if name in _BUILT_IN:
        return _built_in(name)
    for entry in entry_points(group="braincast.tasks", name=name):
        return entry.load()()
    if name in task_names():
        return _own(_own_folder() / f"{name}.json")
    raise unknown_name("E302", "task", name, task_names())


def perturbation_card(name: str) -> TaskCard:
    """The declaration of a perturbation task; E306 for one of another kind."""
    card = task_card(name)
    if isinstance(card, TaskCard):
        return card
    raise BraincastError("E306", f"task {name}", f"it is of the kind {card.kind}", "Choose a perturbation task")


def forecast_card(name: str) -> ForecastCard:
    """The declaration of a forecast task; E306 for one of another kind."""
    card = task_card(name)
    if isinstance(card, ForecastCard):
        return card
    raise BraincastError("E306", f"task {name}", f"it is of the kind {card.kind}", "Choose a forecast task")


def free_name(name: str, *, force: bool = False) -> str:
    """`name` if a new task may have it: E305 for one that is no name, E501 for one that is taken.

    With `force`, a task that a user made may be replaced.
    """
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > _LONGEST_NAME:
        fix = f"Use lower-case letters, digits and hyphens, at most {_LONGEST_NAME}"
        raise BraincastError("E305", f"task {name}", "this is not a name that a task can have", fix)
    replaceable = (_own_folder() / f"{name}.json").exists()
    if name in task_names() and not (force and replaceable):
        fix = "Choose another name" + (" or add --force" if replaceable else "")
        raise BraincastError("E501", f"task {name}", "there is a task of this name", fix)
    return name


def add_task(card: AnyCard, *, force: bool = False) -> Path:
    """Keep a declaration, so that the task is known by its name (see `free_name`)."""
    path = _own_folder() / f"{free_name(card.name, force=force)}.json"
    write_text(path, card.model_dump_json(indent=1) + "\n")
    return path


def load_task(name: str, *, data: Path | None = None, offline: bool | None = None, track: Track = "open") -> AnyTask:
    """A task by name. Its dataset is fetched on first use; `data` takes a local file instead of a download.

    On the track "no-stimulus" of a forecast task models are told nothing of the stimulus; E612 where there is no such
    track.

    >>> task = load_task("synthetic-linear")
    >>> task
    ForecastTask synthetic-linear 1 (296 windows, c7087f78a13b)
    >>> task.cases("test").contexts().shape
    (296, 16, 48)
    """
    return task_of_card(task_card(name), data=data, offline=offline, track=track)


def task_of_card(
    card: AnyCard, *, data: Path | None = None, offline: bool | None = None, track: Track = "open"
) -> AnyTask:
    """The task of a declaration, which need not be known here by its name; otherwise as `load_task`."""

    @cache
    def dataset() -> Dataset:
        return _dataset(card.name, card.dataset, card.dataset_hash, data, offline)

    if isinstance(card, ForecastCard):
        wired = None if card.structure is None else partial(_wired, card.name, card.structure, offline)
        return ForecastTask(card, lambda: dataset().specimens, track=track, load_structure=wired)
    checked_track(card, track)
    if isinstance(card, EncodingCard):
        return EncodingTask(card, lambda: _circuit(dataset()))
    asked, learned = card.specimen, card.training_specimen

    def load(specimen: str) -> Specimen:
        return dataset().specimens[specimen]

    return Task(card, lambda: load(asked), (lambda: load(learned)) if learned else None)


def _wired(task: str, use: StructureUse, offline: bool | None) -> Specimen:
    """The specimen whose wiring stands beside recordings of another dataset."""
    return _dataset(task, use.dataset, use.dataset_hash, None, offline).specimens[use.specimen]


def _circuit(dataset: Dataset) -> ColumnarCircuit:
    """The columnar circuit of a dataset, the hulls of its connections filled as in the published networks."""
    from braincast.datasets.fly.optic_lobe import columnar_circuit

    return columnar_circuit(dataset).filled(1.0)


def _dataset(task: str, name: str, wanted: str, data: Path | None, offline: bool | None) -> Dataset:
    """A dataset that a task names by its hash; E215 for another version of it."""
    from braincast.datasets.registry import load_dataset

    found = load_dataset(name, from_path=data, offline=offline)
    if found.card.hash != wanted:
        what = f"dataset {name} has hash {found.card.hash[:12]}, expected {wanted[:12]}"
        fix = "Install the braincast version of that dataset"
        if name in own_names():  # wiring was laid beside it, for example
            what, fix = (
                f"{what}: it was changed since",
                f"Make the task again: braincast task new {task} --dataset {name} --force",
            )
        raise BraincastError("E215", f"task {task}", what, fix)
    return found


@cache
def _zapbench(name: str) -> ForecastCard:
    context, n_synthetic = zapbench_name(name) or (0, None)
    return zapbench_card(context, n_synthetic)


@cache
def _built_in(name: str) -> AnyCard:
    return card_of_json(files("braincast.tasks").joinpath("definitions", f"{name}.json").read_text(encoding="utf-8"))


def _own_folder() -> Path:
    return home() / "tasks"


def _own(path: Path) -> AnyCard:
    try:
        card = card_of_json(path.read_text(encoding="utf-8"))
        if card.name != path.stem:
            raise ValueError(f"it is called {card.name!r}")
        return card
    except ValueError as error:
        what = f"this declaration cannot be read ({' '.join(str(error).split())[:200]})"
        raise BraincastError(
            "E403", str(path), what, "Make the task again: braincast task new, with --force"
        ) from error
