"""Points in convex hulls, against scipy."""

import numpy as np
import pytest
from scipy.spatial import Delaunay

from braincast.dynamics.lattice.hull import convex_hull, points_in_hull


def clouds(n):
    """Random offsets that span an area."""
    generator = np.random.default_rng(12)
    drawn = (generator.integers(-4, 5, size=(generator.integers(3, 12), 2)) for _ in range(2 * n))
    return [points for points in drawn if np.linalg.matrix_rank(points - points[0]) == 2][:n]


@pytest.mark.parametrize("points", clouds(40))
def test_a_closed_hull_holds_the_points_that_scipy_finds_in_it(points):
    grid = np.stack(np.mgrid[-5:6, -5:6], axis=-1).reshape(-1, 2)
    inside = grid[Delaunay(points).find_simplex(grid, tol=1e-9) >= 0]
    assert points_in_hull(points, "closed") == [(int(u), int(v)) for u, v in inside]


@pytest.mark.parametrize("points", clouds(12))
def test_a_half_open_hull_leaves_out_the_row_of_the_smallest_v_alone(points):
    closed = points_in_hull(points, "closed")
    assert points_in_hull(points) == [(u, v) for u, v in closed if v > points[:, 1].min()]


@pytest.mark.parametrize(
    ("corners", "inside"),
    [
        ([[0, 0], [3, 0], [0, 3]], [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (2, 1)]),
        ([[0, 0], [1, -1], [2, 0], [1, 1]], [(0, 0), (1, 0), (1, 1), (2, 0)]),
    ],
)
def test_a_half_open_hull_holds_what_the_published_networks_test_of_polygons_finds(corners, inside):
    # Path.contains_points of matplotlib 3.11 on the corners in scipy's order, as flyvis 1.2.0 asks it.
    assert points_in_hull(np.array(corners)) == inside


def test_points_in_a_row_have_the_whole_row_for_a_closed_hull():
    row = np.array([[0, 0], [2, 2], [4, 4]])
    assert convex_hull([(0, 0), (2, 2), (4, 4)]) == [(0, 0), (4, 4)]
    assert points_in_hull(row, "closed") == [(n, n) for n in range(5)]
