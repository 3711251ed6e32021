"""What an answer to a task must be, as plain data: enough to check one without the task, its dataset or any model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from braincast.tasks.effects import AnyQuestion
    from braincast.tasks.kinds import AnyCard

FLOATS = ("float16", "float32", "float64")
LARGEST_ENSEMBLE = 256
LARGEST_CHUNK_BYTES = 64 << 20  # decoded
MOST_FILES = 20_000  # in one store


@dataclass(frozen=True)
class Expected:
    """One array on labelled axes, in this order; where `members` is set, an axis `member` may follow.

    `names` are the attributes by which an answer says what it answers, and in which unit. `lower` and `upper` bound
    its values.
    """

    array: str
    axes: Mapping[str, tuple[str, ...]]
    members: bool
    lower: float | None
    upper: float | None
    quantity: str
    names: Mapping[str, str]
    tracks: tuple[str, ...]
    nulls: tuple[str, ...]

    @property
    def asker(self) -> str:
        """What asks, in words: "task NAME" or "question NAME"."""
        kind, name = next(iter(self.names.items()))
        return f"{kind} {name}"

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes, without members."""
        return tuple(len(labels) for labels in self.axes.values())

    @property
    def largest_bytes(self) -> int:
        """Bytes of the largest answer, in float64."""
        return 8 * math.prod(self.shape) * (LARGEST_ENSEMBLE if self.members else 1)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as another process gets it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Expected:
        """The inverse of `to_dict`, also after JSON."""
        axes = {axis: tuple(labels) for axis, labels in found["axes"].items()}
        return cls(**{**found, "axes": axes, "tracks": tuple(found["tracks"]), "nulls": tuple(found["nulls"])})


def expected_of(card: AnyCard | AnyQuestion) -> Expected:
    """What a task, or a question about the circuit, expects."""
    from braincast.tasks.edges.question import EdgeQuestion  # not above: a process that only reads knows no tasks
    from braincast.tasks.effects import EffectQuestion

    return _of_question(card) if isinstance(card, EffectQuestion | EdgeQuestion) else _of_task(card)


def _of_task(card: AnyCard) -> Expected:
    """The wiring track is for tasks whose brains have a wiring that was mapped, with the nulls to run beside it."""
    from braincast.tasks.tracks import tracks_of

    tracks: list[str] = [*tracks_of(card)]
    if card.nulls:
        tracks.append("wiring-required")
    return Expected(
        array="activity",
        axes={
            "case": tuple(case.id for case in card.cases),
            "lead": tuple(card.leads),
            "neuron": tuple(card.neurons),
        },
        members=card.kind == "forecast",
        lower=card.lower,
        upper=card.upper,
        quantity=card.quantity,
        names={"task": card.name, "task_hash": card.hash, "units": card.unit},
        tracks=tuple(tracks),
        nulls=tuple(card.nulls),
    )


def _of_question(question: AnyQuestion) -> Expected:
    return Expected(
        array="effect",
        axes={"pre": question.neurons, "post": question.neurons},
        members=False,
        lower=None,
        upper=None,
        quantity="effect",
        names={"question": question.name, "question_hash": question.hash},
        tracks=("open",),
        nulls=(),
    )
