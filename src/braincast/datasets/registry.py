"""Which datasets there are. A new one is one module and one line here, or an entry point of another package.

A dataset's module has `CARD`, a DatasetCard, and `load(paths) -> Dataset`, which is given the checked files of the
card's sources in their order; or, where its source is a store that is read in place, `load_from(place) -> Dataset`.
One that can be built at any extent also has `counts_at(paths, extent)`.
Importing the module must be light: heavy imports belong inside `load`.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from braincast.datasets.cache import source_path
from braincast.datasets.card import BroughtSource, DatasetCard
from braincast.datasets.dataset import Dataset
from braincast.datasets.download import fetch
from braincast.datasets.local import again, bring_fix
from braincast.datasets.own import check_own, load_own, own_card, own_folder, own_names
from braincast.datasets.stores import bring, check_store, fetch_all, place_of
from braincast.datasets.synthetic.zapbench_stand_in import stand_in
from braincast.datasets.verification import verify
from braincast.errors import BraincastError, unknown_name
from braincast.files import MANIFEST, check_manifest, home_expanded, read_json, sha256_of_file

ENTRY_POINTS = "braincast.datasets"

DATASETS: dict[str, str] = {
    "fly-brain": "braincast.datasets.fly.brain",
    "fly-brain-v630": "braincast.datasets.fly.brain_v630",
    "fly-larva": "braincast.datasets.fly.larva_brain",
    "fly-optic-lobe": "braincast.datasets.fly.optic_lobe",
    "fly-optic-types": "braincast.datasets.fly.optic_types",
    "human-gw": "braincast.datasets.human.gw",
    "human-hcp": "braincast.datasets.human.hcp",
    "pyloric-circuits": "braincast.datasets.synthetic.pyloric.circuits",
    "synthetic-chaos": "braincast.datasets.synthetic.chaos",
    "synthetic-linear": "braincast.datasets.synthetic.linear",
    "synthetic-lorenz63": "braincast.datasets.synthetic.convection",
    "synthetic-lorenz96": "braincast.datasets.synthetic.ring",
    "worm-atanas2023": "braincast.datasets.worm.atanas",
    "worm-atlas": "braincast.datasets.worm.atlas",
    "worm-connectomes": "braincast.datasets.worm.connectomes",
    "zapbench": "braincast.datasets.zebrafish.zapbench",
    "zebrafish-legare2025": "braincast.datasets.zebrafish.legare",
}


@dataclass(frozen=True)
class CheckReport:
    """What `check` found whole: `files` maps each file to its SHA-256."""

    name: str
    files: dict[str, str]

    def __repr__(self) -> str:
        return f"CheckReport {self.name!r}: {len(self.files)} files are whole"


def dataset_names() -> list[str]:
    """The names of all datasets: those here, those of installed packages and those that were added, sorted."""
    packaged = (point.name for point in entry_points(group=ENTRY_POINTS))
    return sorted({*DATASETS, *packaged, *own_names()})


def dataset_card(name: str) -> DatasetCard:
    """The card of a dataset; needs no data and no network. An unknown name is E301."""
    return own_card(name) if _is_own(name) else _module(name).CARD


def load_dataset(name: str, *, from_path: str | Path | None = None, offline: bool | None = None) -> Dataset:
    """Load a dataset into memory, fetching its files into the cache first where they are not there.

    `from_path` is a local copy of the file to fetch or a folder with it; `offline` forbids the network.

    >>> made_up = load_dataset("synthetic-linear")
    >>> made_up
    Dataset 'synthetic-linear': version 1, specimens linear, tables noise_floor
    >>> made_up.specimens["linear"].connectome.n_neurons
    48
    """
    card = dataset_card(name)
    if card.stores:  # nothing is fetched here: what is read in place is fetched when it is read
        return _module(name).load_from(place_of(card.stores[0], _path(from_path), offline))
    paths = get(name, from_path=from_path, offline=offline)
    return load_own(name) if _is_own(name) else _module(name).load(paths)


def get(
    name: str, *, from_path: str | Path | None = None, offline: bool | None = None, force: bool = False
) -> list[Path]:
    """Fetch the files of a dataset into the cache and return their checked paths (see `download.fetch`).

    Of a store that is read in place all chunks are fetched; where it is brought it is remembered and stays where it is.
    """
    here = _path(from_path)
    card = dataset_card(name)
    if here is not None and not card.sources:
        what = "this dataset is made of no file that could be brought"
        raise BraincastError("E305", f"dataset {name}", what, "Leave the path out")
    if _is_own(name):
        return [own_folder(name)]
    stores = [fetch_all(store, offline, force=force) if here is None else bring(store, here) for store in card.stores]
    files = [fetch(file, from_path=here, offline=offline, force=force, dataset=name) for file in card.files]
    return stores + files


def counts_at(name: str, extent: int, *, offline: bool | None = None) -> dict[str, Any]:
    """How large a dataset is when it is built at an extent; E305 for one that has no extent, E913 for a bad extent."""
    counts = None if _is_own(name) else getattr(_module(name), "counts_at", None)
    if counts is None:
        fix = "Leave --extent out, or show fly-optic-lobe"
        raise BraincastError("E305", "--extent", f"dataset {name} has no extent", fix)
    return counts(get(name, offline=offline), extent)


def check(name_or_path: str | Path) -> CheckReport:
    """Compare a dataset's cached files, or a saved folder, with their checksums; the first difference is an error."""
    if isinstance(name_or_path, str) and (name_or_path in dataset_names() or stand_in(name_or_path)):
        own = _is_own(name_or_path)
        return CheckReport(name_or_path, check_own(name_or_path)) if own else _check_sources(name_or_path)
    folder = home_expanded(name_or_path)
    if folder.is_dir():
        check_manifest(folder)
        listed = read_json(folder / MANIFEST)["files"]
        return CheckReport(str(folder), {file: entry["sha256"] for file, entry in listed.items()})
    if folder.exists():
        fix = "Give a dataset's name, or a folder that braincast saved"
        raise BraincastError("E202", str(folder), "this is a single file, which has no manifest", fix)
    if isinstance(name_or_path, Path) or len(folder.parts) > 1:
        raise BraincastError("E405", str(folder), "there is no such folder", "Check the path")
    raise unknown_name("E301", "dataset", name_or_path, dataset_names())


def _check_sources(name: str) -> CheckReport:
    card = dataset_card(name)
    files = {str(path): sha256_of_file(path) for store in card.stores for path in check_store(store, name)}
    for source in card.files:
        path = source_path(source)
        if not path.exists():
            fix = bring_fix(source, name) if isinstance(source, BroughtSource) else f"Get it: braincast data get {name}"
            raise BraincastError("E401", str(path), f"{source.filename} is not in the cache", fix)
        verify(path, source, again(source, name))
        files[str(path)] = source.sha256
    return CheckReport(name, files)


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def _is_own(name: str) -> bool:
    """Whether a user added it; what is added can take no name of ours, nor of a package's."""
    return name not in DATASETS and name in own_names()


def _module(name: str) -> Any:
    if name in DATASETS:  # an installed package cannot replace one of ours
        return importlib.import_module(DATASETS[name])
    if (made_up := stand_in(name)) is not None:
        return made_up
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            return point.load()
    raise unknown_name("E301", "dataset", name, dataset_names())
