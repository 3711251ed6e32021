"""The dataset `fly-brain`: the wiring of one adult fly's brain, FlyWire v783."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.dataset import Dataset
from braincast.datasets.fly.brain_card import Table, brain_card, published_brain

CARD = brain_card(
    "fly-brain",
    "783",
    (
        Table(
            "Connectivity_783.parquet",
            "efeb23fb99098e9c390f6869969b2a121a2ee92c833cfc45ecb2c1d8e1af0347",
            100_804_642,
        ),
        Table(
            "Completeness_783.csv",
            "bbb847a4cc2caaa7a16349722d220c087317b946d148d4d592d94d250617a311",
            3_327_347,
        ),
    ),
    neurons=138_639,
    edges=15_091_983,
    synapses=54_492_922,
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen, the fly whose brain was imaged."""
    return published_brain(CARD, paths)
