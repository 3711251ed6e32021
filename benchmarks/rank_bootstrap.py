"""The resampled AUROC against a loop over scikit-learn: `python benchmarks/rank_bootstrap.py`."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from braincast.scoring.bootstrap import draw_resamples
from braincast.scoring.evidence import Units, gather
from braincast.scoring.ranking import auroc

N_CASES, N_NEURONS, N_ROWS, N_COLUMNS, N_RESAMPLES = 173, 300, 87, 115, 200


def main() -> None:
    """Time both in one run, on pairs like those of worm-perturbation, and compare their values."""
    rng = np.random.default_rng(0)
    units = Units(
        row=np.arange(N_CASES) % N_ROWS,
        fold=np.arange(N_CASES) % 5,
        column=np.arange(N_NEURONS) % N_COLUMNS,
        row_names=tuple(map(str, range(N_ROWS))),
        column_names=tuple(map(str, range(N_COLUMNS))),
    )
    truth = (rng.random((N_CASES, N_NEURONS)) < 0.05).astype(float)
    truth[rng.random(truth.shape) < 0.54] = np.nan
    prediction = rng.random(truth.shape) + 0.3 * np.nan_to_num(truth)
    evidence = gather(prediction, truth, np.ones(truth.shape, dtype=bool), units)
    resamples = draw_resamples("0" * 64, N_ROWS, N_COLUMNS, N_RESAMPLES)
    auroc(evidence, resamples.rows, resamples.columns)  # compile
    began = time.perf_counter()
    ours = auroc(evidence, resamples.rows, resamples.columns)
    ours_s = time.perf_counter() - began
    began = time.perf_counter()
    counts = zip(resamples.rows, resamples.columns, strict=True)
    weights = (rows[evidence.row] * columns[evidence.column] for rows, columns in counts)
    theirs = [roc_auc_score(evidence.truth, evidence.prediction, sample_weight=weight) for weight in weights]
    theirs_s = time.perf_counter() - began
    figures = {
        "machine": {"system": platform.system(), "python": platform.python_version(), "cores": os.cpu_count()},
        "pairs": len(evidence),
        "resamples": N_RESAMPLES + 1,
        "braincast_s": round(ours_s, 4),
        "scikit_learn_s": round(theirs_s, 4),
        "ratio": round(theirs_s / ours_s, 1),
        "largest_difference": float(np.abs(ours - np.array(theirs)).max()),
    }
    text = json.dumps(figures, indent=1) + "\n"
    (Path(__file__).parent / "results" / "rank_bootstrap.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
