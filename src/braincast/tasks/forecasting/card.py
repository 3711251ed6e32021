"""The declaration of a forecast task: which frames of which recordings are learned from, asked about and scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pydantic import Field, model_serializer, model_validator

from braincast.files import sha256_of_json
from braincast.tasks.card import Declaration, MetricUse
from braincast.tasks.imputation.imputation import Imputation
from braincast.tasks.rollouts.rollout import Rollout

Split = Literal["train", "validation", "test", "held-out"]
# The name of a file too.
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]*$"
_OF_MEMBERS = frozenset({"crps", "coverage", "spread_skill"})  # metrics that look at a distribution
_USUAL = (
    ("scaled", True),
    ("average", "windows"),
    ("positions", False),
    ("structure", None),
    ("rollout", None),
    ("imputation", None),
    ("rhythm", None),
)
# What models are told beside activity changes neither questions nor scores.
_TOLD = {"positions", "structure"}
SPLITS: tuple[Split, ...] = ("train", "validation", "test", "held-out")


class RecordingUse(Declaration):
    """A recording of the dataset: whose it is, and how long it was when the task was made."""

    name: str
    specimen: str
    recording: str
    n_frames: int = Field(ge=1)


class Piece(Declaration):
    """Frames `start` to `stop` of a recording (by number) in one condition, all in one split.

    Contexts of its windows may reach back to frame `reach`, targets may not leave the piece.
    """

    recording: int = Field(ge=0)
    condition: str
    split: Split
    start: int = Field(ge=0)
    stop: int
    reach: int = Field(ge=0)

    def starts(self, context: int, horizon: int, stride: int) -> range:
        """First target frames of all windows of the piece."""
        return range(max(self.start, self.reach + context), self.stop - horizon + 1, stride)


class StructureUse(Declaration):
    """Where the wiring beside all recordings comes from, where their own dataset has none, and whose it is."""

    dataset: str
    dataset_hash: str
    specimen: str
    wiring: Literal["same animal", "another animal", "atlas"]


class Rhythm(Declaration):
    """What a task about a rhythm declares: the neuron whose bursts begin each cycle."""

    pacemaker: str


class Fold(Declaration):
    """One fit: the recordings (by number) whose training frames it learns from, and those that it answers for."""

    learns_from: tuple[int, ...]
    answers: tuple[int, ...]


class WindowCase(Declaration):
    """One question: what happens in `horizon` frames from `start`? `distribution` is "out" for what no fit saw.

    In an imputation task it is about the neurons of the group `hidden`, given what the others do in these frames.
    """

    id: str
    recording: int
    condition: str
    start: int
    fold: int
    distribution: Literal["in", "out"]
    hidden: int | None = None


class Window(NamedTuple):
    """A window of any split: the frames from `start` on are to be forecast, those before it are the context."""

    recording: str
    condition: str
    split: Split
    start: int


class ForecastCard(Declaration):
    """A forecast task, declared. Two tasks with equal `hash` ask the same questions and are scored the same way.

    `context`, `horizon`, `stride` and `block` count frames; `dt_s` is None where the task counts frames only, and
    `jitter` is the largest deviation from it as a share. Activity is in standard deviations of each recording's
    training frames or, where it is not `scaled`, as it was recorded. Single figures `average` over all windows, or over
    those of each condition and then over conditions. `noise_floor` is the mean absolute error at each lead that nothing
    can beat, where it is known. `positions` says whether the data tell where neurons lie, `structure` where their
    wiring comes from if not from the dataset itself; these change neither questions nor scores, and so are not in the
    hash. A task of the kind `rollout` asks for a long horizon, of which models learn the first step alone; one of the
    kind `imputation` has no context, and its leads are the frames of a window. Where there is a `rhythm`, forecasts can
    be scored by how well they keep time.
    """

    name: str = Field(pattern=NAME_PATTERN)
    version: str
    kind: Literal["forecast", "rollout", "imputation"] = "forecast"
    answer: Literal["activity"] = "activity"
    title: str
    question: str
    dataset: str
    dataset_hash: str
    wiring: Literal["same animal", "another animal", "atlas", "none"]
    n_animals: str
    quantity: str
    unit: str
    lower: None = None
    upper: None = None
    context: int = Field(ge=0)
    horizon: int = Field(ge=1)
    stride: int = Field(ge=1)
    dt_s: float | None
    jitter: float | None
    inputs: Literal["none", "stimulus"]
    neurons: tuple[str, ...]
    regions: tuple[str, ...] = ()
    recordings: tuple[RecordingUse, ...]
    pieces: tuple[Piece, ...]
    folds: tuple[Fold, ...]
    fold_rule: str
    metrics: tuple[MetricUse, ...]
    primary: str
    resampling: str
    n_resamples: int
    block: int = Field(ge=1)
    equivalence_margin: float
    baselines: tuple[str, ...]
    baseline: str
    simple: tuple[str, ...]
    nulls: tuple[str, ...] = ()
    decisive_nulls: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    lineup: tuple[str, ...] = Field(max_length=10)
    ceiling: str
    noise_floor: tuple[float, ...] = ()
    scaled: bool = True
    average: Literal["windows", "conditions"] = "windows"
    positions: bool = False
    structure: StructureUse | None = None
    rollout: Rollout | None = None
    imputation: Imputation | None = None
    rhythm: Rhythm | None = None

    @model_validator(mode="after")
    def _has_something_to_go_by(self) -> ForecastCard:
        if self.imputation is None and self.context < 1:
            raise ValueError("a forecast needs a context of one frame at the least")
        if self.imputation is not None and len(self.imputation.groups) != len(self.neurons):
            raise ValueError("every neuron is in one group")
        if self.rhythm is not None and self.rhythm.pacemaker not in self.neurons:
            raise ValueError("the pacemaker is one of the neurons")
        return self

    @model_serializer(mode="wrap")
    def _without_usual(self, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Leave out what came later and is as it always was, so that older tasks keep their hash."""
        return {name: value for name, value in handler(self).items() if (name, value) not in _USUAL}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> ForecastCard:
        """A copy with some fields changed, which works out anew what follows from them."""
        copied = super().model_copy(update=update, deep=deep)
        held: dict[str, Any] = vars(copied)
        for name in [name for name in held if name not in type(self).model_fields]:
            held.pop(name)
        return copied

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the whole declaration, but for `positions` and `structure`."""
        return sha256_of_json(self.model_dump(mode="json", exclude=_TOLD))

    @property
    def whose_wiring(self) -> str:
        """Of which animal the wiring is that models may look at; "none" where there is no wiring."""
        return self.wiring if self.structure is None else self.structure.wiring

    @property
    def metric_keys(self) -> tuple[str, ...]:
        """Keys of the task's metrics, in order."""
        return tuple(use.key for use in self.metrics)

    @property
    def asks_members(self) -> bool:
        """Whether a metric looks at members; otherwise a forecast had better be a single number."""
        return not _OF_MEMBERS.isdisjoint(self.metric_keys)

    @property
    def n_folds(self) -> int:
        return len(self.folds)

    @property
    def learned_horizon(self) -> int:
        """How many frames models learn to forecast at a time: the horizon, or the step of a rollout."""
        return self.horizon if self.rollout is None else self.rollout.step

    @property
    def hidden_groups(self) -> tuple[int | None, ...]:
        """The groups of neurons that are hidden in each window, in turn; None where nothing is hidden."""
        return (None,) if self.imputation is None else tuple(range(self.imputation.n_groups))

    @property
    def leads(self) -> tuple[str, ...]:
        """Labels of the leads: frames after the context, from 1."""
        return tuple(str(lead) for lead in range(1, self.horizon + 1))

    @property
    def lead_s(self) -> tuple[float, ...]:
        """Seconds after the last frame of the context; empty where the task counts frames only."""
        return () if self.dt_s is None else tuple(lead * self.dt_s for lead in range(1, self.horizon + 1))

    @cached_property
    def cases(self) -> tuple[WindowCase, ...]:
        """All test windows, by recording, then by time; those of held-out conditions and animals among them."""
        return tuple(sorted(self._cases(), key=lambda case: (case.recording, case.start)))

    def of_split(self, split: Split) -> tuple[Piece, ...]:
        """The pieces of one split, in the card's order."""
        return tuple(piece for piece in self.pieces if piece.split == split)

    def fold_of(self, recording: int) -> int:
        """The fold whose fit answers for a recording."""
        return next(number for number, fold in enumerate(self.folds) if recording in fold.answers)

    def starts(self, piece: Piece) -> range:
        """First target frames of all windows of a piece; those to learn from are as long as what is learned."""
        if self.rollout is not None and piece.split in ("train", "validation"):
            return piece.starts(self.context, self.rollout.step, self.rollout.step)
        return piece.starts(self.context, self.horizon, self.stride)

    def to_show(self) -> dict[str, Any]:
        """The declaration with what follows from it: hash, number of windows by split and condition, ids of cases."""
        counted = dict(self.n_windows)
        if "held-out" in counted:  # conditions that no model learns from are asked about in the test
            counted["test"] = {**counted.get("test", {}), **counted["held-out"]}
        derived = {"leads": list(self.leads), "windows": counted, "disjoint_windows": self.n_disjoint}
        derived["windows_hash"] = self.windows_hash
        cases = [case.id for case in self.cases]
        return {**self.model_dump(mode="json"), **derived, "cases": cases, "hash": self.hash}

    @property
    def n_windows(self) -> dict[Split, dict[str, int]]:
        """How many windows begin in each split, by condition."""
        counted: dict[Split, Counter[str]] = {}
        for piece in self.pieces:
            counted.setdefault(piece.split, Counter())[piece.condition] += len(self.starts(piece))
        return {split: dict(counted[split]) for split in SPLITS if split in counted}

    @property
    def n_disjoint(self) -> dict[Split, int]:
        """How many windows of each split have no target in common, at the most: overlapping ones are no samples."""
        apart = -(-self.horizon // self.stride)
        counted: Counter[Split] = Counter()
        for piece in self.pieces:
            counted[piece.split] += -(-len(self.starts(piece)) // apart)
        return {split: counted[split] for split in SPLITS if split in counted}

    @property
    def windows(self) -> Iterator[Window]:
        """Every window of every split, in the order of the pieces; those that train begin at each frame.

        Training windows lie inside their piece with their context; others may have it before.
        """
        for piece in self.pieces:
            trains = piece.split == "train"
            inside = piece.model_copy(update={"reach": max(piece.reach, piece.start)}) if trains else piece
            for start in inside.starts(self.context, self.horizon, 1 if trains else self.stride):
                yield Window(self.recordings[piece.recording].name, piece.condition, piece.split, start)

    @property
    def windows_hash(self) -> str:
        """SHA-256 of all windows as JSON rows [recording, condition, split, first target frame]."""
        return sha256_of_json([list(window) for window in self.windows])

    def _cases(self) -> Iterator[WindowCase]:
        for piece in self.pieces:
            if piece.split not in ("test", "held-out"):
                continue
            fold = self.fold_of(piece.recording)
            seen = piece.split == "test" and piece.recording in self.folds[fold].learns_from
            yield from self.cases_of(piece, fold, "in" if seen else "out")

    def cases_of(self, piece: Piece, fold: int, distribution: Literal["in", "out"]) -> Iterator[WindowCase]:
        """The windows of a piece as questions, each once for every group that is hidden in it."""
        name = self.recordings[piece.recording].name
        place = {"recording": piece.recording, "condition": piece.condition, "fold": fold, "distribution": distribution}
        for start in self.starts(piece):
            for group in self.hidden_groups:
                case = f"{name}@{start}" if group is None else f"{name}@{start}:{group}"
                yield WindowCase(id=case, start=start, hidden=group, **place)
