"""How often a board tells equally good entries apart, and how often better ones: see docs/concepts/board-statistics.md.

`python benchmarks/board_statistics.py --write`: recordings of a made-up brain are made again and again; of each, pairs
of entries of the same configuration with three seeds each are scored as a board scores them, against public truth and
against hidden. `--table` only writes the table of the page again, from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded
from scipy.signal import lfilter
from scipy.stats import binomtest
from threadpoolctl import threadpool_limits

from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.datasets.dataset import Dataset
from braincast.datasets.registry import dataset_card
from braincast.datasets.synthetic.conditions import equal_conditions
from braincast.files import read_json, write_json
from braincast.scoring.forecasting.assessor import WindowAssessor
from braincast.scoring.forecasting.hidden import hidden_truth
from braincast.scoring.metrics import load_metric
from braincast.scoring.scores import Contender
from braincast.scoring.standing import LEVEL, standing
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth

RESULT = Path(__file__).parent / "results" / "board_statistics.json"
PAGE = Path(__file__).parent.parent / "docs" / "concepts" / "board-statistics.md"
N_NEURONS, N_FRAMES, N_CONDITIONS = 16, 4800, 4
CONTEXT, HORIZON, STRIDE = 8, 4, 4
N_SEEDS, N_RECORDINGS, N_PAIRS = 3, 20, 10
MARGINS = (0.01, 0.02, 0.05, 0.1)
KEY = "mae"

Answers = Callable[[ForecastTask, np.random.Generator], list[np.ndarray]]


def main(arguments: Sequence[str]) -> None:
    """Count; `--write` keeps the figures and the table of the page."""
    if "--table" in arguments:
        put_between_markers(PAGE, table(read_json(RESULT)))
        return
    with threadpool_limits(1):
        figures = rounded({name: rates(name, N_RECORDINGS, N_PAIRS) for name in ENTRIES})
    print(json.dumps(figures, indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
        put_between_markers(PAGE, table(figures))


def rates(name: str, n_recordings: int, n_pairs: int) -> dict[str, Any]:
    """Of pairs of entries: how much seeds and cases vary, how often they are told apart, how often a better one is."""
    pairs = [pair for seed in range(n_recordings) for pair in _pairs(ENTRIES[name][1], seed, n_pairs)]
    return {
        "n_pairs": len(pairs),
        "seeds": float(np.mean([pair["seeds"] for pair in pairs])),
        "cases": float(np.mean([pair["cases"] for pair in pairs])),
        **{truth: _counted([pair[truth] for pair in pairs]) for truth in ("public", "hidden")},
    }


def table(figures: Mapping[str, Any]) -> str:
    """A row for each kind of entries: told apart though equally good, and power by margin; public, then hidden."""
    margins = " | ".join(f"{margin:.0%} better" for margin in MARGINS)
    columns = "---|" * (5 + len(MARGINS))
    lines = [f"| entries | seeds | cases | truth | told apart | {margins} |", f"|{columns}"]
    for name, found in figures.items():
        for truth in ("public", "hidden"):
            own = found[truth]
            apart = f"{own['apart']:.1%} ({own['ci'][0]:.1%} to {own['ci'][1]:.1%})"
            power = " | ".join(f"{own['power'][str(margin)]:.0%}" for margin in MARGINS)
            spread = f"{found['seeds']:.1%} | {found['cases']:.1%}"
            lines.append(f"| {ENTRIES[name][0]} | {spread} | {truth} | {apart} | {power} |")
    n = next(iter(figures.values()))["n_pairs"]
    return "\n".join([*lines, "", f"{n} pairs of entries in each row, of {N_SEEDS} seeds each."])


def _counted(pairs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    apart = sum(pair["apart"] for pair in pairs)
    ends = binomtest(apart, len(pairs)).proportion_ci(0.95)
    power = {str(margin): float(np.mean([pair["power"][margin] for pair in pairs])) for margin in MARGINS}
    return {"apart": apart / len(pairs), "ci": [ends.low, ends.high], "power": power}


def _pairs(answers: Answers, seed: int, n_pairs: int) -> Iterator[dict[str, Any]]:
    """Pairs of entries to a task on a recording of its own."""
    task, rng = _task(seed), np.random.default_rng([seed, 7])
    public, hidden = WindowAssessor(task), _hidden(task)
    for _ in range(n_pairs):
        entries = [answers(task, rng) for _ in range(2)]
        samples = [_samples(public, entry, slice(None)) for entry in entries]
        kept = [_samples(hidden, entry, hidden.order) for entry in entries]
        value = samples[0][:, 0].mean()
        yield {
            "seeds": samples[0][:, 0].std(ddof=1) / value,
            "cases": (samples[0] - samples[1]).mean(axis=0)[1:].std() / value,
            "public": _told(task, samples),
            "hidden": _told(task, kept),
        }


def _told(task: ForecastTask, samples: Sequence[np.ndarray]) -> dict[str, Any]:
    """Whether two entries are told apart, and whether the second is called better once all its errors are smaller."""

    def better(margin: float) -> bool:
        entries = {1: {KEY: samples[0]}, 2: {KEY: samples[1] * (1 - margin)}}
        (pair,) = standing(task.card, entries, entries).pairs
        return pair.p is not None and pair.p < LEVEL and (margin == 0 or pair.a == 2)

    return {"apart": better(0), "power": {margin: better(margin) for margin in MARGINS}}


def _samples(assessor: WindowAssessor, seeds: Sequence[np.ndarray], order: Any) -> np.ndarray:
    """The metric of each seed on the sample and every resample."""
    sums = assessor.sums(Contender(tuple(np.ascontiguousarray(seed[order]) for seed in seeds)), "made")
    return assessor.measure([load_metric(KEY)], sums, assessor.headline)[0].each


class _HiddenAssessor(WindowAssessor):
    """An assessor whose truth is the task's own, as if it were hidden."""

    def __init__(self, task: ForecastTask) -> None:
        truth = open_window_truth(task)
        own = hidden_truth(task.card, truth.read(slice(None), slice(None)), truth.activity_level)
        super().__init__(task, truth=own)
        self.order = own.order


