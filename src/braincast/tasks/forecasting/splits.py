"""Blocked splits: each condition is cut, in order, into training, validation and test frames, with gaps between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from braincast.brain.stretches import Stretch
from braincast.tasks.forecasting.card import Piece, Split

TRAIN_SHARE, VALIDATION_SHARE = 0.7, 0.1
ORDER: tuple[Split, ...] = ("train", "validation", "test")


def blocked_pieces(
    recording: int, stretches: Sequence[Stretch], *, gap: int = 0, held_out: Iterable[str] = ()
) -> list[Piece]:
    """The pieces of one recording: 70 % of each condition's frames train, 10 % validate, 20 % test, in order.

    `gap` frames after each cut belong to no split, so that no target lies close to a training frame. Conditions in
    `held_out` are for testing alone. A stretch that a cut divides gives pieces to both sides; contexts may reach back
    to its first frame.
    """
    held = set(held_out)
    pieces = []
    for condition in dict.fromkeys(stretch.condition for stretch in stretches):
        own = [stretch for stretch in stretches if stretch.condition == condition]
        if condition in held:
            pieces += [Piece(recording=recording, split="held-out", **_bounds(s, s.start, s.stop)) for s in own]
        else:
            pieces += _cut(recording, own, gap)
    return sorted(pieces, key=lambda piece: piece.start)


def _cut(recording: int, stretches: Sequence[Stretch], gap: int) -> Iterator[Piece]:
    n_frames = sum(stretch.stop - stretch.start for stretch in stretches)
    first_cut = round(TRAIN_SHARE * n_frames)
    second_cut = round((TRAIN_SHARE + VALIDATION_SHARE) * n_frames)
    ranges = ((0, first_cut), (first_cut + gap, second_cut), (second_cut + gap, n_frames))
    before = 0  # frames of the condition in earlier stretches
    for stretch in stretches:
        for split, (first, last) in zip(ORDER, ranges, strict=True):
            start, stop = (
                stretch.start + min(max(edge - before, 0), stretch.stop - stretch.start) for edge in (first, last)
            )
            if start < stop:
                yield Piece(recording=recording, split=split, **_bounds(stretch, start, stop))
        before += stretch.stop - stretch.start


def _bounds(stretch: Stretch, start: int, stop: int) -> dict:
    return {"condition": stretch.condition, "start": start, "stop": stop, "reach": stretch.start}
