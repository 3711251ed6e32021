"""A movie that no eye can see is refused with the reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from braincast.dynamics.scenes.movie import Movie, checked
from braincast.errors import BraincastError

GREY_MOVIE = Movie(np.full((4, 19), 0.5), 0.01, np.zeros((4, 19, 2)))


def _with(value):
    light = GREY_MOVIE.light.copy()
    light[2, 3] = value
    return replace(GREY_MOVIE, light=light)


def test_a_movie_of_the_right_shape_is_the_same_after_the_check():
    assert checked(GREY_MOVIE, 2) is GREY_MOVIE


@pytest.mark.parametrize(
    ("movie", "extent", "code", "word"),
    [
        (GREY_MOVIE, 3, "E911", "37 columns"),
        (replace(GREY_MOVIE, light=np.empty((0, 19)), flow=None), 2, "E911", "shape"),
        (_with(np.nan), 2, "E911", "finite"),
        (_with(1.5), 2, "E911", "1.5"),
        (_with(-0.25), 2, "E911", "-0.25"),
        (replace(GREY_MOVIE, flow=np.zeros((3, 19, 2))), 2, "E911", "flow"),
        (replace(GREY_MOVIE, flow=np.full((4, 19, 2), np.inf)), 2, "E911", "flow"),
        (replace(GREY_MOVIE, dt_s=0.0), 2, "E912", "0 s apart"),
        (replace(GREY_MOVIE, dt_s=0.05), 2, "E912", "0.05"),
        (replace(GREY_MOVIE, dt_s=np.nan), 2, "E912", "nan"),
    ],
)
def test_a_movie_that_no_eye_can_see_is_refused_with_the_reason(movie, extent, code, word):
    with pytest.raises(BraincastError) as refusal:
        checked(movie, extent)
    assert refusal.value.code == code
    assert word in str(refusal.value)
