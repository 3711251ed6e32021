"""What the response of the reverse pair adds to connectome-regression: `python benchmarks/reverse_response.py`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

import braincast as bc
from braincast.brain.specimen_nulls import with_wiring
from braincast.tasks.truth import open_truth

N_DRAWS = 6


def main() -> None:
    """Pooled AUROC with and without the feature, for the true wiring and the mean of a few permuted ones."""
    task = bc.load_task("worm-perturbation")
    truth = open_truth(task).targets["responds"][:, 0]
    seen = np.isfinite(truth)

    def auroc(reverse: bool, wiring: str, draw: int = 0) -> float:
        structure = with_wiring(task.structure, wiring, draw)
        fitted = bc.fit("connectome-regression", task, settings={"reverse": reverse}, structure=structure)
        return float(roc_auc_score(truth[seen], fitted.forecast(task.cases("test")).values[:, 0][seen]))

    with threadpool_limits(1):
        figures = {
            f"reverse {'yes' if reverse else 'no'}": {
                "true wiring": round(auroc(reverse, "true"), 4),
                "identity-permuted": round(
                    float(np.mean([auroc(reverse, "identity-permuted", draw) for draw in range(N_DRAWS)])), 4
                ),
                "no edges": round(auroc(reverse, "no-edges"), 4),
            }
            for reverse in (False, True)
        }
    text = json.dumps(figures, indent=1) + "\n"
    (Path(__file__).parent / "results" / "reverse_response.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
