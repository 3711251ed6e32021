"""Tasks by name: built-in declarations, and those of other packages through entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.errors import BraincastError, unknown_name
from braincast.tasks.card import TaskCard
from braincast.tasks.task import Task

if TYPE_CHECKING:
    from braincast.brain.specimen import Specimen
    from braincast.datasets.dataset import Dataset

_BUILT_IN = ("worm-perturbation", "worm-perturbation-unc31", "worm-perturbation-unc31-seen", "worm-kernels")


def task_names() -> list[str]:
    """Names of all tasks known here."""
    return sorted({*_BUILT_IN, *(entry.name for entry in entry_points(group="braincast.tasks"))})


@cache
def task_card(name: str) -> TaskCard:
    """The declaration of a task; needs no data. An unknown name is E302."""
    if name in _BUILT_IN:
        text = files("braincast.tasks").joinpath("definitions", f"{name}.json").read_text(encoding="utf-8")
        return TaskCard.model_validate_json(text)
    for entry in entry_points(group="braincast.tasks", name=name):
        return entry.load()()
    raise unknown_name("E302", "task", name, task_names())


def load_task(name: str, *, data: Path | None = None, offline: bool | None = None) -> Task:
    """A task by name. Its dataset is fetched on first use; `data` takes a local file instead of a download."""
    card = task_card(name)

    @cache
    def dataset() -> Dataset:
        from braincast.datasets.registry import load_dataset

        found = load_dataset(card.dataset, from_path=data, offline=offline)
        if found.card.hash != card.dataset_hash:
            what = f"dataset {card.dataset} has hash {found.card.hash[:12]}, expected {card.dataset_hash[:12]}"
            raise BraincastError("E215", f"task {name}", what, "Install the braincast version of that dataset")
        return found

    def load() -> Specimen:
        return dataset().specimens[card.specimen]

    def load_training() -> Specimen:
        return dataset().specimens[card.training_specimen]

    return Task(card, load, load_training if card.training_specimen else None)
