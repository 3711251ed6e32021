"""The dataset `zapbench`: 71,721 neurons of one larval zebrafish, read in place from its public bucket or a folder.

Nothing is fetched before it is asked for, and what was fetched is kept. `open_array` has what is in no recording: the
embedding of positions, and the stimulus-evoked response that the authors publish.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.card import Content, DatasetCard, StoredArray, StoreSource
from braincast.datasets.dataset import Dataset
from braincast.datasets.places import Place
from braincast.datasets.zebrafish.zapbench_layout import N_EMBEDDING, N_FEATURES, N_FRAMES, N_NEURONS, SOMATA

if TYPE_CHECKING:
    import zarr

FISH = "fish"
FIRST_REPORT = (
    "Lueckmann J-M, Immer A, Chen AB-Y, Li PH, Petkova MD, Iyer NA, Hesselink LW, Dev A, Ihrke G, Park W, et al. "
    "(2025) ZAPBench: a benchmark for whole-brain activity prediction in zebrafish. "
    "International Conference on Learning Representations. doi:10.48550/arXiv.2503.02618"
)


def arrays_of(n_neurons: int) -> tuple[StoredArray, ...]:
    """The arrays of a store with so many neurons, in the published layout."""
    numbers, beside = ("float16", "float32", "float64"), {"needed": False}
    traces, told, placed = (N_FRAMES, n_neurons), (N_FRAMES, N_FEATURES), (n_neurons, N_EMBEDDING)
    return (
        StoredArray(path="traces", shape=traces, dtypes=("float32",), zarr_format=3, complete=True),
        StoredArray(path="stimuli_features", shape=told, dtypes=numbers, zarr_format=2),
        StoredArray(path="position_embedding", shape=placed, dtypes=numbers, zarr_format=2, **beside),
        StoredArray(path="stimulus_evoked_response", shape=traces, dtypes=("float32",), zarr_format=3, **beside),
    )


CARD = DatasetCard(
    name="zapbench",
    version="1",
    title="ZAPBench: activity of 71,721 neurons of one larval zebrafish under nine visual conditions",
    species="Danio rerio",
    summary="Light-sheet calcium imaging of nearly the whole brain, two hours at about one volume a second.",
    n_animals="1",
    licence="CC BY 4.0 (the bucket's README, 2024-09-30)",
    citation=(FIRST_REPORT,),
    sources=(
        StoreSource(
            name="zapbench",
            url="https://storage.googleapis.com/zapbench-release/volumes/20240930",
            arrays=arrays_of(N_NEURONS),
            tables=(SOMATA,),
        ),
    ),
    redistribute="yes",
    contents=(
        Content(
            name=f"recording {FISH}",
            size="7,879 frames × 71,721 neurons, 9 conditions",
            unit="ΔF/F, about -0.25 to 1.5",
            citation="Lueckmann et al. 2025",
        ),
        Content(
            name="stimulus", size="7,879 frames × 26 features", unit="as published", citation="Lueckmann et al. 2025"
        ),
        Content(
            name="anatomy", size="71,721 somata", unit="µm, from centroids in voxels", citation="Lueckmann et al. 2025"
        ),
        Content(
            name="position_embedding (open_array)",
            size="71,721 neurons × 192",
            unit="none",
            citation="Lueckmann et al. 2025",
        ),
        Content(
            name="stimulus_evoked_response (open_array)",
            size="7,879 frames × 71,721 neurons",
            unit="ΔF/F",
            citation="Lueckmann et al. 2025",
        ),
    ),
    traps=(
        "Read in place: chunks have no published checksum. The release is dated, shapes and data types are compared, "
        "missing and short chunks are refused, and CRC32C is compared where the server sends it.",
        "One animal: no figure says how another fish would do.",
        "Neurons are named by their label in the segmentation, 1 to 71,721; label n is column n - 1 of the traces.",
        "Time is 914 ms a frame, the paper's nominal step; single frames have no time stamps in the release.",
        "Positions are centroids times 0.406 × 0.406 × 4 µm, the voxel that the paper states. That the table counts "
        "these voxels could not be confirmed; where centroids lie outside 2048 × 1328 × 72 they are not turned to µm.",
        "The frame at both ends of each condition belongs to none, as in the published protocol.",
        "Names of the stimulus's features follow the paper's appendix; the last four mark the specimen.",
        "The published stimulus-evoked response was made by the authors; how test frames were kept out of it cannot be "
        "seen from the release, so that no model here is given it.",
    ),
)


def load_from(place: Place) -> Dataset:
    """The recording, with its traces unread; E406 for what is missing, E209 and E212 for what is something else."""
    from braincast.datasets.zebrafish.zapbench_recording import specimen_of

    return Dataset(CARD, {FISH: specimen_of(place, CARD, FISH, "nuclear GCaMP7f")})


def open_array(name: str, *, from_path: Path | None = None, offline: bool | None = None) -> zarr.Array:
    """One of the published arrays, unread: traces, stimuli_features, position_embedding, stimulus_evoked_response."""
    from braincast.datasets.published import open_published
    from braincast.datasets.stores import place_of
    from braincast.errors import unknown_name

    (source,) = CARD.stores
    declared = {array.path: array for array in source.arrays}
    if name not in declared:
        raise unknown_name("E307", "array", name, declared)
    return open_published(place_of(source, from_path, offline), declared[name])[0]
