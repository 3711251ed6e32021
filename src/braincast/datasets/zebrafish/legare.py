"""The dataset `zebrafish-legare2025`: brain regions of one larval zebrafish, with the wiring of the species' atlas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.card import BroughtSource, Content, DatasetCard
from braincast.datasets.dataset import Dataset

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from braincast.brain.connectome import Connectome

FISH = "fish6"
_N_REGIONS = 70

_FILE = BroughtSource(
    filename="fish6_regions.npz",
    sha256="eb20f266c5c3572594a2eb4784de4f8068e227b115c20daa36bea9cf34953779",
    size_bytes=235_966,
    obtain=(
        "it holds one larva of doi:10.5683/SP3/IIVGOB, averaged over 70 regions, and the atlas connectome; ask whoever "
        "gave you the task for their copy"
    ),
)

CARD = DatasetCard(
    name="zebrafish-legare2025",
    version="1",
    title="Brain regions of one larval zebrafish, with the structural connectome of the species' atlas",
    species="Danio rerio",
    summary="67 regions seen by two-photon calcium imaging over 892 frames; tracts among 70 regions from an atlas.",
    n_animals="1",
    licence="CC BY 4.0 (data: doi:10.5683/SP3/IIVGOB)",
    citation=(
        "Légaré A, et al. (2025) Structural and genetic determinants of zebrafish functional brain networks. "
        "Science Advances 11:eadv7576. doi:10.1126/sciadv.adv7576",
    ),
    sources=(_FILE,),
    redistribute="yes",
    contents=(
        Content(
            name=f"recording {FISH}",
            size="892 frames × 67 regions",
            unit="fluorescence (unit not stated)",
            citation="Légaré et al. 2025",
        ),
        Content(
            name="connectome",
            size="70 regions, 1,394 tract edges",
            unit="connection strength between 0 and 1",
            citation="Légaré et al. 2025",
        ),
    ),
    traps=(
        "Rostral hypothalamus, pituitary and glossopharyngeal ganglion (RH, Pit, GG) are 0 in every frame of the file: "
        "nothing was seen there. They are left out of the recording and stay in the connectome.",
        "The wiring is not that of this fish: it was made from single neurons traced in many fish of the atlas.",
        "In the file, rows of SC receive and columns send; edges here run from sender to receiver. The file does not "
        "say so; it follows from anatomy: retina to tectum, habenula to interpeduncular nucleus, and lateral-line "
        "ganglia to medulla are strong that way and absent the other.",
        "The file also holds two symmetric matrices, SC_dense and SC_undirected, which are not used.",
        "The time between frames is not in the file: time is counted in frames.",
        "A region is the mean of very many neurons of both sides of the brain; it says nothing of single neurons.",
        "Regions differ much in size, and small ones in noise: the anterior lateral line ganglion (ALLG) swings ten "
        "times as far as most.",
        "Positions are centroids of the regions' halves on one side, in the atlas's coordinates, taken for µm.",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen: the recording of one fish, the connectome of the atlas."""
    import pandas as pd

    from braincast.brain.recording import Recording
    from braincast.brain.specimen import Specimen
    from braincast.datasets.npz import read_npz

    (path,) = paths
    n = _N_REGIONS
    shapes = {"activity": (None, n), "neuron": (n,), "SC": (n, n), "region_names": (n,), "region_centroids": (2 * n, 3)}
    arrays = read_npz(path, shapes)
    regions = _regions(arrays)
    seen = arrays["activity"].any(axis=0)  # 0 in every frame: no neuron of the region was in the picture
    recording = Recording(
        arrays["activity"][:, seen],
        tuple(regions["id"][seen]),
        None,
        "fluorescence (unit not stated)",
        "calcium indicator",
        anatomy=pd.DataFrame(regions[seen]).drop(columns="id").reset_index(drop=True),
    )
    connectome = _connectome(regions, arrays["SC"])
    specimen = Specimen(
        FISH, CARD.species, connectome=connectome, recordings={FISH: recording}, wiring="atlas", n_animals=1
    )
    return Dataset(CARD, {FISH: specimen})


def _regions(arrays: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Acronyms as ids, names without underscores, and the centroid of the half on the first side."""
    import pandas as pd

    names = [" ".join(str(name).split("_")).replace("  ", " ") for name in arrays["region_names"]]
    x, y, z = arrays["region_centroids"][:_N_REGIONS].T
    return pd.DataFrame({"id": arrays["neuron"].astype(str), "region": names, "x_um": x, "y_um": y, "z_um": z})


def _connectome(regions: pd.DataFrame, strengths: np.ndarray) -> Connectome:
    """Tract edges from the matrix [receiver, sender]."""
    import numpy as np
    import pandas as pd

    from braincast.brain.connectome import Connectome

    post, pre = np.nonzero(strengths)
    columns = {"pre": pre, "post": post, "kind": "tract", "weight": strengths[post, pre], "sign": 0, "delay_s": np.nan}
    return Connectome(regions, pd.DataFrame(columns), "zebrafish atlas", "connection strength between 0 and 1")
