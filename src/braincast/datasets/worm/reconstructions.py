"""Which files of the pinned wheel cect are reconstructions of a wiring, and why every other one is not.

The wheel holds one JSON file for each of its readers. Reconstructions of an animal, annotations of the same electron
micrographs, models, and the functional atlas that models are tested on lie side by side there under like names. So
every file is named in exactly one of the two tables below; a test demands it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from braincast.brain.tables import EdgeKind

SYNAPSES = "synapses"
SECTIONS = "electron-micrograph sections"

_WHITE = "10.1098/rstb.1986.0056"
_COOK = "10.1038/s41586-019-1352-7"
_WITVLIET = "10.1038/s41586-021-03778-8"
_BENTLEY = "10.1371/journal.pcbi.1005283"
_RIPOLL_SANCHEZ = "10.1016/j.neuron.2023.09.043"

_SYNAPTIC: Mapping[str, EdgeKind] = MappingProxyType({"Generic_CS": "chemical", "Generic_GJ": "electrical"})
_CHEMICAL: Mapping[str, EdgeKind] = MappingProxyType({"Generic_CS": "chemical"})
_PEPTIDERGIC: Mapping[str, EdgeKind] = MappingProxyType({"Peptidergic": "peptidergic"})
_MONOAMINES: Mapping[str, EdgeKind] = MappingProxyType(
    dict.fromkeys(("Tyramine", "Octopamine", "Dopamine", "Serotonin"), "monoaminergic")
)


@dataclass(frozen=True)
class Reconstruction:
    """One file taken, and what is known of it.

    `animal` is whose tissue it is: two entries with the same animal are two annotations, not two worms. `age_h` is
    hours after birth where the source says so. `layers` says which of the file's matrices become which kind of edge.
    `coverage` is the part of the animal that was reconstructed.
    """

    file: str
    specimen: str
    animal: str
    stage: str
    sex: str
    coverage: str
    annotation: str
    doi: str
    weight_unit: str = SYNAPSES
    age_h: float | None = None
    layers: Mapping[str, EdgeKind] = field(default_factory=lambda: _SYNAPTIC)


def _witvliet(number: int, stage: str, age_h: float) -> Reconstruction:
    # Ages as the authors' own browser of the data (NemaNode, datasets.json) gives them.
    return Reconstruction(
        file=f"WitvlietDataReader{number}.json",
        specimen=f"witvliet-{number}",
        animal=f"Witvliet {number}",
        stage=stage,
        sex="hermaphrodite",
        coverage="brain",
        annotation="Witvliet et al. 2021, active zones agreed on by two of three annotators",
        doi=_WITVLIET,
        age_h=age_h,
    )


def _ripoll_sanchez(reach: str) -> Reconstruction:
    return Reconstruction(
        file=f"RipollSanchez{reach.title()}RangeReader.json",
        specimen=f"ripoll-sanchez-{reach}",
        animal="none: inferred from expression",
        stage="L4",
        sex="hermaphrodite",
        coverage="whole animal",
        annotation=f"Ripoll-Sánchez et al. 2023, {reach}-range model",
        doi=_RIPOLL_SANCHEZ,
        weight_unit="peptide-receptor pairs",
        layers=_PEPTIDERGIC,
    )


RECONSTRUCTIONS: tuple[Reconstruction, ...] = (
    Reconstruction(
        file="White_whole.json",
        specimen="white-whole",
        animal="N2U, joined with JSE, JSH, N2W and others",
        stage="adult",
        sex="hermaphrodite",
        coverage="whole animal",
        annotation="White et al. 1986 as compiled by Varshney et al. 2011, with the pharynx",
        doi=_WHITE,
    ),
    Reconstruction(
        file="DurbinN2UDataReader.json",
        specimen="white-n2u",
        animal="N2U",
        stage="adult",
        sex="hermaphrodite",
        coverage="brain",
        annotation="White et al. 1986 as listed in Durbin's thesis of 1987",
        doi=_WHITE,
    ),
    Reconstruction(
        file="DurbinJSHDataReader.json",
        specimen="white-jsh",
        animal="JSH",
        stage="L4",
        sex="hermaphrodite",
        coverage="brain",
        annotation="White et al. 1986 as listed in Durbin's thesis of 1987",
        doi=_WHITE,
    ),
    Reconstruction(
        file="Cook2019HermReader.json",
        specimen="cook-hermaphrodite",
        animal="N2U, joined with JSE, JSH, N2T, N2W and others",
        stage="adult",
        sex="hermaphrodite",
        coverage="whole animal",
        annotation="Cook et al. 2019, White's micrographs annotated anew",
        doi=_COOK,
        weight_unit=SECTIONS,
    ),
    Reconstruction(
        file="Cook2019MaleReader.json",
        specimen="cook-male",
        animal="N930 (head), N2Y (tail)",
        stage="adult",
        sex="male",
        coverage="whole animal",
        annotation="Cook et al. 2019",
        doi=_COOK,
        weight_unit=SECTIONS,
    ),
    Reconstruction(
        file="Cook2020DataReader.json",
        specimen="cook-pharynx",
        animal="unconfirmed (several of White's series; half sections suggest a mean)",
        stage="unconfirmed",
        sex="hermaphrodite",
        coverage="pharynx",
        annotation="Cook et al. 2020",
        doi="10.1002/cne.24932",
        weight_unit=SECTIONS,
    ),
    _witvliet(1, "L1", 0.0),
    _witvliet(2, "L1", 5.0),
    _witvliet(3, "L1", 8.0),
    _witvliet(4, "L1", 16.0),
    _witvliet(5, "L2", 23.0),
    _witvliet(6, "L3", 27.0),
    _witvliet(7, "adult", 50.0),
    _witvliet(8, "adult", 50.0),
    Reconstruction(
        file="Yim2024NonNormDataReader.json",
        specimen="yim-dauer",
        animal="Yim dauer",
        stage="dauer",
        sex="hermaphrodite",
        coverage="brain",
        annotation="Yim et al. 2024, active zones found by a neural network and proofread",
        doi="10.1038/s41467-024-45943-3",
        weight_unit="nm³ of active zone",
        layers=_CHEMICAL,
    ),
    Reconstruction(
        file="Bentley2016MAReader.json",
        specimen="bentley-monoamines",
        animal="none: inferred from expression",
        stage="adult",
        sex="hermaphrodite",
        coverage="whole animal",
        annotation="Bentley et al. 2016",
        doi=_BENTLEY,
        weight_unit="transmitters with a receptor",
        layers=_MONOAMINES,
    ),
    Reconstruction(
        file="Bentley2016PepReader.json",
        specimen="bentley-peptides",
        animal="none: inferred from expression",
        stage="adult",
        sex="hermaphrodite",
        coverage="whole animal",
        annotation="Bentley et al. 2016",
        doi=_BENTLEY,
        weight_unit="1 where a pair exists",
        layers=_PEPTIDERGIC,
    ),
    _ripoll_sanchez("short"),
    _ripoll_sanchez("mid"),
    _ripoll_sanchez("long"),
)

_LEGACY_COOK = "a superseded table of Cook et al. 2019, kept by the package for reference only"

# File → why it is not taken.
EXCLUDED: Mapping[str, str] = MappingProxyType(
    {
        "WormNeuroAtlasFuncReader.json": "the functional atlas itself: the truth of the task worm-perturbation",
        "WormNeuroAtlasReader.json": "the merged connectome of worm-atlas, faulty and cut to 178 neurons",
        "GleesonModelReader.json": "a computational model, not a reconstruction (Gleeson et al. 2018)",
        "OlivaresModelReader.json": "a computational model, not a reconstruction (Olivares et al. 2021)",
        "HaspelODonovanDataReader.json": "a pattern extrapolated from anterior motor neurons, with model signs",
        "HaspelODonovan1SegDataReader.json": "one segment of the same extrapolation",
        "TestDataReader.json": "dummy data for the package's web pages",
        "symmetry_measures.json": "not a connectome: symmetry measures of the others",
        "VarshneyDataReader.json": "a duplicate: white-whole without the pharynx, every edge with the same count",
        "SpreadsheetDataReader.json": "a superseded table of white-whole, kept by the package for reference only",
        "UpdatedSpreadsheetDataReader.json": _LEGACY_COOK,
        "UpdatedSpreadsheetDataReader2.json": _LEGACY_COOK,
        "OpenWormUnifiedReader.json": "derived: Cook et al. 2019 split by transmitter, work in progress",
        "Wang2024HermReader.json": "derived: transmitters of Wang et al. 2024 laid over Cook's and Bentley's edges",
        "Wang2024MaleReader.json": "derived: transmitters of Wang et al. 2024 laid over Cook's and Bentley's edges",
        "Yim2024DataReader.json": "derived: yim-dauer with normalised weights",
        "Yim2024ContactomeDataReader.json": "areas of contact, not connections",
        "Yim2024ContactomeNonNormDataReader.json": "areas of contact, not connections",
        "BrittinDataReader.json": "areas of contact, not connections",
    }
)
