"""One checksum for what a specimen says, whatever files it lies in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.files import canonical_json


def content_sha256(specimen: Specimen) -> str:
    """SHA-256 (hex) of names, numbers and tables; independent of chunks, compression and versions of the writers."""
    digest = hashlib.sha256()
    for part in _parts(specimen):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts(specimen: Specimen) -> Iterator[bytes]:
    said = [specimen.name, specimen.species, specimen.strain, specimen.wiring, specimen.n_animals]
    yield canonical_json(said).encode()
    for name, recording in specimen.recordings.items():
        yield name.encode()
        yield from _of_recording(recording)
    if specimen.connectome is not None:
        yield from _of_connectome(specimen.connectome)


def _of_recording(recording: Recording) -> Iterator[bytes]:
    dtype = np.dtype(recording.activity.dtype)
    yield canonical_json([list(recording.neurons), recording.unit, recording.indicator, dtype.name]).encode()
    activity = hashlib.sha256()
    for start, stop in recording.spans():
        activity.update(_bytes(recording.read(start, stop)))
    yield activity.digest()
    for values in (recording.time_s, recording.stimulus, recording.behaviour):
        yield b"" if values is None else _bytes(np.asarray(values))
    for table in (recording.conditions, recording.anatomy):
        if table is not None:
            yield from _of_table(table)


def _of_connectome(connectome: Connectome) -> Iterator[bytes]:
    yield connectome.weight_unit.encode()
    yield from _of_table(connectome.neurons)
    yield from _of_table(connectome.edges)


def _of_table(table: pd.DataFrame) -> Iterator[bytes]:
    for name in table.columns:
        yield str(name).encode()
        values = table[name].to_numpy()
        yield _bytes(values) if values.dtype.kind in "iufb" else canonical_json([str(v) for v in values]).encode()


def _bytes(values: np.ndarray) -> bytes:
    """Little-endian, rows first, whatever the machine."""
    return np.ascontiguousarray(values, values.dtype.newbyteorder("<")).tobytes()
