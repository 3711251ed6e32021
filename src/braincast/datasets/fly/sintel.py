"""MPI Sintel, a rendered film with its optic flow, as a fly's eye would see it (Butler et al. 2012, ECCV, 611).

It may not be passed on: get it from http://sintel.is.tue.mpg.de and say where it lies. Below that folder are
`training/clean` (or `final`) and `training/flow`, each with a folder of frames for every scene. The
published networks learned from it (Lappalainen et al. 2024).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float

from braincast.datasets.readers.png import grey_picture
from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.movie import Movie, checked_step
from braincast.dynamics.scenes.optics import BLUR_COLUMNS
from braincast.errors import BraincastError

FRAMES_PER_S = 24.0
_FLOW_MARK = struct.pack("<f", 202021.25)  # the Middlebury format of flow (Baker et al. 2011, IJCV 92:1)
_LARGEST_SIDE = 8192
_AGAIN = "Use an undamaged copy of MPI Sintel, unpacked"


@dataclass(frozen=True)
class EyeOnFilm:
    """Where the eye lies on the picture: so many pixels from column to column (13 as published), and its centre.

    The centre is in pixels to the right of and above the middle of the picture.
    """

    extent: int
    pixels_per_column: float = 13.0
    centre_px: tuple[float, float] = (0.0, 0.0)

    def weights(self, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """How much each column sees of each row [column, row] and of each column of pixels; E914 if it sees beyond."""
        right, up = (positions(columns(self.extent)) * self.pixels_per_column + self.centre_px).T
        x, y = (width - 1) / 2 + right, (height - 1) / 2 - up
        reach = self.pixels_per_column / 2
        if not (x.min() >= reach and y.min() >= reach and x.max() < width - reach and y.max() < height - reach):
            what = f"an eye of extent {self.extent} with {self.pixels_per_column:g} pixels between columns"
            what = f"{what} leaves the picture of {width} × {height} pixels"
            raise BraincastError("E914", "Sintel", what, "Take a smaller extent, fewer pixels or another centre")
        return self._acceptance(y, height), self._acceptance(x, width)

    def _acceptance(self, place: np.ndarray, n_pixels: int) -> np.ndarray:
        away = (np.arange(n_pixels) - place[:, None]) / (BLUR_COLUMNS * self.pixels_per_column)
        weights = np.exp(-0.5 * away**2)
        return weights / weights.sum(axis=1, keepdims=True)


def scenes(folder: Path) -> list[str]:
    """The names of the scenes whose flow is there; E406 for a folder without any."""
    found = sorted(path.name for path in (Path(folder) / "training" / "flow").glob("*") if path.is_dir())
    if found:
        return found
    fix = "Name the folder that holds training/clean and training/flow"
    raise BraincastError("E406", str(folder), "no scene of MPI Sintel lies there", fix)


def sintel_movie(
    folder: Path, scene: str, eye: EyeOnFilm, dt_s: float, *, rendering: Literal["clean", "final"] = "clean"
) -> Movie:
    """A scene at any rate of frames: light is interpolated between those of the film, flow is that of the interval.

    E406 for a scene that is not there, E117 for a damaged file, E912 for the rate, E914 for an eye that is too large.
    """
    checked_step(dt_s, "Sintel")
    training = Path(folder) / "training"
    pictures = _frames(training / rendering / scene, "png")
    flows = _frames(training / "flow" / scene, "flo")
    if len(pictures) != len(flows) + 1:
        what = f"it has {len(pictures)} pictures and {len(flows)} flows, expected one picture more"
        raise BraincastError("E406", str(training / rendering / scene), what, _AGAIN)
    light = np.stack([_seen(grey_picture(path), eye) for path in pictures])
    flow = np.stack([_seen_flow(path, eye) for path in flows])
    place = np.arange(int(len(flows) / FRAMES_PER_S / dt_s + 1e-9)) * dt_s * FRAMES_PER_S
    before = np.minimum(place.astype(int), len(flows) - 1)
    share = (place - before)[:, None]
    return Movie((1 - share) * light[before] + share * light[before + 1], dt_s, flow[before])


def _frames(folder: Path, ending: str) -> list[Path]:
    found = sorted(folder.glob(f"frame_*.{ending}"))
    if found:
        return found
    raise BraincastError("E406", str(folder), f"no frame_0001.{ending} or the like lies there", _AGAIN)


def _seen(picture: Float[np.ndarray, "height width"], eye: EyeOnFilm) -> Float[np.ndarray, " column"]:
    """The mean over a column's acceptance."""
    rows, across = eye.weights(*picture.shape)
    return ((rows @ picture) * across).sum(axis=1)


def _seen_flow(path: Path, eye: EyeOnFilm) -> Float[np.ndarray, "column 2"]:
    """Columns per second, x right and y up, of pixels per frame, x right and y down."""
    flow = flow_field(path)
    to_columns = FRAMES_PER_S / eye.pixels_per_column
    return np.stack([_seen(flow[:, :, 0], eye) * to_columns, -_seen(flow[:, :, 1], eye) * to_columns], axis=1)


def flow_field(path: Path) -> Float[np.ndarray, "height width 2"]:
    """Pixels per frame, x right and y down, of a .flo file; E117 for one that is damaged or something else."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BraincastError("E117", str(path), f"it cannot be read ({error.strerror})", _AGAIN) from error
    if len(content) < 12 or content[:4] != _FLOW_MARK:
        raise BraincastError("E117", str(path), "it is no .flo file", _AGAIN)
    width, height = struct.unpack_from("<ii", content, 4)
    is_possible = 0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE
    if not is_possible or len(content) != 12 + 8 * width * height:
        what = f"it claims {width} × {height} pixels and has {len(content):,} bytes"
        raise BraincastError("E117", str(path), what, _AGAIN)
    flow = np.frombuffer(content, "<f4", offset=12).reshape(height, width, 2).astype(np.float64)
    if not np.isfinite(flow).all():
        raise BraincastError("E117", str(path), "it holds a value that is no finite number", _AGAIN)
    return flow
