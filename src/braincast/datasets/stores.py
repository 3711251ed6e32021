"""Datasets that are read in place: where their store lies, all of it fetched if one wants, and whether it is whole."""

from __future__ import annotations

import itertools
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.cache import home
from braincast.datasets.card import StoredArray, StoreSource
from braincast.datasets.download import is_offline
from braincast.datasets.places import Folder, Place, Web
from braincast.errors import BraincastError
from braincast.files import home_expanded, read_json, write_json
from braincast.progress import step

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_ONCE = 8
LARGEST_TABLE = 512 << 20
_REMEMBERED = "place.json"


def place_of(source: StoreSource, from_path: Path | None = None, offline: bool | None = None) -> Place:
    """Where to read a store: `from_path`, else what BRAINCAST_<NAME> says, else a folder once brought, else the web.

    A path may be the folder of the arrays or one above it. What is read from the web is kept. E405 for no such folder.
    """
    if from_path is not None:
        return Folder(_store_folder(source, home_expanded(from_path)))
    chosen = os.environ.get(f"BRAINCAST_{source.name.upper().replace('-', '_')}", "")
    if chosen.startswith(("https://", "http://")):
        return _web(source, chosen, offline)
    if chosen:
        return Folder(_store_folder(source, home_expanded(chosen)))
    remembered = _kept(source) / _REMEMBERED
    if remembered.is_file():
        return Folder(_store_folder(source, Path(str(read_json(remembered)["path"]))))
    if not source.url:
        fix = "Write one (docs/findings/zapbench.md), and give it: --data PATH"
        raise BraincastError("E401", str(remembered), f"{source.name} is published nowhere", fix)
    return _web(source, source.url, offline)


def bring(source: StoreSource, from_path: Path) -> Path:
    """Remember a folder with the store, once its arrays were looked at, so that no command need be told again."""
    from braincast.datasets.published import open_published

    place = Folder(_store_folder(source, home_expanded(from_path)))
    for declared in source.needed:
        open_published(place, declared)
    write_json(_kept(source) / _REMEMBERED, {"path": str(place.path.resolve())})
    return place.path


def fetch_all(source: StoreSource, offline: bool | None = None, *, force: bool = False) -> Path:
    """Read every chunk of the recording, and its tables, so that they are kept; what is there is not fetched again.

    Where a folder was brought there is nothing to fetch; `force` forgets it.
    """
    if force:
        (_kept(source) / _REMEMBERED).unlink(missing_ok=True)
    place = place_of(source, offline=offline)
    if not isinstance(place, Web):
        return place.path if isinstance(place, Folder) else Path(place.locate(""))
    for table in source.tables:
        place.read(table, largest=LARGEST_TABLE)
    for declared in source.needed:
        keys = list(_chunk_keys(place, declared))
        with step(f"Fetching {declared.path}", len(keys)) as advance, ThreadPoolExecutor(_AT_ONCE) as readers:
            for _ in readers.map(lambda key: place.read(key) and None, keys):
                advance(1)
    return place.kept


def check_store(source: StoreSource, dataset: str) -> list[Path]:
    """The chunks that lie here, all read once: E203 for one that is missing, E403 for one that is short."""
    from braincast.datasets.published import open_published

    place = place_of(source, offline=True)
    where = place.kept if isinstance(place, Web) else Path(place.locate(""))
    if isinstance(place, Web) and not (place.kept / "traces").is_dir():
        fix = f"Get it: braincast data get {dataset}; or read in place, which needs nothing here"
        raise BraincastError("E401", str(where), f"nothing of {source.name} was read yet", fix)
    found = []
    for declared in source.needed:
        array = open_published(place, declared)[0]
        for key in _chunk_keys(place, declared):
            array.store._read(key.removeprefix(f"{declared.path}/"))  # pyright: ignore
            found.append(where / key)
    return found


def _chunk_keys(place: Place, declared: StoredArray) -> Iterator[str]:
    from braincast.datasets.published import open_published

    array = open_published(place, declared)[0]
    counts = [-(-size // chunk) for size, chunk in zip(array.shape, array.shards or array.chunks, strict=True)]
    for coordinates in itertools.product(*map(range, counts)):
        yield f"{declared.path}/{array.metadata.encode_chunk_key(coordinates)}"


def _web(source: StoreSource, url: str, offline: bool | None) -> Web:
    kept = _kept(source) if url == source.url else _kept(source) / "from" / re.sub(r"[^A-Za-z0-9.]+", "_", url)
    return Web(url, kept, is_offline(offline))


def _kept(source: StoreSource) -> Path:
    return home() / "stores" / source.name


def _store_folder(source: StoreSource, path: Path) -> Path:
    """The folder itself, or the one of the release below it, whichever has the first array."""
    release = source.url.split("/")[-2:]  # volumes, 20240930
    first = source.arrays[0].path
    for folder in (path, path / release[-1], path.joinpath(*release)):
        if (folder / first).is_dir():
            return folder
    what = f"there is no folder {first}/ in it" if path.is_dir() else "there is no such folder"
    fix = f"Give the folder that holds {first}/ and the other arrays, or the one above it"
    raise BraincastError("E405", str(path), what, fix)
