"""ZAPBench's forecast tasks, made of the published constants alone (Lueckmann et al. 2025): no data are needed.

In each of eight conditions the first 70 % of the frames train, the next 10 % choose, the last 20 % test; the ninth,
taxis, is held out. Contexts may reach back to the condition's first frame, targets may not leave their part. Windows
begin at every frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from braincast.datasets.registry import dataset_card
from braincast.datasets.zebrafish.zapbench import FISH
from braincast.datasets.zebrafish.zapbench_layout import DT_S, N_FRAMES, N_NEURONS, Condition, conditions
from braincast.tasks.card import MetricUse
from braincast.tasks.forecasting.build import FIXED
from braincast.tasks.forecasting.card import Fold, ForecastCard, Piece, RecordingUse, Split

HORIZON = 32
# In the held-out condition every context has the same targets: none begins before the longest published context ends.
LONGEST_CONTEXT = 256
HELD_OUT = ("taxis",)
VALIDATION_SHARE, TEST_SHARE = 0.1, 0.2  # of a condition's frames, rounded down; the rest trains
METRICS = ("mae", "mse", "r2", "correlation")
BASELINES = ("mean", "persistence", "stimulus-average")
# Those whose cost grows with neurons, not with their pairs; others run when asked for (--models).
LINEUP = ("nlinear", "linear", "time-mix", "embedding")
_NAME = re.compile(r"zapbench-c(4|256)(?:-synthetic-([1-9]\d{0,7}))?")
_FOLD_RULE = (
    "one fit; of each condition but taxis the first frames train, the next int(10 %) choose, the last int(20 %) test; "
    "contexts may reach back to earlier frames of the condition, targets may not; taxis is never learned from"
)


def zapbench_name(name: str) -> tuple[int, int | None] | None:
    """Context and number of made-up neurons (None: the fish) of a task of that name; None for another name."""
    found = _NAME.fullmatch(name)
    return (int(found.group(1)), int(found.group(2)) if found.group(2) else None) if found else None


def zapbench_card(context: int, n_synthetic: int | None = None) -> ForecastCard:
    """The task with a context of so many frames; of so many made-up neurons in place of the fish's, where given."""
    made_up = "" if n_synthetic is None else f"-synthetic-{n_synthetic}"
    n_neurons = n_synthetic or N_NEURONS
    dataset = dataset_card(f"zapbench{made_up}")
    label = "SYNTHETIC, no fish: " if made_up else ""
    whose = "made-up neurons" if made_up else "neurons of a larval zebrafish"
    return ForecastCard(
        **{
            **FIXED,
            "name": f"zapbench-c{context}{made_up}",
            "title": f"{label}ZAPBench, {context} frames of context: what does a whole brain do in half a minute?",
            "question": f"Given {context} frames of {n_neurons:,} {whose}, and what is shown, what does each do in the "
            f"next {HORIZON} frames ({HORIZON * DT_S:.0f} s)?",
            "dataset": dataset.name,
            "dataset_hash": dataset.hash,
            "wiring": "none",
            "n_animals": dataset.n_animals,
            "unit": "ΔF/F",
            "scaled": False,
            "average": "conditions",
            "context": context,
            "horizon": HORIZON,
            "stride": 1,
            "dt_s": DT_S,
            "jitter": None,
            "inputs": "stimulus",
            "positions": True,
            "neurons": tuple(map(str, range(1, n_neurons + 1))),
            "recordings": (RecordingUse(name=FISH, specimen=FISH, recording=FISH, n_frames=N_FRAMES),),
            "pieces": tuple(_pieces()),
            "folds": (Fold(learns_from=(0,), answers=(0,)),),
            "fold_rule": _FOLD_RULE,
            "metrics": tuple(MetricUse(key=key, target="activity") for key in METRICS),
            "block": HORIZON,
            "baselines": BASELINES,
            "baseline": "mean",
            "simple": BASELINES,
            "lineup": LINEUP,
        }
    )


def _pieces() -> Iterator[Piece]:
    for condition in conditions():
        if condition.name in HELD_OUT:
            yield _piece(condition, "held-out", condition.start + LONGEST_CONTEXT, condition.stop)
            continue
        n_frames = condition.stop - condition.start
        n_validation, n_test = int(n_frames * VALIDATION_SHARE), int(n_frames * TEST_SHARE)
        tested = condition.stop - n_test
        chosen = tested - n_validation
        yield _piece(condition, "train", condition.start, chosen)
        yield _piece(condition, "validation", chosen, tested)
        yield _piece(condition, "test", tested, condition.stop)


def _piece(condition: Condition, split: Split, start: int, stop: int) -> Piece:
    return Piece(recording=0, condition=condition.name, split=split, start=start, stop=stop, reach=condition.start)
