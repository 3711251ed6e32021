"""A task's folder: what is asked, what may be learned from, how the brain is built; never what is to be forecast."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from braincast.datasets.card import DatasetCard
from braincast.files import new_folder, write_json, write_text
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask, refuse_encoding
from braincast.tasks.plain.responses import write_responses
from braincast.tasks.plain.structure import write_structure
from braincast.tasks.plain.windows import write_windows

if TYPE_CHECKING:
    from braincast.tasks.task import Task

N_NULL_DRAWS = 3


def write_task(
    task: AnyTask, dataset: DatasetCard, path: Path, *, n_null_draws: int = N_NULL_DRAWS, force: bool = False
) -> Path:
    """Write everything that a model of a task may see to the new folder `path`.

    An existing one is E501, an encoding task E306.

    `task.json` is the declaration, `README.txt` names every file. With wiring there are `n_null_draws` draws of each
    of the task's nulls: what a model that uses the wiring has to be run with too.
    """
    refuse_encoding(task.card, "folder of plain files")
    with new_folder(path, force=force, what="task folder") as folder:
        write_json(folder / "task.json", task.card.to_show())
        if isinstance(task, ForecastTask):
            described = write_windows(task, folder)
        else:
            responses = cast("Task", task)
            described = write_responses(responses, folder)
            described |= write_structure(responses.structure, task.card.nulls, n_null_draws, folder)
        for fold in range(task.card.n_folds):
            asked = np.flatnonzero(task.cases().fold == fold)
            np.save(folder / f"fold-{fold}" / "asked.npy", asked, allow_pickle=False)
        described["fold-F/asked.npy"] = "rows of the task's cases that are answered by what was learned in this fold"
        write_text(folder / "README.txt", _readme(task, dataset, described))
    return path


def _readme(task: AnyTask, dataset: DatasetCard, described: dict[str, str]) -> str:
    card = task.card
    widest = max(map(len, described))
    terms = "may be passed on" if dataset.redistribute == "yes" else "may not be passed on"
    paragraphs = (
        card.title,
        card.question,
        f"An answer is an array [case, lead, neuron] of shape {task.cases().shape}: {card.quantity}, in {card.unit}. "
        "Its labels are in task.json. Learn in each fold from the files of that fold alone, and answer with it the "
        "cases in its asked.npy. How an answer is written: docs/reference/forecast-store.md and "
        "docs/guides/submitting.md of braincast.",
        "Files (row i of an array of cases is case i of task.json):",
    )
    files = {"task.json": "the declaration, with its hash", **described}
    source = (
        f"The data are from {dataset.name} ({dataset.title}).",
        f"Licence: {dataset.licence.rstrip('.')}. These files {terms}.",
        "To be cited:",
        *dataset.citation,
    )
    named = "\n".join(f"  {name:<{widest}}  {what}" for name, what in files.items())
    return "\n\n".join([*map(_wrapped, paragraphs), named, *map(_wrapped, source)]) + "\n"


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, 110, break_on_hyphens=False)
