"""Circuits from TOML: those that come with braincast by name, and people's own files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from braincast.dynamics.conductance.circuit import Circuit, unknown_part
from braincast.errors import BraincastError

_LARGEST_BYTES = 1 << 20
_LIBRARY = "library"
_PAGE = "docs/concepts/circuits.md"


def circuit_names() -> list[str]:
    """Circuits that come with braincast."""
    folder = files("braincast.dynamics.circuits")
    names = (entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return sorted(name for name in names if name != _LIBRARY)


def read_circuit(name_or_path: str | Path) -> Circuit:
    """A circuit by name ("hh", "stg-cell", "pyloric"), or from a TOML file of one's own.

    Errors: E405 no such file or name, E901 broken TOML or an unknown or missing key, E902 a current, cell or kind of
    synapse that is not known, E903 a quantity with an impossible unit or value, E906 a morphology that is no tree.

    >>> read_circuit("pyloric").cells["LP"].currents["A"]
    50.0
    """
    text, where, name = _found(name_or_path)
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BraincastError("E901", where, f"this is no TOML ({error})", "Mend that line") from error
    known = _library()
    for kinds in ("currents", "synapse_kinds"):
        own = told.get(kinds, {})
        told[kinds] = {**known[kinds], **own} if isinstance(own, dict) else own
    circuit = checked({**_with_areas(told, Path(where).parent), "name": name}, where)
    _check_names(circuit, where)
    return _only_what_is_used(circuit)


def checked(told: Mapping[str, Any], where: str) -> Circuit:
    """The circuit of a document; E901 or E903 with the first key that is wrong."""
    try:
        return Circuit.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        said = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            raise BraincastError("E901", where, f"{key}: there is no such key", f"See {_PAGE}") from error
        if first["type"] == "missing":
            raise BraincastError("E901", where, f"{key}: this key is missing", f"See {_PAGE}") from error
        code = "E903" if first["type"].startswith(("value_error", "greater", "less")) else "E901"
        raise BraincastError(code, where, f"{key}: {said}", f"See {_PAGE} for what is possible") from error


def _found(name_or_path: str | Path) -> tuple[str, str, str]:
    """The text, where it is from, and the circuit's name."""
    if str(name_or_path) in circuit_names():
        name = str(name_or_path)
        return files("braincast.dynamics.circuits").joinpath(f"{name}.toml").read_text("utf-8"), name, name
    path = Path(name_or_path)
    if not path.is_file():
        fix = f"Name a TOML file, or one of {', '.join(circuit_names())}"
        raise BraincastError("E405", str(path), "there is no such circuit or file", fix)
    if path.stat().st_size > _LARGEST_BYTES:
        raise BraincastError("E901", str(path), "the file is larger than 1 MiB", "Name the TOML file of a circuit")
    try:
        return path.read_text("utf-8"), str(path), path.stem
    except UnicodeDecodeError as error:
        raise BraincastError("E901", str(path), "this is not UTF-8 text", "Save it as UTF-8") from error


def _with_areas(told: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """With the paths of morphologies from `folder` on, and their areas where none is stated."""
    cells = told.get("cells")
    if not isinstance(cells, dict):
        return told
    found = {}
    for name, cell in cells.items():
        found[name] = cell
        if isinstance(cell, dict) and isinstance(cell.get("morphology"), str):
            path = (folder / cell["morphology"]).resolve()
            from braincast.dynamics.cable.swc import read_swc  # its room brings JAX

            area_um2 = read_swc(path).area_um2
            found[name] = {"area": f"{area_um2!r} um2", **cell, "morphology": str(path)}
    return {**told, "cells": found}


@cache
def _library() -> dict[str, Any]:
    return tomllib.loads(files("braincast.dynamics.circuits").joinpath(f"{_LIBRARY}.toml").read_text("utf-8"))


def _check_names(circuit: Circuit, where: str) -> None:
    for kind, name, key, known in _names_used(circuit):
        if name not in known:
            raise unknown_part(kind, name, list(known), f"{where}, {key}")
    for name, current in circuit.currents.items():
        if current.calcium == (current.reversal is not None):
            what = (
                f"currents.{name}: it has {'both a reversal and' if current.calcium else 'no reversal and no'} calcium"
            )
            if not all(name in cell.reversals for cell in circuit.cells.values() if name in cell.currents):
                raise BraincastError("E901", where, what, 'Give reversal = "-80 mV", or calcium = true')
    for number, synapse in enumerate(circuit.synapses):
        if synapse.source == synapse.target:
            what = f"synapses[{number}]: it goes from {synapse.source} to itself"
            raise BraincastError("E901", where, what, "Name two cells")
    seen = [synapse.name for synapse in circuit.synapses]
    for name in seen:
        if seen.count(name) > 1:
            raise BraincastError("E902", where, f"the synapse {name} is there twice", "Add up their conductances")


def _names_used(circuit: Circuit) -> Iterator[tuple[str, str, str, Any]]:
    for cell_name, cell in circuit.cells.items():
        for name in (*cell.currents, *cell.reversals):
            yield "current", name, f"cells.{cell_name}", circuit.currents
    for number, synapse in enumerate(circuit.synapses):
        where = f"synapses[{number}]"
        yield "cell", synapse.source, where, circuit.cells
        yield "cell", synapse.target, where, circuit.cells
        yield "kind of synapse", synapse.kind, where, circuit.synapse_kinds
    for name, modulator in circuit.modulators.items():
        for key in modulator.adds:
            yield "cell", key.rpartition(".")[0], f"modulators.{name}.adds", circuit.cells
            yield "current", key.rpartition(".")[2], f"modulators.{name}.adds", circuit.currents
        for key in modulator.scales:
            yield "current or synapse", key, f"modulators.{name}.scales", _scalable(circuit)


def _scalable(circuit: Circuit) -> list[str]:
    """What a modulator can make stronger or weaker: what is there."""
    own = {f"{name}.{current}": current for name, cell in circuit.cells.items() for current in cell.currents}
    return [*own, *dict.fromkeys(own.values()), *(synapse.name for synapse in circuit.synapses)]


def _only_what_is_used(circuit: Circuit) -> Circuit:
    """Without the currents and kinds of synapses of the library that nothing names."""
    currents = {name for cell in circuit.cells.values() for name in cell.currents}
    currents |= {key.rpartition(".")[2] for modulator in circuit.modulators.values() for key in modulator.adds}
    kinds = {synapse.kind for synapse in circuit.synapses}
    return circuit.model_copy(
        update={
            "currents": {name: current for name, current in circuit.currents.items() if name in currents},
            "synapse_kinds": {name: kind for name, kind in circuit.synapse_kinds.items() if name in kinds},
        }
    )
