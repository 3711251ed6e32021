"""The card of `fly-optic-lobe`."""

from __future__ import annotations

from braincast.datasets.card import Content, DatasetCard, WheelSource

WHEEL = WheelSource(
    package="flyvis",
    version="1.2.0",
    filename="flyvis-1.2.0-py3-none-any.whl",
    sha256="af365b16e870111fcb06782a063f6551b05cce9a105c6eaab9c0bda3b017031f",
    size_bytes=385_602,
)

_REFERENCES = (
    "Lappalainen JK, Tschopp FD, Prakhya S, et al. (2024) Connectome-constrained networks predict neural activity "
    "across the fly visual system. Nature 634:1132-1140. doi:10.1038/s41586-024-07939-3",
    "Takemura S, Xu CS, Lu Z, et al. (2015) Synaptic circuits and their variations within different columns in the "
    "visual system of Drosophila. Proceedings of the National Academy of Sciences 112:13711-13716. "
    "doi:10.1073/pnas.1509820112",
    "Takemura S, Nern A, Chklovskii DB, et al. (2017) The comprehensive connectome of a neural substrate for 'ON' "
    "motion detection in Drosophila. eLife 6:e24394. doi:10.7554/eLife.24394",
    "Shinomiya K, Huang G, Lu Z, et al. (2019) Comparisons between the ON- and OFF-edge motion pathways in the "
    "Drosophila brain. eLife 8:e40025. doi:10.7554/eLife.40025",
)

_CONTENTS = (
    Content(
        name="table cell_types",
        size="65 cell types: 8 photoreceptors take in light, 34 are read out",
        unit="strides in columns",
        citation="Lappalainen et al. 2024",
    ),
    Content(
        name="table connections",
        size="605 connections between types: 377 excite, 228 inhibit",
        unit="signs",
        citation="Lappalainen et al. 2024",
    ),
    Content(
        name="table offsets",
        size="2,140 offsets of columns",
        unit="synapses, a mean over reconstructed columns",
        citation="Takemura et al. 2015; Takemura et al. 2017; Shinomiya et al. 2019",
    ),
    Content(
        name="connectome of the eye at extent 5",
        size="91 columns, 5,759 cells, 155,089 edges",
        unit="synapses",
        citation="Lappalainen et al. 2024",
    ),
)

_TRAPS = (
    "No animal has this connectome: counts of a few columns of two flies (FIB-25, FIB-19) were averaged over columns, "
    "and the average is repeated in every column. Variation between columns is not in it.",
    "The edges here are those of the reconstructed offsets. The published networks add 1 synapse at every offset "
    "inside the convex hull of a connection's own: `columnar_circuit(dataset).filled(1.0)`, 171,471 edges at extent 5.",
    "At extent 15 that makes 1,513,231 edges, as the package builds them: its test of points in polygons leaves out "
    "those of a hull's boundary in the row of the smallest v. With the whole boundary there are 1,517,786.",
    "Edges that would leave the eye are left out, so cells near its rim have fewer inputs than those in the middle.",
    "CT1, a single amacrine cell, stands as a cell in each column, once for its compartments in the medulla and once "
    "for those in the lobula. Lawf1 and Lawf2 stand in every third column along u, every second along v.",
    "The 8 photoreceptors of a column are those that see the same point of the world, not those of one facet.",
    "Signs are each connection's, from transmitters and receptors: 286 by personal communication (NernPC2018, "
    "ReiserPC2017) and 267 without any reference; the table `connections` has the file's tags.",
)

CARD = DatasetCard(
    name="fly-optic-lobe",
    version="1",
    title="The wiring of the fly's optic lobe, column by column: 65 cell types on a hexagonal eye of any size",
    species="Drosophila melanogaster",
    summary=(
        "Which cell types connect to which, with how many synapses over how many columns and with which sign; expanded "
        "over a hexagonal lattice of columns it gives cells and edges."
    ),
    n_animals="2 (FIB-25 and FIB-19), averaged",
    licence=(
        "MIT (package flyvis, whose code is neither installed nor used); it states no other terms for the wiring, "
        "which was averaged from the cited reconstructions"
    ),
    citation=_REFERENCES,
    sources=(WHEEL,),
    redistribute="yes",
    contents=_CONTENTS,
    traps=_TRAPS,
)
