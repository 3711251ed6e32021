"""Pictures in the PNG format, written for tests from its specification (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # by the number of samples of a pixel


def chunk(name, body):
    """One part of a picture, with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def header(width, height, depth=8, colour=2):
    """The first part."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def written_png(pixels, filters=(0,)):
    """A picture of [row, column, sample] of 8 or 16 bits, its rows filtered in turn as `filters` say."""
    height, width, n_samples = pixels.shape
    stored = np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder(">"))).view(np.uint8).reshape(height, -1)
    step = n_samples * pixels.dtype.itemsize
    rows = [_filtered(stored, row, filters[row % len(filters)], step) for row in range(height)]
    depth = 8 * pixels.dtype.itemsize
    body = zlib.compress(b"".join(bytes([filters[row % len(filters)]]) + rows[row].tobytes() for row in range(height)))
    first = header(width, height, depth, _COLOUR_TYPES[n_samples])
    # More than one part with pixels, as encoders write them.
    parts = chunk(b"IDAT", body[:20]) + chunk(b"IDAT", body[20:])
    return SIGNATURE + first + chunk(b"tEXt", b"Title\0made up") + parts + chunk(b"IEND", b"")


def _filtered(stored, row, kind, step):
    here = stored[row].astype(int)
    above = stored[row - 1].astype(int) if row else np.zeros_like(here)
    left, corner = (np.concatenate([np.zeros(step, int), values[:-step]]) for values in (here, above))
    estimate = left + above - corner
    neighbours = np.stack([left, above, corner])
    # The first of those that are nearest.
    nearest = np.take_along_axis(neighbours, np.abs(neighbours - estimate).argmin(axis=0)[None], axis=0)[0]
    guess = (np.zeros_like(here), left, above, (left + above) // 2, nearest)[kind]
    return ((here - guess) % 256).astype(np.uint8)
