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
from braincast.tasks.card import TaskCard

CONFIGURATION = "configuration.json"


@dataclass(frozen=True)
class RunFolder:
    """Where a run keeps its forecasts. One that was written before the run stopped is read back, not made again."""

    path: Path

    def forecast_path(self, entrant: str, replicate: int) -> Path:
        """Where the forecast of an entrant's seed or draw lies."""
        return self.path / "forecasts" / entrant / f"{replicate:03d}.zarr"

    def stored(self, card: TaskCard, entrant: str, replicate: int) -> xr.DataArray | None:
        """A forecast written before; None when it is missing or was damaged, so that it is made again."""
        path = self.forecast_path(entrant, replicate)
        if not path.exists():
            return None
        try:
            return load_forecast(path, card)
        except BraincastError:
            return None

    def store(self, forecast: xr.DataArray, entrant: str, replicate: int) -> None:
        """Write a forecast, complete or not at all."""
        save_forecast(forecast, self.forecast_path(entrant, replicate), force=True)


@contextmanager
def run_folder(path: Path, configuration: Mapping[str, Any], *, force: bool = False) -> Iterator[RunFolder]:
    """Hold `path` for a run of `configuration`; the run works beside it and takes its place when the block ends well.

    A run that was stopped is resumed by one of the same configuration. A finished run is E501 without `force`, and
    stays whole until the new one is. An unfinished one of another configuration is E502 without `force`. A folder that
    is no run at all is E501 even with `force`, so that nothing foreign is overwritten.
    """
    with lock(path):
        _refuse_existing(path, force=force)
        work = unfinished_folder(path)
        _match_configuration(work, path, configuration, force=force)
        remove_leftovers(work)
        yield RunFolder(work)
        write_manifest(work)
        replace_folder(work, path)


def unfinished_folder(path: Path) -> Path:
    """Where a run works until it is finished: a hidden folder beside `path`."""
    return path.with_name(f".{path.name}.unfinished")


def numbered_folder(parent: Path, name: str) -> Path:
    """The first of `name-001`, `name-002`, … that does not exist."""
    number = 1
    while (path := parent / f"{name}-{number:03d}").exists():
        number += 1
    return path


def _refuse_existing(path: Path, *, force: bool) -> None:
    if not path.exists():
        return
    is_run = (path / MANIFEST).is_file() and (path / CONFIGURATION).is_file()
    if not is_run and (path.is_file() or any(path.iterdir())):
        fix = "Choose another --out; --force does not overwrite what braincast run did not write"
        raise BraincastError("E501", str(path), "it exists and is not a finished braincast run", fix)
    if is_run and not force:
        fix = "Choose another --out, or add --force to run again"
        raise BraincastError("E501", str(path), "it holds a finished run", fix)


def _match_configuration(work: Path, path: Path, configuration: Mapping[str, Any], *, force: bool) -> None:
    """Keep what a run of the same configuration left; write the configuration of a new one."""
    recorded = work / CONFIGURATION
    if recorded.is_file():
        if sha256_of_json(read_json(recorded)) == sha256_of_json(dict(configuration)):
            return
        if not force:
            fix = "Choose another --out, or add --force to give it up"
            raise BraincastError("E502", str(path), "a run of another configuration is unfinished here", fix)
    remove_tree(work)
    write_json(recorded, dict(configuration))
