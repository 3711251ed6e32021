"""Which published wiring of a fly a file or folder holds, told by its columns and names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.edge_lists import is_edge_list, read_edge_list
from braincast.datasets.fly.larva import is_larva, read_larva
from braincast.datasets.fly.larva_matrices import is_matrix, read_matrices
from braincast.datasets.fly.shiu import is_published, read_published
from braincast.datasets.fly.signs import SHIU_SIGNS
from braincast.datasets.fly.tables import column_names, suffix_of
from braincast.errors import BraincastError
from braincast.files import home_expanded

_EXPECTED = (
    "Expected Connectivity_783.parquet with Completeness_783.csv, a Codex connections.csv.gz with neurons.csv.gz, the "
    "larva's edges.parquet with neurons.parquet or its adjacency matrices, a neuPrint export, or a saved connectome"
)


class Format(NamedTuple):
    """One published form: whether a table's columns are its edges', and how it is read."""

    name: str
    recognises: Callable[[list[str]], bool]
    read: Callable[[Path, Mapping[str, int]], Connectome]


FORMATS = (
    Format("Shiu et al. 2024", is_published, lambda path, _: read_published(path)),
    Format("Winding et al. 2023", is_larva, lambda path, _: read_larva(path)),
    Format("Winding et al. 2023, matrices", is_matrix, lambda path, _: read_matrices(path)),
    Format("an edge list", is_edge_list, read_edge_list),
)


def read_wiring(path: str | Path, *, signs: Mapping[str, int] = SHIU_SIGNS) -> Connectome:
    """The connectome in a file or folder, whichever of the published forms it has; a saved one is loaded.

    `signs` says what a transmitter does where the form gives transmitters (Codex, neuPrint) and no signs.
    E405 where nothing is, E118 for a folder without a wiring, E119 for one with several, E117 for a file that is
    damaged or of no known form; E101–E103, E106–E108 for what is wrong inside.
    """
    place = home_expanded(path)
    if (place / "connectome.json").is_file():
        return Connectome.load(place)
    form, table = _form_of(place)
    return form.read(table, signs)


def _form_of(place: Path) -> tuple[Format, Path]:
    if not place.exists():
        raise BraincastError("E405", str(place), "there is no such file or folder", _EXPECTED)
    if not place.is_dir():
        form = _form_of_table(place)
        if form is None:
            raise BraincastError("E117", str(place), "it is no table of a fly's edges that is known", _EXPECTED)
        return form, place
    found = _wirings_in(place)
    if not found:
        raise BraincastError("E118", str(place), "no wiring of a fly is in this folder", _EXPECTED)
    if len(found) > 1 and not all(form.recognises is is_matrix for form, _ in found):
        what = f"{len(found)} wirings are here ({', '.join(table.name for _, table in found[:4])})"
        raise BraincastError("E119", str(place), what, "Give the path of the one that is meant")
    return found[0]  # the matrices of one folder are parts of one wiring


def _wirings_in(folder: Path) -> list[tuple[Format, Path]]:
    """Tables of edges in a folder; those split by region only where there are no others. E117 if none is readable."""
    found, damaged = [], []
    for table in (path for path in sorted(folder.iterdir()) if path.is_file() and suffix_of(path)):
        try:
            columns = column_names(table)
        except BraincastError as error:
            damaged.append(error)
            continue
        form = next((form for form in FORMATS if form.recognises(columns)), None)
        if form is not None:
            found.append((form, table, "roi" in columns))
    if damaged and not found:
        raise damaged[0]
    whole = [(form, table) for form, table, split in found if not split]
    return whole or [(form, table) for form, table, _ in found]


def _form_of_table(table: Path) -> Format | None:
    """The form whose edges a table holds; E117 for a damaged one."""
    columns = column_names(table) if suffix_of(table) else []
    return next((form for form in FORMATS if form.recognises(columns)), None)
