"""Connectomes from adjacency matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.datasets.readers.draft import Wired
from braincast.datasets.readers.vocabulary import KIND_WORDS, plain
from braincast.errors import BraincastError

ROWS_SEND = 'rows were taken to send and columns to receive (a sidecar with axes = ["post", "pre"] turns them)'


def connectome_of_matrix(matrix: np.ndarray, names: Sequence[str] | None, name: str) -> Wired:
    """Edges where the square matrix is not 0; a negative weight is an edge of sign -1.

    Rows are taken to send. E106 if it is not square, E103 for a weight that is not finite.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        what = f"shape {' × '.join(map(str, matrix.shape))} is not square"
        raise BraincastError("E106", name, what, "Give one row and one column for each neuron")
    weights = np.asarray(matrix, np.float64)
    pre, post = np.nonzero(weights)
    values = weights[pre, post]
    signed = bool((values < 0).any())
    kind = KIND_WORDS.get(plain(name), "tract" if plain(name).startswith(("sc", "structural")) else "chemical")
    edges: dict[str, Any] = {"pre": pre.astype(np.int32), "post": post.astype(np.int32), "kind": kind}
    edges |= {"weight": np.abs(values), "sign": np.sign(values).astype(np.int8) if signed else 0, "delay_s": np.nan}
    ids = names if names is not None else [f"n{number:04d}" for number in range(1, len(weights) + 1)]
    table = pd.DataFrame({"id": list(ids)})
    connectome = Connectome(table, pd.DataFrame(edges), name.rsplit("/", 1)[-1], "stated weight")
    return Wired(connectome, (ROWS_SEND,))
