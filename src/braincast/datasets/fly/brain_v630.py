"""The dataset `fly-brain-v630`: the earlier release, with which the figures of Shiu et al. 2024 were made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.dataset import Dataset
from braincast.datasets.fly.brain_card import Table, brain_card, published_brain

CARD = brain_card(
    "fly-brain-v630",
    "630",
    (
        Table(
            "2023_03_23_connectivity_630_final.parquet",
            "94db8c650533bc36ffa3223f2e62325d5648b8d6bd31c3a4e1c804628c7557b3",
            86_630_944,
        ),
        Table(
            "2023_03_23_completeness_630_final.csv",
            "e6b71e17671a9bdb05f55e4bc6774640a1418cb7a05125e0fc994ad40f9bfdfb",
            3_057_611,
        ),
    ),
    neurons=127_400,
    edges=14_687_178,
    synapses=52_793_639,
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen, the fly whose brain was imaged."""
    return published_brain(CARD, paths)
