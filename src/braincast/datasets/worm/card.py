"""The card of `worm-atlas`."""

from __future__ import annotations

from braincast.datasets.card import Content, DatasetCard, WheelSource

WHEEL = WheelSource(
    package="wormneuroatlas",
    version="0.0.7.3",
    filename="wormneuroatlas-0.0.7.3-py3-none-any.whl",
    sha256="166289031784c9565f6b9205e30dc718bafbc092db3b46f1aef73d93dc4d1325",
    size_bytes=37_760_635,
)

_REFERENCES = (
    "Randi F, Sharma AK, Dvali S, Leifer AM (2023) Neural signal propagation atlas of Caenorhabditis elegans. "
    "Nature 623:406-414. doi:10.1038/s41586-023-06683-4",
    "White JG, Southgate E, Thomson JN, Brenner S (1986) The structure of the nervous system of the nematode "
    "Caenorhabditis elegans. Philosophical Transactions of the Royal Society B 314:1-340. doi:10.1098/rstb.1986.0056",
    "Witvliet D, Mulcahy B, Mitchell JK, et al. (2021) Connectomes across development reveal principles of brain "
    "maturation. Nature 596:257-261. doi:10.1038/s41586-021-03778-8",
    "Taylor SR, Santpere G, Weinreb A, et al. (2021) Molecular topography of an entire nervous system. "
    "Cell 184:4329-4347. doi:10.1016/j.cell.2021.06.023",
    "Bentley B, Branicky R, Barnes CL, et al. (2016) The multilayer connectome of Caenorhabditis elegans. "
    "PLoS Computational Biology 12:e1005283. doi:10.1371/journal.pcbi.1005283",
    "Fenyves BG, Szilágyi GS, Vassy Z, Sőti C, Csermely P (2020) Synaptic polarity and sign-balance prediction using "
    "gene expression data in the Caenorhabditis elegans chemical synapse neuronal connectome network. "
    "PLoS Computational Biology 16:e1007974. doi:10.1371/journal.pcbi.1007974",
    "Beets I, Zels S, Vandewyer E, et al. (2023) System-wide mapping of peptide-GPCR interactions in C. elegans. "
    "Cell Reports 42:113058. doi:10.1016/j.celrep.2023.113058",
)

_CONTENTS = (
    Content(
        name="responses wt",
        size="300 × 300 pairs, 23,902 measured, 1,151 with q < 0.05",
        unit="dF/F; q-values",
        citation="Randi et al. 2023",
    ),
    Content(
        name="responses unc31 (no dense-core-vesicle release)",
        size="300 × 300 pairs, 9,119 measured, 357 with q < 0.05",
        unit="dF/F; q-values",
        citation="Randi et al. 2023",
    ),
    Content(
        name="chemical edges",
        size="4,051 edges, 27,729 synapses summed over four series",
        unit="synapses",
        citation="White et al. 1986; Witvliet et al. 2021",
    ),
    Content(
        name="electrical edges",
        size="1,650 edges, each pair in both directions",
        unit="gap junctions",
        citation="White et al. 1986; Witvliet et al. 2021",
    ),
    Content(
        name="monoaminergic edges",
        size="1,932 edges from 2,586 transmitter-receptor pairs",
        unit="transmitter-receptor pairs",
        citation="Bentley et al. 2016",
    ),
    Content(
        name="peptidergic edges",
        size="7,078 edges from 8,931 peptide-receptor pairs",
        unit="peptide-receptor pairs",
        citation="Bentley et al. 2016",
    ),
    Content(
        name="predicted signs",
        size="3,638 pairs, 20,589 synapses, 73.2 % predicted",
        unit="sign",
        citation="Fenyves et al. 2020",
    ),
    Content(
        name="expression",
        size="13,669 genes × 300 neurons, four thresholds (medium is loaded)",
        unit="TPM",
        citation="Taylor et al. 2021",
    ),
    Content(
        name="peptide receptors",
        size="459 peptide-receptor pairs",
        unit="log10 of EC50 in mol/l",
        citation="Beets et al. 2023",
    ),
)

_TRAPS = (
    "Wiring and responses are of different animals: the connectome is an atlas.",
    "The merged connectome has a fault: synapses with cells that it could not name (muscles, glia, both AWC neurons) "
    "were given to VD9, which has 4,427 chemical synapses too many; the 604 of AWCOFF and AWCON are missing. It is "
    "kept as given, because known figures rest on it; datasets.worm.wiring.repaired sums the four series anew (table "
    "series_edges: 3,925 edges, 23,906 synapses).",
    "Three of the four series cover the head only, so that edges there were counted up to four times, others once.",
    "The files hold [responding, stimulated] and [post, pre]; here it is [stimulated, responding] and [pre, post].",
    "q depends on the number of trials, which alone gives AUROC 0.655: never give n_trials to a model.",
    "n_trials counts observations; single-trial values exist for fewer of them. Pairs with trials may have no q, and "
    "are not measured. One wild-type trial has no value and is left out.",
    "A kernel of one term with factor 0 means that none was fitted; factors up to 1e12 cancel each other.",
    "AWCON and AWCOFF are told apart by function, AWCL and AWCR by side, at random in each animal: AWCL is taken for "
    "AWCOFF by convention.",
    "CANL and CANR are not among the 300 neurons: 40 monoamine-receptor pairs that name them are left out.",
    "Signs, monoaminergic and peptidergic edges are inferred from gene expression, not observed; signs were predicted "
    "on another reconstruction, so that 0 (unknown) is common.",
    "Expression was measured in larvae (L4) and is the same for all neurons of a CeNGEN class.",
    "Positions are those of a model worm; their file gives no unit, and 100 µm was inferred from OpenWorm's model.",
)

CARD = DatasetCard(
    name="worm-atlas",
    version="1",
    title="Signal-propagation atlas of C. elegans with wiring, expression and extrasynaptic maps",
    species="Caenorhabditis elegans",
    summary=(
        "Which neurons respond when one neuron is stimulated, for wild type and for unc-31 mutants, with the neurons' "
        "chemical, electrical, monoaminergic and peptidergic edges, predicted signs and gene expression."
    ),
    n_animals="responses: many animals of each strain, pooled, not counted in the file; wiring: four reconstructions",
    licence=(
        "The package that carries the files is GPL-3.0-or-later (its code is neither installed nor used); the data are "
        "those of the cited papers, under the papers' terms. Bentley 2016 and Fenyves 2020 are CC BY; for the others "
        "the package states no licence of the data."
    ),
    citation=_REFERENCES,
    sources=(WHEEL,),
    redistribute="no",
    contents=_CONTENTS,
    traps=_TRAPS,
)
