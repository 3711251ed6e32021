"""Packing a submission: stores of one model and what is said about it, as a folder or a zip archive."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import tomli_w
import xarray as xr

from braincast.brain.specimen_nulls import TRUE_WIRING
from braincast.errors import BraincastError
from braincast.files import replace_folder, require_free, scratch_folder, write_text, write_zip
from braincast.forecasts.store import load_forecast, save_forecast
from braincast.forecasts.submissions.declaration import FORMAT, NAME, null_store, seed_store
from braincast.forecasts.submissions.validation import Validation, validate
from braincast.tasks.kinds import AnyCard

_LARGEST_ABOUT_BYTES = 1 << 20
_PACKAGES = ("braincast", "numpy", "scipy", "numba", "jax", "equinox", "optax")
# What a packed store says of itself; the rest stands in the declaration, or is of no use to others.
_KEPT = ("task", "task_hash", "model", "seed", "wiring", "units", "track")


def read_about(path: Path | None) -> dict[str, Any]:
    """What a TOML file says about a submission, nothing without one; E405 for a missing file, E605 for no TOML."""
    if path is None:
        return {}
    if path.exists() and (not path.is_file() or path.stat().st_size > _LARGEST_ABOUT_BYTES):
        raise BraincastError("E405", str(path), "this is no file of text, or it is too large", "Check the path")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BraincastError("E405", str(path), "this file cannot be read", "Check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        fix = "Begin with `braincast submit template`"
        raise BraincastError("E605", str(path), f"this is not TOML ({error})", fix) from error


def pack(
    card: AnyCard, stores: Sequence[Path], about: Mapping[str, Any], out: Path, *, force: bool = False
) -> Validation:
    """Write a submission to `out`; where it would not be valid nothing is written, and the validation says why.

    Each store answers with one seed, or with one draw of a null: its attributes `seed`, `wiring` and `draw` say so.
    Task, seeds and nulls are those of the stores, whatever `about` says; model, parameters, track and packages are
    filled in where it is silent. An existing `out` is E501 unless `force`; two stores of one seed or draw are E305.
    """
    require_free(out, force=force, what="submission")
    forecasts = _named([load_forecast(store, card) for store in stores])
    with scratch_folder(out) as folder:
        for name, forecast in forecasts.items():
            kept = {key: forecast.attrs[key] for key in _KEPT if key in forecast.attrs}
            save_forecast(forecast.drop_attrs(deep=False).assign_attrs(kept), folder / name)
        declared = {**_defaults(forecasts), **about, **_facts(card, forecasts), **_track(forecasts, about)}
        write_text(folder / NAME, tomli_w.dumps(declared))
        found = validate(card, folder)
        if found.valid and out.suffix == ".zip":
            write_zip(folder, out)
        elif found.valid:
            replace_folder(folder, out)
    return found


def _named(forecasts: Sequence[xr.DataArray]) -> dict[str, xr.DataArray]:
    """Forecasts by the names of their stores in a submission."""
    named = {}
    for forecast in forecasts:
        wiring, seed = forecast.attrs.get("wiring", TRUE_WIRING), forecast.attrs.get("seed", 0)
        name = seed_store(seed) if wiring == TRUE_WIRING else null_store(wiring, forecast.attrs.get("draw", 0))
        if name in named:
            what, fix = f"two forecasts would be {name}", "Give one forecast for each seed and each draw of a null"
            raise BraincastError("E305", "FORECAST", what, fix)
        named[name] = forecast
    return named


def _facts(card: AnyCard, forecasts: Mapping[str, xr.DataArray]) -> dict[str, Any]:
    """What stands in the stores and cannot be declared otherwise."""
    wirings = [forecast.attrs.get("wiring", TRUE_WIRING) for forecast in forecasts.values()]
    seeds = [forecast.attrs.get("seed", 0) for forecast in _own(forecasts)]
    nulls = Counter(wiring for wiring in wirings if wiring != TRUE_WIRING)
    named = {"format": FORMAT, "task": card.name, "task_hash": card.hash}
    return {**named, "seeds": sorted(seeds), "nulls": dict(sorted(nulls.items()))}


def _track(forecasts: Mapping[str, xr.DataArray], about: Mapping[str, Any]) -> dict[str, str]:
    """The track of forecasts that were not told the stimulus; E305 for several tracks, E607 for a false declaration."""
    told = {forecast.attrs["track"] for forecast in forecasts.values() if "track" in forecast.attrs}
    if len(told) > 1:
        what = f"they are of several tracks: {', '.join(sorted(told))}"
        raise BraincastError("E305", "FORECAST", what, "Pack those of each track by themselves")
    if told == {"open"} and about.get("track") == "no-stimulus":
        what, fix = "these forecasts were told the stimulus", "Fit and forecast again with --track no-stimulus"
        raise BraincastError("E607", f"{NAME}: track", what, fix)
    return {"track": "no-stimulus"} if told == {"no-stimulus"} else {}


def _defaults(forecasts: Mapping[str, xr.DataArray]) -> dict[str, Any]:
    """What is declared unless somebody says otherwise; E305 where the stores are of several models."""
    defaults: dict[str, Any] = {"track": "open", "packages": _packages()}
    models = {forecast.attrs["model"] for forecast in forecasts.values() if "model" in forecast.attrs}
    if len(models) > 1:
        what, fix = f"they are of several models: {', '.join(sorted(models))}", "Pack each model by itself"
        raise BraincastError("E305", "FORECAST", what, fix)
    if models:
        defaults["model"] = models.pop()
    counts = [forecast.attrs["n_parameters"] for forecast in _own(forecasts) if "n_parameters" in forecast.attrs]
    if counts:
        defaults["parameters"] = max(counts)
    return defaults


def _own(forecasts: Mapping[str, xr.DataArray]) -> list[xr.DataArray]:
    """Those with the true wiring."""
    return [forecast for forecast in forecasts.values() if forecast.attrs.get("wiring", TRUE_WIRING) == TRUE_WIRING]


def _packages() -> dict[str, str]:
    """Versions here, which are those of the forecasts when they were made here."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
