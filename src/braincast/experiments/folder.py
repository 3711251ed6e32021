"""The folder of a run: made for one configuration, resumed after a stop, finished when its manifest is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from braincast.errors import BraincastError
from braincast.files import (
    MANIFEST,
    lock,
    read_json,
    remove_leftovers,
    remove_tree,
    replace_folder,
    sha256_of_json,
    write_json,
    write_manifest,
)
from braincast.forecasts.store import load_forecast, save_forecast
from braincast.tasks.kinds import AnyCard

# Larger forecasts are not kept in memory once they are stored.
_LARGE_BYTES = 32 << 20
CONFIGURATION = "configuration.json"


@dataclass(frozen=True)
class RunFolder:
    """Where a run keeps its forecasts. One that was written before the run stopped is read back, not made again."""

    path: Path

    def forecast_path(self, entrant: str, replicate: int) -> Path:
        """Where the forecast of an entrant's seed or draw lies."""
        return self.path / "forecasts" / entrant / f"{replicate:03d}.zarr"

    def fit_path(self, entrant: str, replicate: int) -> Path:
        """Where the fit of an entrant's seed or draw lies, which is kept where its forecast is large."""
        return self.path / "fits" / entrant / f"{replicate:03d}"

    def stored(self, card: AnyCard, entrant: str, replicate: int) -> xr.DataArray | None:
        """A forecast written before; None when it is missing or was damaged, so that it is made again."""
        path = self.forecast_path(entrant, replicate)
        if not path.exists():
            return None
        try:
            return load_forecast(path, card)
        except BraincastError:
            return None

    def store(self, forecast: xr.DataArray, entrant: str, replicate: int) -> xr.DataArray:
        """Write a forecast, complete or not at all; a large one comes back as it lies there, out of memory."""
        path = save_forecast(forecast, self.forecast_path(entrant, replicate), force=True)
        return load_forecast(path) if forecast.nbytes > _LARGE_BYTES else forecast


@contextmanager
def run_folder(path: Path, configuration: Mapping[str, Any], *, force: bool = False) -> Iterator[RunFolder]:
    """Hold `path` for a run of `configuration`, and finish it with a manifest when the block ends well.

    An unfinished run of the same configuration is resumed. A finished one is E501, one of another configuration E502;
    with `force` either stays as it is until the new run, made in a hidden folder beside it, is complete and takes its
    place. A folder that is no run at all is E501 even with `force`, so that nothing foreign is overwritten.
    """
    with lock(path):
        _refuse_foreign(path)
        if not force:
            _refuse_other(path, configuration)
        place = _place(path, configuration)
        remove_leftovers(place)
        write_json(place / CONFIGURATION, dict(configuration))
        yield RunFolder(place)
        write_manifest(place)
        if place != path:
            replace_folder(place, path)


def require_place(path: Path, *, force: bool = False) -> None:
    """Refuse early what `run_folder` would refuse whatever is run: a foreign folder or a finished run (E501)."""
    _refuse_foreign(path)
    if not force:
        _refuse_finished(path)


def unfinished_run(path: Path, configuration: Mapping[str, Any]) -> RunFolder:
    """An unfinished run of `configuration`, to look at what it has so far; nothing is written there.

    E502 where there is none, E504 while it goes on.
    """
    with lock(path):
        for place in (path, path.with_name(f".{path.name}.next")):
            if _is_unfinished(place, configuration):
                return RunFolder(place)
    what, fix = "it holds no unfinished run of this configuration", "Give the command of that run, with --partial added"
    raise BraincastError("E502", str(path), what, fix)


def numbered_folder(parent: Path, name: str) -> Path:
    """The first of `name-001`, `name-002`, … that does not exist."""
    number = 1
    while (path := parent / f"{name}-{number:03d}").exists():
        number += 1
    return path


def _refuse_foreign(path: Path) -> None:
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / CONFIGURATION).is_file())):
        fix = "Choose another --out; --force does not overwrite what braincast run did not write"
        raise BraincastError("E501", str(path), "it exists and is not a braincast run", fix)


def _refuse_finished(path: Path) -> None:
    if (path / MANIFEST).exists():
        fix = "Choose another --out, or add --force to run again"
        raise BraincastError("E501", str(path), "it holds a finished run", fix)


def _refuse_other(path: Path, configuration: Mapping[str, Any]) -> None:
    _refuse_finished(path)
    if (path / CONFIGURATION).exists() and not _is_unfinished(path, configuration):
        fix = "Choose another --out, or add --force to replace it"
        raise BraincastError("E502", str(path), "it holds an unfinished run of another configuration", fix)


def _is_unfinished(path: Path, configuration: Mapping[str, Any]) -> bool:
    """Whether an unfinished run of `configuration` lies there."""
    recorded = path / CONFIGURATION
    if not recorded.is_file() or (path / MANIFEST).exists():
        return False
    try:
        return sha256_of_json(read_json(recorded)) == sha256_of_json(dict(configuration))
    except BraincastError:  # damaged: it is no run that can be gone on with
        return False


def _place(path: Path, configuration: Mapping[str, Any]) -> Path:
    """`path` itself, or, where another run's result stands, a hidden sibling that an interrupted run left or empty."""
    if not (path / CONFIGURATION).exists() or _is_unfinished(path, configuration):
        return path
    sibling = path.with_name(f".{path.name}.next")
    if not _is_unfinished(sibling, configuration):
        remove_tree(sibling)
    return sibling
