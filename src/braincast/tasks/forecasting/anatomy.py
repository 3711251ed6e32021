"""Where the neurons of a forecast task lie, as far as its first recording or its wiring says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from braincast.brain.recording import Recording
    from braincast.brain.specimen import Specimen

AXES_UM = ("x_um", "y_um", "z_um")


def anatomy_of(specimen: Specimen, recording: Recording, neurons: Sequence[str]) -> pd.DataFrame:
    """A row for each of `neurons`, in their order: `id`, `region` (or ""), place in µm (or NaN).

    The recording's own anatomy is asked first, then the connectome.
    """
    import pandas as pd

    tables = []
    if recording.anatomy is not None:
        tables.append(recording.anatomy.set_axis(list(recording.neurons)))
    if specimen.connectome is not None:
        tables.append(specimen.connectome.neurons.set_index("id"))
    ordered = [table.reindex(list(neurons)) for table in tables]
    columns = {"id": list(neurons), "region": _regions(ordered, len(neurons)), **_places(ordered, len(neurons))}
    return pd.DataFrame(columns)


def has_places(anatomy: pd.DataFrame) -> bool:
    """Whether the place of any neuron is known on any axis."""
    return bool(np.isfinite(anatomy[list(AXES_UM)].to_numpy(np.float64)).any())


def _regions(tables: Sequence[pd.DataFrame], n: int) -> list[str]:
    for table in tables:
        if "region" in table:
            named = zip(table["region"], table["region"].notna(), strict=True)
            return [str(name) if is_known else "" for name, is_known in named]
    return [""] * n


def _places(tables: Sequence[pd.DataFrame], n: int) -> dict[str, np.ndarray]:
    """Axes that a table lacks are NaN; the first table that has any place is taken."""
    for table in tables:
        if any(axis in table for axis in AXES_UM):
            unknown = np.full(n, np.nan)
            return {axis: np.asarray(table.get(axis, unknown), dtype=np.float64) for axis in AXES_UM}
    return {axis: np.full(n, np.nan) for axis in AXES_UM}
