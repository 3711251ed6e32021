"""Fixed folds in which related cases stay together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int


def balanced_folds(groups: Sequence[str], n_folds: int) -> Int[np.ndarray, " case"]:
    """The fold of each case: no group is split, folds hold nearly equal numbers of cases.

    Large groups are placed first, each into the emptiest fold; equally large ones in the order of the SHA-256 of their
    names. So the folds follow from the names alone, not from a random seed, a file's order or anything measured.
    """
    sizes = Counter(groups)
    order = sorted(sizes, key=lambda group: (-sizes[group], hashlib.sha256(group.encode()).hexdigest()))
    filled = [0] * n_folds
    fold_of = {}
    for group in order:
        fold_of[group] = filled.index(min(filled))
        filled[fold_of[group]] += sizes[group]
    return np.array([fold_of[group] for group in groups], dtype=np.int64)
