"""The file of a columnar circuit in the wheel flyvis: read as text and checked; nothing is installed or imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.errors import BraincastError
from braincast.files import read_member

MEMBER = "flyvis/connectome/fib25-fib19_v2.2.json"
_AGAIN = "Get it again: braincast data get fly-optic-lobe --force"
# The offsets of any connection lie within a few columns; a number far outside is a damaged file.
_FARTHEST = 100


class _Entry(BaseModel):
    """What is read of an object; keys that are not asked for are left aside."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)


class _CellType(_Entry):
    name: str = Field(min_length=1)
    pattern: list[Any]

    @property
    def stride(self) -> list[int]:
        match self.pattern:
            case ["stride", [int(u), int(v)]] if u > 0 and v > 0:
                return [u, v]
        raise ValueError(f"cell type {self.name!r} has no stride of two positive whole numbers")


class _Connection(_Entry):
    src: str
    tar: str
    alpha: int
    alpha_references: list[str]
    offsets: list[tuple[tuple[int, int], float]]


class _Document(_Entry):
    nodes: list[_CellType]
    edges: list[_Connection]
    input_units: list[str]
    output_units: list[str]


def read_circuit(wheel: Path) -> tuple[ColumnarCircuit, tuple[str, ...]]:
    """The circuit, and for each connection the tags of the references for its sign.

    E403 for a damaged archive or text, E406 for one that does not hold a circuit.
    """
    document = _document(wheel)
    try:
        _require_sound(document)
        return _circuit(document), tuple(", ".join(edge.alpha_references) for edge in document.edges)
    except ValueError as error:
        raise BraincastError("E406", f"{wheel}:{MEMBER}", str(error), _AGAIN) from error


def _document(wheel: Path) -> _Document:
    where = f"{wheel}:{MEMBER}"
    try:
        return _Document.model_validate_json(read_member(wheel, MEMBER, largest=1 << 24))
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise BraincastError("E403", where, f"this is not JSON ({first['msg']})", _AGAIN) from error
        place = ".".join(str(part) for part in first["loc"])
        raise BraincastError("E406", where, f"it holds no circuit: {place}: {first['msg']}", _AGAIN) from error


def _require_sound(document: _Document) -> None:
    names = [cell.name for cell in document.nodes]
    pairs = [(edge.src, edge.tar) for edge in document.edges]
    if not pairs or len(set(names)) < len(names) or len(set(pairs)) < len(pairs):
        raise ValueError("a cell type or a connection stands in it twice, or there is none")
    named = {name for pair in pairs for name in pair} | {*document.input_units, *document.output_units}
    if not named <= set(names):
        raise ValueError(f"there is no cell type {min(named - set(names))!r}")
    for edge in document.edges:
        _require_sound_connection(edge)


def _require_sound_connection(edge: _Connection) -> None:
    name, places = f"connection {edge.src} → {edge.tar}", [place for place, _ in edge.offsets]
    if edge.alpha not in (-1, 1):
        raise ValueError(f"{name} has sign {edge.alpha}")
    if not places or len(set(places)) < len(places):
        raise ValueError(f"{name} has an offset twice, or none")
    if any(abs(step) > _FARTHEST for place in places for step in place):
        raise ValueError(f"{name} reaches over more than {_FARTHEST} columns")
    if any(count <= 0 for _, count in edge.offsets):
        raise ValueError(f"{name} has a count that is not positive")


def _circuit(document: _Document) -> ColumnarCircuit:
    names = [cell.name for cell in document.nodes]
    row = {name: index for index, name in enumerate(names)}
    terms = [term for edge in document.edges for term in edge.offsets]
    return ColumnarCircuit(
        cell_types=tuple(names),
        stride=np.array([cell.stride for cell in document.nodes]),
        inputs=tuple(document.input_units),
        outputs=tuple(document.output_units),
        pre=np.array([row[edge.src] for edge in document.edges]),
        post=np.array([row[edge.tar] for edge in document.edges]),
        sign=np.array([edge.alpha for edge in document.edges]),
        connection=np.repeat(np.arange(len(document.edges)), [len(edge.offsets) for edge in document.edges]),
        offset=np.array([place for place, _ in terms]),
        count=np.array([count for _, count in terms], dtype=np.float64),
    )
