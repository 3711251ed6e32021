"""Which points of a lattice lie inside the convex hull of some of them, in whole numbers."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Int

Point = tuple[int, int]
Boundary = Literal["closed", "half-open"]


def points_in_hull(points: Int[np.ndarray, "point 2"], boundary: Boundary = "half-open") -> list[Point]:
    """All lattice points inside the convex hull of `points`, by u and then by v.

    With the boundary "closed" those on its edges and corners are inside; "half-open", those too, but for the row of the
    smallest v. So counts the common test of points in polygons with the published networks' hulls.
    """
    corners = convex_hull([(int(u), int(v)) for u, v in points])
    (low_u, low_v), (high_u, high_v) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    first_v = low_v if boundary == "closed" else low_v + 1
    grid = [(u, v) for u in range(low_u, high_u + 1) for v in range(first_v, high_v + 1)]
    return [point for point in grid if _is_inside(point, corners)]


def convex_hull(points: list[Point]) -> list[Point]:
    """The corners of the convex hull, counter-clockwise (Andrew 1979, monotone chain)."""
    ordered = sorted(set(points))
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    return lower[:-1] + upper[:-1]


def _chain(ordered: list[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) >= 2 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Point, b: Point, c: Point) -> int:
    """Twice the area of a triangle: positive when it is run through counter-clockwise."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _is_inside(point: Point, corners: list[Point]) -> bool:
    return all(_turn(corners[i - 1], corners[i], point) >= 0 for i in range(len(corners)))
