"""A dataset, a task and a model as another package would add them: through entry points, braincast unchanged."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from made_brains import made_brain, made_card
from made_sources import small_card

from braincast.datasets.dataset import Dataset
from braincast.models.connectome.direct_weights import DirectWeights
from braincast.models.interface import ModelCard
from braincast.tasks.card import TaskCard

CARD = small_card(name="made-brain", sources=())

_ENTRY_POINTS = """
[braincast.datasets]
made-brain = made_example
[braincast.tasks]
made-task = made_example:card
[braincast.models]
slow-weights = made_example:SlowWeights
"""


def load(paths: Sequence[Path]) -> Dataset:
    """The dataset `made-brain`."""
    return Dataset(CARD, {"made": made_brain()})


def card() -> TaskCard:
    """The task `made-task`: a worm perturbation task in small."""
    lineup = ("constant", "direct-weights", "slow-weights")
    return made_card(made_brain(), dataset_hash=CARD.hash, lineup=lineup)


class SlowWeights(DirectWeights):
    """direct-weights with a pause of MADE_PAUSE_S seconds in each of the 20 fits of a job, so that one can step in.

    With MADE_CRASH set, a worker process that fits it is gone at once, as one is that the system kills.
    """

    card = ModelCard(
        name="slow-weights",
        summary="Direct weights, slowly.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={},
        stochastic=True,
    )

    def fit(self, *arguments: Any, **options: Any) -> Any:
        time.sleep(float(os.environ.get("MADE_PAUSE_S", "0")))
        if "MADE_CRASH" in os.environ and multiprocessing.parent_process() is not None:
            os._exit(9)
        return super().fit(*arguments, **options)


def install(folder: Path) -> None:
    """Make `folder`, for processes that have it on their path, an installed distribution with these entry points."""
    information = folder / "made_example-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: made-example\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(_ENTRY_POINTS)
