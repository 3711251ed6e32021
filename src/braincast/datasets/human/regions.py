"""The 94 regions of the AAL2 atlas without the cerebellum, in the order of the atlas (Rolls et al. 2015).

Left and right alternate: L, R, L, R. The documentation of the package that carries the matrices says that they are in
this order, and it fits them: the voxel counts of the regions, and homologues that correlate best with each other.
"""

from __future__ import annotations

# Names of the atlas, grouped coarsely for reports; the groups are made here and follow the order of the atlas.
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "frontal",
        (
            *("Precentral", "Frontal_Sup_2", "Frontal_Mid_2", "Frontal_Inf_Oper", "Frontal_Inf_Tri"),
            *("Frontal_Inf_Orb_2", "Rolandic_Oper", "Supp_Motor_Area", "Olfactory", "Frontal_Sup_Medial"),
            *("Frontal_Med_Orb", "Rectus", "OFCmed", "OFCant", "OFCpost", "OFClat"),
        ),
    ),
    ("insula", ("Insula",)),
    ("cingulate", ("Cingulate_Ant", "Cingulate_Mid", "Cingulate_Post")),
    ("medial temporal", ("Hippocampus", "ParaHippocampal", "Amygdala")),
    (
        "occipital",
        ("Calcarine", "Cuneus", "Lingual", "Occipital_Sup", "Occipital_Mid", "Occipital_Inf", "Fusiform"),
    ),
    (
        "parietal",
        (
            *("Postcentral", "Parietal_Sup", "Parietal_Inf", "SupraMarginal", "Angular", "Precuneus"),
            "Paracentral_Lobule",
        ),
    ),
    ("deep nuclei", ("Caudate", "Putamen", "Pallidum", "Thalamus")),
    (
        "temporal",
        ("Heschl", "Temporal_Sup", "Temporal_Pole_Sup", "Temporal_Mid", "Temporal_Pole_Mid", "Temporal_Inf"),
    ),
)
_SIDES = ("L", "R")

REGIONS: tuple[str, ...] = tuple(f"{name}_{side}" for _, names in _PARTS for name in names for side in _SIDES)
PARTS: tuple[str, ...] = tuple(part for part, names in _PARTS for _ in names for _ in _SIDES)
SIDES: tuple[str, ...] = tuple(region[-1] for region in REGIONS)
