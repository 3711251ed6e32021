"""Making the declaration of a forecast task from a dataset with recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from braincast.brain.stretches import LARGEST_GAP_SHARE, LARGEST_JITTER, Stretch, stretches, timing
from braincast.errors import BraincastError, unknown_name
from braincast.tasks.card import MetricUse
from braincast.tasks.forecasting.anatomy import anatomy_of, has_places
from braincast.tasks.forecasting.card import Fold, ForecastCard, Piece, RecordingUse, StructureUse
from braincast.tasks.forecasting.splits import blocked_pieces
from braincast.tasks.forecasting.standardised import Scale, standardised

if TYPE_CHECKING:
    from braincast.brain.recording import Recording
    from braincast.datasets.dataset import Dataset

METRICS = ("mae", "mse", "r2", "correlation", "crps", "coverage", "spread_skill", "active_fraction_error")
LINEUP = (
    "ar",
    "ar-direct",
    "var",
    "var-direct",
    "reduced-rank-var",
    "pooled-linear",
    "dlinear",
    "dmd",
    "lds",
    "factor-embedding",
)
# Of more neurons than this, models that weigh all of them against each other take too long to run by default.
MANY_NEURONS = 1000
LINEUP_OF_MANY = ("ar", "ar-direct", "pooled-linear", "nlinear", "dlinear", "factor-embedding")
SIMPLE = ("mean", "persistence", "drift", "seasonal-average", "ar")
N_RESAMPLES = 1000
# Contexts to choose from where none is asked for: the longest of which five windows fit into the training frames.
_CONTEXTS = (48, 16, 4)
DEFAULT_HORIZON = 8
_FEWEST_BLOCKS = 4

FIXED: Mapping[str, Any] = {
    "version": "1",
    "quantity": "activity",
    "unit": "standard deviations of the recording's training frames",
    "metrics": tuple(MetricUse(key=key, target="activity") for key in METRICS),
    "primary": "mae",
    "resampling": "moving blocks of consecutive windows within each condition; animals first where there are several",
    "n_resamples": N_RESAMPLES,
    "equivalence_margin": 0.01,
    "baselines": ("mean", "persistence"),
    "baseline": "persistence",
    "ceiling": "none can be computed: nothing was repeated, so that noise cannot be told from what is predictable",
}
WITHIN = (
    "one fit; of each condition the first 70 % of the frames train, the next 10 % choose, the last 20 % test; contexts "
    "may reach back to earlier frames, targets may not"
)


@dataclass(frozen=True)
class Design:
    """What one may choose about a forecast task; None is chosen from the recordings' length.

    Of specimens with several recordings, those named `recording` alone are asked about where it is given.
    """

    context: int | None = None
    horizon: int | None = None
    stride: int = 1
    gap: int = 0
    in_frames: bool = False
    held_out: tuple[str, ...] = ()
    held_out_animals: bool = False
    recording: str | None = None


def atlas_of_worms() -> StructureUse:
    """The wiring and expression of the wild type, beside recordings of animals whose own wiring nobody knows."""
    from braincast.datasets.registry import dataset_card

    return StructureUse(
        dataset="worm-atlas", dataset_hash=dataset_card("worm-atlas").hash, specimen="wt", wiring="atlas"
    )


def build(dataset: Dataset, name: str, design: Design | None = None, **changes: Any) -> ForecastCard:
    """A task on all recordings of `dataset` that have neurons in common; `changes` are fields of the card.

    E307 without recordings, E120 for uneven time, E121 where recordings do not go together, E122 where windows do not
    fit, E110 for a neuron without spread in the training frames.
    """
    design = design or Design()
    uses, recordings = _recordings(dataset, design.recording)
    cut = [stretches(recording, in_frames=design.in_frames) for recording in recordings]
    _check_held_out(design, cut)
    horizon = design.horizon or DEFAULT_HORIZON
    gap = design.gap
    pieces = [
        piece
        for number, found in enumerate(cut)
        for piece in blocked_pieces(number, found, gap=gap, held_out=design.held_out)
    ]
    context = design.context or _context(pieces, horizon)
    neurons = _shared_neurons(uses, recordings)
    dt_s, jitter = _time(uses, recordings, design.in_frames)
    card = ForecastCard(
        **{
            **FIXED,
            "name": name,
            "title": f"Forecasts of {dataset.name}",
            "question": f"Given {context} frames of all neurons, what do they do in the next {horizon}?",
            "dataset": dataset.name,
            "dataset_hash": dataset.card.hash,
            "wiring": _wiring(dataset, uses),
            "n_animals": dataset.card.n_animals,
            "context": context,
            "horizon": horizon,
            "stride": design.stride,
            "dt_s": dt_s,
            "jitter": jitter,
            **_asked_of(len(neurons), is_told=all(recording.stimulus is not None for recording in recordings)),
            "neurons": neurons,
            "regions": _regions(recordings[0], neurons),
            "positions": has_places(anatomy_of(dataset.specimens[uses[0].specimen], recordings[0], neurons)),
            "recordings": uses,
            "pieces": pieces,
            "block": _block(pieces, horizon, design.stride),
            **_folds(uses, design.held_out_animals),
            **changes,
        }
    )
    _check_windows(card)
    scales = [found.scale for found in standardised(card, recordings)]  # refuses neurons without spread
    return card.model_copy(update=_known_floor(dataset, card, scales))


def _asked_of(n_neurons: int, *, is_told: bool) -> dict[str, Any]:
    """What models are told, who runs by default, and who is simple; a task that tells the stimulus has its average."""
    chosen = LINEUP if n_neurons <= MANY_NEURONS else LINEUP_OF_MANY
    if not is_told:
        return {"inputs": "none", "lineup": chosen, "simple": SIMPLE}
    average = "stimulus-average"
    lineup = (average, *(name for name in chosen if name != "dlinear"))
    return {"inputs": "stimulus", "lineup": lineup, "simple": (*SIMPLE, average)}


def _recordings(dataset: Dataset, wanted: str | None) -> tuple[tuple[RecordingUse, ...], list[Recording]]:
    uses, recordings = [], []
    for specimen_name, specimen in dataset.specimens.items():
        chosen = {key: one for key, one in specimen.recordings.items() if wanted in (None, key)}
        for recording_name, recording in chosen.items():
            several = len(chosen) > 1
            name = f"{specimen_name}/{recording_name}" if several else specimen_name
            use = {"name": name, "specimen": specimen_name, "recording": recording_name}
            uses.append(RecordingUse(**use, n_frames=recording.n_frames))
            recordings.append(recording)
    if not uses:
        fix = "Choose a dataset with recordings, or add one: braincast data add PATH"
        raise BraincastError("E307", f"dataset {dataset.name}", "it has no recordings to forecast", fix)
    return tuple(uses), recordings


def _shared_neurons(uses: Sequence[RecordingUse], recordings: Sequence[Recording]) -> tuple[str, ...]:
    """Neurons of the first recording that all others have too."""
    shared = set(recordings[0].neurons).intersection(*(recording.neurons for recording in recordings[1:]))
    if not shared:
        fix = "Add each recording as a dataset of its own"
        what = f"no neuron of {uses[0].name} is in all other recordings"
        raise BraincastError("E121", "recordings", what, fix)
    return tuple(neuron for neuron in recordings[0].neurons if neuron in shared)


def _time(
    uses: Sequence[RecordingUse], recordings: Sequence[Recording], in_frames: bool
) -> tuple[float | None, float | None]:
    """Median step and largest jitter over all recordings; None where the task counts frames."""
    known = [recording.time_s is not None for recording in recordings]
    if in_frames or not any(known):
        return None, None
    if not all(known):
        what = "some recordings have times and others count frames"
        raise BraincastError("E121", "recordings", what, "Count frames in all: --frames")
    found = [_even(use, recording) for use, recording in zip(uses, recordings, strict=True)]
    dt_s = float(np.median([step for step, _ in found]))
    for use, (step, _) in zip(uses, found, strict=True):
        if abs(step - dt_s) > LARGEST_JITTER * dt_s:
            what = f"its step is {step:.4g} s, that of the others {dt_s:.4g} s"
            raise BraincastError("E121", f"recording {use.name}", what, "Make a task for each sampling rate")
    return round(dt_s, 9), round(max(jitter for _, jitter in found), 6)


def _even(use: RecordingUse, recording: Recording) -> tuple[float, float]:
    found = None if recording.time_s is None else timing(recording.time_s)
    if found is None:
        raise BraincastError("E122", f"recording {use.name}", "it has fewer than two frames", "Bring a longer one")
    fix = "Resample it, or count frames instead of seconds: --frames"
    if found.jitter > LARGEST_JITTER:
        what = f"steps differ by up to {found.jitter:.0%} from the median of {found.dt_s:.4g} s (at most 25 % may)"
        raise BraincastError("E120", f"recording {use.name}", what, fix)
    if len(found.gaps) > LARGEST_GAP_SHARE * (recording.n_frames - 1):
        what = f"{len(found.gaps)} of {recording.n_frames - 1} steps are gaps (more than 1.5 times the median step)"
        raise BraincastError("E120", f"recording {use.name}", what, fix)
    return found.dt_s, found.jitter


def _check_held_out(design: Design, cut: Sequence[Sequence[Stretch]]) -> None:
    conditions = {stretch.condition for found in cut for stretch in found}
    for condition in design.held_out:
        if condition not in conditions:
            raise unknown_name("E305", "condition", condition, conditions)


def _known_floor(dataset: Dataset, card: ForecastCard, scales: Sequence[Scale]) -> dict[str, Any]:
    """The noise floor of a made-up brain at each lead, in the task's unit; nothing where the dataset has no such table.

    The table has a row for each lead and a column for each neuron, in the recording's unit.
    """
    if "noise_floor" not in dataset.tables or len(scales) != 1:
        return {}
    floors = dataset.tables["noise_floor"][list(card.neurons)].to_numpy()[: card.horizon] / scales[0].deviation
    return {
        "noise_floor": tuple(float(floor) for floor in floors.mean(axis=1)),
        "ceiling": "the noise floor: the mean absolute error of a forecast that knows the law and the state",
    }


def _context(pieces: Sequence[Piece], horizon: int) -> int:
    longest = max((p.stop - p.start for p in pieces if p.split == "train"), default=0)
    return next((context for context in _CONTEXTS if 5 * (context + horizon) <= longest), _CONTEXTS[-1])


def _block(pieces: Sequence[Piece], horizon: int, stride: int) -> int:
    """Four horizons, or less where the shortest run of test frames would hold fewer than four blocks."""
    shortest = min((p.stop - p.start for p in pieces if p.split == "test"), default=horizon)
    return max(horizon, stride, min(4 * horizon, shortest // _FEWEST_BLOCKS))


def _check_windows(card: ForecastCard) -> None:
    counted = {
        split: sum(len(card.starts(piece)) for piece in card.of_split(split)) for split in ("validation", "test")
    }
    length = card.context + card.learned_horizon
    counted["train"] = sum(max(0, p.stop - p.start - length + 1) for p in card.of_split("train"))
    for split, n_windows in counted.items():
        if n_windows == 0:
            what = f"no {split} window of {card.context} + {card.horizon} frames fits between conditions and gaps"
            fix = "Ask for a shorter --context or --horizon, or bring a longer recording"
            raise BraincastError("E122", f"task {card.name}", what, fix)


def _folds(uses: Sequence[RecordingUse], held_out_animals: bool) -> dict[str, Any]:
    everyone = tuple(range(len(uses)))
    if not held_out_animals:
        return {"folds": (Fold(learns_from=everyone, answers=everyone),), "fold_rule": WITHIN}
    animals = list(dict.fromkeys(use.specimen for use in uses))
    if len(animals) < 2:
        fix = "Bring recordings of several animals"
        raise BraincastError("E121", "recordings", "there is only one animal, which cannot be held out", fix)
    folds = []
    for animal in animals:
        own = tuple(number for number in everyone if uses[number].specimen == animal)
        folds.append(Fold(learns_from=tuple(n for n in everyone if n not in own), answers=own))
    rule = (
        "one fit for each animal, which learns from all others; of the animal asked about, only mean and deviation of "
        "the first 70 % of its frames, which lie before every test frame, are used, as the unit"
    )
    return {"folds": tuple(folds), "fold_rule": rule}


def _wiring(dataset: Dataset, uses: Sequence[RecordingUse]) -> str:
    return dataset.specimens[uses[0].specimen].wiring or "none"


def _regions(recording: Recording, neurons: Sequence[str]) -> tuple[str, ...]:
    if recording.anatomy is None or "region" not in recording.anatomy:
        return ()
    region = dict(zip(recording.neurons, recording.anatomy["region"].astype(str), strict=True))
    return tuple(region[neuron] for neuron in neurons)
