"""The rows of a PNG, each stored as differences from pixels to the left and above (ISO/IEC 15948, section 9)."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from numba import njit


@njit(cache=True)
@no_type_check
def unfiltered(raw, pixel_bytes):
    """Bytes as they were: [row, byte] of rows that begin with the byte that names their filter."""
    n_rows, n_bytes = raw.shape[0], raw.shape[1] - 1
    rows = np.zeros((n_rows, n_bytes), np.uint8)
    for row in range(n_rows):
        kind = raw[row, 0]
        for place in range(n_bytes):
            left = np.int64(rows[row, place - pixel_bytes]) if place >= pixel_bytes else 0
            above = np.int64(rows[row - 1, place]) if row > 0 else 0
            corner = np.int64(rows[row - 1, place - pixel_bytes]) if row > 0 and place >= pixel_bytes else 0
            guess = 0
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = above
            elif kind == 3:
                guess = (left + above) // 2
            elif kind == 4:
                guess = _nearest(left, above, corner)
            rows[row, place] = np.uint8((np.int64(raw[row, place + 1]) + guess) & 255)
    return rows


@njit(cache=True, inline="always")
@no_type_check
def _nearest(left, above, corner):
    """Which of the three is nearest to left + above - corner (Paeth 1991); the first of equals."""
    guess = left + above - corner
    to_left, to_above, to_corner = abs(guess - left), abs(guess - above), abs(guess - corner)
    if to_left <= to_above and to_left <= to_corner:
        return left
    return above if to_above <= to_corner else corner
