"""The hexagonal lattice and its symmetries, by distances and angles alone."""

import numpy as np
import pytest
from eye_symmetries import mirrored_left_right, mirrored_up_down, order_of, rotated

from braincast.dynamics.lattice.hexagon import columns, n_columns, positions

PLACES = columns(4)
X, Y = positions(PLACES).T


@pytest.mark.parametrize("extent", [0, 1, 5, 15])
def test_an_eye_has_as_many_columns_as_a_centred_hexagonal_number(extent):
    assert len(columns(extent)) == n_columns(extent) == 1 + 6 * sum(range(extent + 1))


def test_every_column_inside_has_six_neighbours_at_one_spacing():
    apart = np.hypot(*(positions(PLACES)[:, None] - positions(PLACES)[None]).transpose(2, 0, 1))
    n_neighbours = (np.abs(apart - 1) < 1e-12).sum(axis=1)
    inside = np.hypot(X, Y) < 3
    assert (n_neighbours[inside] == 6).all() and n_neighbours.min() == 3
    assert apart[apart > 0].min() == pytest.approx(1)


def turned(degrees):
    angle = np.radians(degrees)
    return np.cos(angle) * X - np.sin(angle) * Y, np.sin(angle) * X + np.cos(angle) * Y


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (mirrored_left_right(PLACES), (-X, Y)),
        (mirrored_up_down(PLACES), (X, -Y)),
        (rotated(PLACES, 1), turned(60)),
        (rotated(PLACES, 2), turned(120)),
        (rotated(PLACES, -1), turned(-60)),
    ],
    ids=["left-right", "up-down", "60", "120", "-60"],
)
def test_mirrors_and_rotations_move_columns_as_they_move_points(moved, expected):
    assert positions(moved) == pytest.approx(np.stack(expected, axis=1))
    assert sorted(order_of(PLACES, moved)) == list(range(len(PLACES)))
