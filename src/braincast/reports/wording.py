"""What the report says in words about nulls, answers and groups of pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ANSWERS: Mapping[str, str] = {
    "helps": "Yes: it helps",
    "does not": "No: it does not help",
    "cannot tell": "It cannot be told for",
}
SHORT_ANSWERS: Mapping[str, str] = {"does not": "does not help"}

SETTINGS: Mapping[str, str] = {
    "n_seeds": "Seeds",
    "n_draws": "Draws asked for",
    "wiring_test": "Full wiring test",
}

ARMS: Mapping[str, str] = {
    "identity-permuted": "Every neuron takes the wiring of another, drawn at random: the same graph under other names.",
    "class-permuted": "Whole cell classes exchange their wiring with classes of the same size, so that left and right "
    "homologues stay homologues.",
    "degree-preserving": "Edges are rewired at random; every neuron keeps its number of inputs and outputs and the "
    "total weight that it sends.",
    "weights-shuffled": "Edges stay, their weights are exchanged among those of the same kind.",
    "signs-shuffled": "Edges and weights stay, signs are exchanged at the same share of excitation and inhibition.",
    "offsets-shuffled": "Every input of a cell type stands as far away as before, at places around it drawn at random.",
    "offsets-shuffled-after": "The same, after training: what was learned on the true wiring is put on this one.",
    "signs-shuffled-after": "Signs are exchanged after training: what was learned on the true ones is put on these.",
    "density-matched": "As many edges of each kind and the same weights, between neurons drawn at random.",
    "within-type-permuted": "Neurons exchange their wiring with others of the same type: types stay wired as they are.",
    "distance-preserving": "Edges are rewired at random; degrees stay, and nearly all edges keep their length.",
    "unconstrained": "Every pair may be connected, with equal weights: the data alone say how, under the model's own "
    "penalties. It is what no wiring tells a model of the same form.",
    "others": "Every brain takes the wiring of another one among those of the task.",
    "no-edges": "All edges are taken away: what the model knows without wiring.",
    "expression-permuted": "Every neuron takes the gene expression of another, drawn at random; the wiring stays.",
    "positions-permuted": "Every neuron takes the place of another in the body, drawn at random; the wiring stays.",
    "transposed": "Every edge is turned round. This is a control for the orientation of the wiring, not a null.",
}

WIRING: Mapping[str, str] = {
    "atlas": "The wiring is an atlas: it was not taken from the animals whose activity is predicted.",
    "another animal": "The wiring is of another animal than the one whose activity is predicted.",
    "same animal": "Wiring and activity are of the same animal.",
}

# Title, and what a reader must know of the groups.
GROUPS: Mapping[str, tuple[str, str]] = {
    "trials": (
        "By number of trials",
        "How often a pair was tested is hidden from the models, because a response is found more easily in many "
        "trials. Inside a stratum the count can explain little.",
    ),
    "hops": (
        "By distance in the wiring",
        "Hops are the edges on the shortest path from the stimulated to the responding neuron, over chemical and "
        "electrical synapses.",
    ),
}

# Title, and what a reader must know of the groups of a forecast task.
FORECAST_GROUPS: Mapping[str, tuple[str, str]] = {
    "average": (
        "By what is averaged",
        "Each condition's own score, then their mean, as everywhere on this page; and the mean over all windows alike.",
    ),
    "condition": ("By condition", "What was shown or done during the windows."),
    "animal": ("By animal", "Every animal by itself; its interval is about other times of its own recording."),
    "recording": ("By recording", "Every recording by itself; its interval is about other times in it."),
    "region": ("By region", "Neurons of each region, over windows in distribution."),
    "activity": (
        "By activity",
        "Quarters of neurons by how often they are more than one standard deviation above their mean in training "
        "frames.",
    ),
}

# What the page of a forecast task says, and that of an imputation task in its place.
FORECAST_WORDS: Mapping[str, str] = {
    "asked": "How well can it be forecast?",
    "over": "over all neurons and leads",
    "leads": "How far ahead",
    "along": "at each lead, from the first frame after the context to the last",
    "itself": "The error itself",
    "examples": "What single neurons did and what was forecast",
    "samples": "Windows overlap, so they are not samples.",
}
IMPUTATION_WORDS: Mapping[str, str] = {
    "asked": "How well can hidden neurons be told?",
    "over": "over all neurons, each where it was hidden",
    "leads": "Along the window",
    "along": "at each frame of the window, from the first to the last",
    "itself": "The score itself",
    "examples": "What single neurons did and what was said of them where they were hidden",
    "samples": "Windows that follow each other are alike, so they are not samples.",
}

# How the axes x, y, z (µm) of a species' neuron table are seen when they point up, and whether they are turned round
# for that: with the head at the left, one who looks from above sees the animal's right side at the top.
VIEWS: Mapping[str, Mapping[str, Any]] = {
    "Caenorhabditis elegans": {
        "axes": ("From above, right side up", "", "From the side, dorsal up"),
        "turned": (True, False, False),
        "ends": "head at the left",
        "source": "Places are those of a model worm, not of a recorded animal.",
    },
}
PLAIN_VIEWS: Mapping[str, Any] = {
    "axes": ("x upwards", "y upwards", "z upwards"),
    "turned": (False, False, False),
    "ends": "the longest axis runs from left to right",
    "source": "",
}