def _hidden(task: ForecastTask) -> _HiddenAssessor:
    return _HiddenAssessor(task)


def _task(seed: int) -> ForecastTask:
    """A forecast task on a made-up brain whose neurons drive each other, with four conditions."""
    rng = np.random.default_rng(seed)
    turned = np.linalg.qr(rng.normal(size=(N_NEURONS, N_NEURONS)))[0]
    activity, noise = np.zeros((N_FRAMES, N_NEURONS)), rng.normal(size=(N_FRAMES, N_NEURONS))
    for frame in range(1, N_FRAMES):
        activity[frame] = np.tanh(0.9 * activity[frame - 1] @ turned) + 0.5 * noise[frame]
    neurons = tuple(f"n{number}" for number in range(N_NEURONS))
    conditions = equal_conditions(N_FRAMES, N_CONDITIONS)
    recording = Recording(activity.astype(np.float32), neurons, None, "arbitrary units", conditions=conditions)
    dataset = Dataset(
        dataset_card("synthetic-linear"), {"made": Specimen("made", "synthetic", recordings={"made": recording})}
    )
    card = build(
        dataset, "surrogate", Design(CONTEXT, HORIZON, STRIDE), title=f"Surrogate {seed}"
    )  # the title makes resamples of its own
    return ForecastTask(card, lambda: dataset.specimens)


def _features(width: int) -> Answers:
    """Entries of a regression on random features of the context, of which each seed draws its own."""

    def answers(task: ForecastTask, rng: np.random.Generator) -> list[np.ndarray]:
        asked, learned = task.cases("test").contexts(), _training_windows(task)
        return [_fitted(*learned, asked, width, rng) for _ in range(N_SEEDS)]

    return answers


def _fitted(
    contexts: np.ndarray, targets: np.ndarray, asked: np.ndarray, width: int, rng: np.random.Generator
) -> np.ndarray:
    known = contexts.reshape(len(contexts), -1)
    weights = rng.normal(size=(known.shape[1], width)) / np.sqrt(known.shape[1])
    features, wanted = np.tanh(known @ weights), targets.reshape(len(targets), -1)
    gram = features.T @ features + np.eye(width)
    fitted = np.linalg.solve(gram, features.T @ wanted)
    return (np.tanh(asked.reshape(len(asked), -1) @ weights) @ fitted).reshape(len(asked), *targets.shape[1:])


def _training_windows(task: ForecastTask) -> tuple[np.ndarray, np.ndarray]:
    pieces = [np.asarray(piece.activity) for piece in task.training(0).series]
    windows = [np.lib.stride_tricks.sliding_window_view(p, CONTEXT + HORIZON, axis=0)[::2] for p in pieces]
    every = np.concatenate(windows).transpose(0, 2, 1)
    return every[:, :CONTEXT], every[:, CONTEXT:]


def _noisy(luck: float, gain: float, own_errors: float = 0.0) -> Answers:
    """Entries that say a share of what happens, with errors that windows, seeds, or all seeds of the entry have."""

    def answers(task: ForecastTask, rng: np.random.Generator) -> list[np.ndarray]:
        truth = open_window_truth(task).read(slice(None), slice(None))
        start = np.array([case.start for case in task.card.cases])
        field = own_errors * np.asarray(lfilter([0.6], [1, -0.8], rng.normal(size=(N_FRAMES, N_NEURONS)), axis=0))
        model = field[start[:, None] + np.arange(HORIZON)]
        shares = 0.5 + gain * rng.normal(size=N_SEEDS)
        return [share * truth + model + luck * rng.normal(size=truth.shape) for share in shares]

    return answers


ENTRIES: dict[str, tuple[str, Answers]] = {
    "wide": ("regression on 256 random features", _features(256)),
    "narrow": ("regression on 32 random features", _features(32)),
    "luck": ("seeds err at random, window by window", _noisy(0.5, 0.0)),
    "gain": ("seeds get another share of the activity right", _noisy(0.1, 0.02)),
    "models": ("two models, as good, that err elsewhere", _noisy(0.2, 0.02, 0.5)),
}

if __name__ == "__main__":
    main(sys.argv[1:])
