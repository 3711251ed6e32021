"""Evidence to test metrics with: random pairs with ties, and the literal replication of a resample."""

from __future__ import annotations

import numpy as np

from braincast.scoring.evidence import Evidence, Units, gather

N_CASES, N_NEURONS = 12, 25


def units_of(rng: np.random.Generator, n_cases: int = N_CASES, n_neurons: int = N_NEURONS) -> Units:
    """Units with fewer classes than cases and neurons; every class occurs."""
    n_rows, n_columns = max(1, n_cases * 2 // 3), max(1, n_neurons * 2 // 3)
    row = np.r_[np.arange(n_rows), rng.integers(0, n_rows, n_cases - n_rows)]
    column = np.r_[np.arange(n_columns), rng.integers(0, n_columns, n_neurons - n_columns)]
    return Units(
        row=row,
        fold=row % 3,
        column=column,
        row_names=tuple(f"r{i}" for i in range(n_rows)),
        column_names=tuple(f"c{i}" for i in range(n_columns)),
    )


def random_evidence(seed: int, *, binary: bool = True) -> Evidence:
    """Predictions in eleven levels, so that there are ties within and between outcomes; about a fifth unmeasured."""
    rng = np.random.default_rng(seed)
    prediction = np.round(rng.random((N_CASES, N_NEURONS)), 1) * 0.98 + 0.01
    noisy = prediction + rng.normal(0, 0.4, prediction.shape)
    truth = (noisy > 0.8).astype(float) if binary else np.round(noisy, 1)
    truth[rng.random(truth.shape) < 0.2] = np.nan
    return gather(prediction[:, None], truth[:, None], np.ones((N_CASES, 1, N_NEURONS), dtype=bool), units_of(rng))


def random_counts(evidence: Evidence, n_resamples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts of units; the first resample is the sample itself."""
    rng = np.random.default_rng(seed)
    rows = np.r_[np.ones((1, evidence.n_rows), dtype=np.int64), rng.integers(0, 4, (n_resamples, evidence.n_rows))]
    columns = rng.integers(0, 4, (n_resamples, evidence.n_columns))
    return rows, np.r_[np.ones((1, evidence.n_columns), dtype=np.int64), columns]


def replicated(evidence: Evidence, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, ...]:
    """(truth, prediction, fold) with each pair standing there as often as one resample counts it."""
    times = rows[evidence.row] * columns[evidence.column]
    return tuple(np.repeat(values, times) for values in (evidence.truth, evidence.prediction, evidence.fold))
